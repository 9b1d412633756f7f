import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import contract from "../../sdk/contract.ts";
import { fits } from "../../sdk/json-schema.ts";
import type { Connection } from "../../sdk/types.ts";
import { latin1Of } from "../../ssh-format/bytes.ts";
import { fingerprintOf } from "../../ssh-format/fingerprint.ts";
import { WireReader } from "../../ssh-format/ssh-wire.ts";
import type { CommandInput } from "../command/command.ts";
import { settingsOf } from "../command/common-options.ts";
import type { Context } from "../command/context.ts";
import { type RunningAgent, startAgent } from "../keys/agent.ts";
import { makeOneTimeKey } from "../keys/one-time-key.ts";
import { agentSocketName, makePrivateDirectory } from "../keys/private-directory.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { otherHostKey } from "../ssh/after-failure.ts";
import { connect } from "../ssh/connect.ts";
import { pinFileOf } from "../ssh/session.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { bridge } from "../tunnel/bridge.ts";
import { openSide } from "../tunnel/open-side.ts";
import { tapped } from "../tunnel/side.ts";
import { stdioSide } from "../tunnel/stream-side.ts";
import { type AcceptedHostKeys, acceptedHostKeys } from "./accepted-host-keys.ts";
import { configText } from "./config-text.ts";
import { targetOfHost, usualSuffix } from "./host-names.ts";
import { LoginDirectory, type PublishedAgent } from "./login-directory.ts";
import { isThroughLatchkey, obstacles, obstacleWords } from "./obstacles.ts";
import { watchForHostKey } from "./shown-host-key.ts";

/** ssh's own, unless another is given. */
const usualPort = 22;
/** Seconds: a tunnel's longest life. Editors keep their connection open; the stack's own bound holds all the same. */
const longestTunnel = 3600;
/**
 * Milliseconds in which an ssh that has just been led to this agent is connected to it, and between looks whether it
 * has done.
 */
const settleTime = 50;
/** Milliseconds that this process stays for others' logins at most: far more than they take. */
const longestStay = 5000;

/**
 * `latchkey ssh-proxy`: carries an ssh to an instance. ssh asks its agent, and reads its known_hosts, only once the server has
 * spoken; and the server is heard through this process alone. So key and host keys are in place before the first byte goes over.
 */
export async function runSshProxy(own: Context, { options, rest = [] }: CommandInput): Promise<number> {
  // The block has set the variables: the shell that a hint is for may not have them.
  const context = own.with({}, settingsOf(own.environment));
  const suffix = options.text("suffix") ?? usualSuffix;
  const { target, host, port, user } = readDestination(rest, suffix);
  const login = new LoginDirectory(options.text("logins") ?? "", { user, host });
  if (login.isTooLong) {
    throw new Failure("the name is too long for the path of a socket", {
      exitCode: exitCodes.configuration,
      hint: `use the instance's id: ssh i-…${suffix}`,
    });
  }
  const key = makeOneTimeKey();
  const requested = { osUser: user, maxTunnelSeconds: longestTunnel, ...(port !== usualPort && { port }) };
  const { connection } = await connect(context, { ...target, requested }, async () => key.publicKey);
  const directory = makePrivateDirectory(context);
  const socketPath = path.join(directory.path, agentSocketName);
  const agent = await startAgent({ key, socketPath, upstreamPath: userAgent(context, login), isOnlyKey: true });
  let published: PublishedAgent | undefined;
  let isOtherHost = false;
  try {
    const writeAccepted = async () => {
      const accepted = await acceptedHostKeys(context, connection);
      await login.writeKnownHosts(accepted.text);
      return accepted;
    };
    const opening = openSide(connection, context);
    opening.catch(() => {}); // it may fail first, and what is said of the host keys is to be heard all the same
    const accepted = await writeAccepted();
    const far = await opening;
    const watch = watchForHostKey((blob) => {
      isOtherHost = !accepted.fingerprints.includes(fingerprintOf(blob));
      if (isOtherHost) tellOtherHostKey(context, { connection, accepted, blob });
    });
    published = await login.publish(socketPath, publicationOf(connection, context.clock()));
    // An ssh that has gone ends the bridge, but not this process at once: another ssh may still need its agent.
    process.stdout.removeAllListeners("error");
    await bridge(stdioSide(process), tapped(far, watch), context.signal);
    return exitCodes.ok;
  } finally {
    const { hasFellows } = (await published?.withdraw()) ?? { hasFellows: false };
    if (hasFellows) await untilIdle(agent);
    // Another login's agent may have served this ssh. Its user may have given up, too.
    const isUnasked = published !== undefined && !hasFellows && agent.uses.signatures === 0 && !isOtherHost;
    if (isUnasked && context.signal.reason !== exitCodes.interrupted) {
      const block = configText({
        instances: [],
        suffix,
        logins: options.text("logins") ?? "",
        self: [],
        variables: {},
        madeBy: "",
      });
      await tellObstacles(context, { block, suffix, host: `${user}@${host}`, directory: directory.path });
    }
    agent.close();
    directory.remove();
  }
}

/** ssh does not know where the accepted keys are from, and its advice does not help: each login writes its file again. */
function tellOtherHostKey(
  context: Context,
  { connection, accepted, blob }: { connection: Connection; accepted: AcceptedHostKeys; blob: Uint8Array },
): void {
  const shown = `${latin1Of(new WireReader(blob).string())} ${fingerprintOf(blob)}`;
  const advice = otherHostKey(
    { connection, check: accepted.check, pinFile: pinFileOf(context), commandLine: context },
    shown,
  );
  if (advice === undefined) return;
  context.terminal.note(advice.note);
  context.terminal.hint(`${advice.hint}; to remove the key from the file that ssh names does not help`);
}

async function tellObstacles(
  context: Context,
  { suffix, ...login }: Parameters<typeof obstacles>[1] & { readonly suffix: string },
): Promise<void> {
  const all = (await obstacles(context, login)) ?? [];
  const found = all.filter(({ name }) => name !== "proxycommand");
  // Without Latchkey in it, another configuration is meant (ssh -F), which is not known here.
  if (found.length === 0 || !isThroughLatchkey(all)) return;
  context.terminal.note(`ssh's configuration stands in the way of the key: ${obstacleWords(found)}`);
  const check = ownCommand(context, ["config", "--check", ...(suffix === usualSuffix ? [] : ["--suffix", suffix])]);
  context.terminal.hint(`Include latchkey.conf in the first line of ~/.ssh/config: ${check}`);
}

/** @throws Failure `usage` for a host or a user that are none: they become parts of paths. */
function readDestination([host = "", portText = "", user = ""]: readonly string[], suffix: string) {
  const target = targetOfHost(host, suffix);
  const port = Number(portText);
  if (target !== undefined && fits(contract.osUser, user) && Number.isInteger(port)) {
    return { target, host, port, user };
  }
  throw new Failure(`ssh was given no instance's name and user: ${visible(`${user}@${host}`)}`, {
    exitCode: exitCodes.usage,
    hint: `a name with other characters than letters, digits, dots, - and _ cannot be said so: ssh i-…${suffix}`,
  });
}

/** The user's own agent, for what is forwarded (`ssh -A`). That of another login of ours would lead in a circle. */
function userAgent({ environment }: Context, login: LoginDirectory): string | undefined {
  const socket = environment["SSH_AUTH_SOCK"] || undefined;
  return socket === login.agent ? undefined : socket;
}

/** By this machine's clock: what compares times is other logins on it. */
function publicationOf({ connectionId, expiresAt, serverTime }: Connection, now: Date) {
  const left = Date.parse(expiresAt) - Date.parse(serverTime);
  return { expiresAt: new Date(now.getTime() + left), id: connectionId };
}

/** Stays while ssh of other logins, which were led to this agent, still talk to it. */
async function untilIdle(agent: RunningAgent): Promise<void> {
  for (let stayed = 0; stayed < longestStay; stayed += settleTime) {
    await delay(settleTime);
    if (agent.clients === 0) return;
  }
}
