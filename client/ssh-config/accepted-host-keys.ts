import type { Connection } from "../../sdk/types.ts";
import { fingerprintOfLine } from "../../ssh-format/fingerprint.ts";
import { keysInKnownHosts, knownHostsText } from "../../ssh-format/known-hosts.ts";
import type { Context } from "../command/context.ts";
import { handleOf } from "../instances/place.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { decideHostKeyCheck, type HostKeyCheck, hostKeyNameOf, knownHostsOf } from "../ssh/known-hosts.ts";
import { pinFileOf, readPins } from "../ssh/session.ts";
import { Failure } from "../terminal/failure.ts";

/** The file is read for one host alone, by any port and alias that ssh looks it up by. */
const anyName = "*";

export interface AcceptedHostKeys {
  /** Of a known_hosts file. */
  readonly text: string;
  readonly check: HostKeyCheck;
  readonly fingerprints: readonly string[];
}

/**
 * The keys that ssh may accept: those that Latchkey vouches for, else those that were accepted
 * on this machine by `latchkey ssh`. An ssh that runs a ProxyCommand cannot ask on its behalf, so one of them there has to be.
 *
 * @throws Failure `noPermission` if no key is known.
 */
export async function acceptedHostKeys(context: Context, connection: Connection): Promise<AcceptedHostKeys> {
  const pins = connection.hostKeys.length > 0 ? "" : await readPins(pinFileOf(context));
  try {
    const check = decideHostKeyCheck(connection, {
      pins,
      isInteractive: false,
      acceptsNew: false,
      commandLine: context,
    });
    const pinned = keysInKnownHosts(pins, hostKeyNameOf(connection));
    const [text, keys] =
      check.kind === "known"
        ? [knownHostsOf(anyName, check.hostKeys), check.hostKeys.map(({ key }) => key)]
        : [knownHostsText(anyName, pinned), pinned];
    return { text, check, fingerprints: keys.flatMap((key) => fingerprintOfLine(key) ?? []) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const handle = handleOf(connection);
    const register = ownCommand(context, ["host-keys", handle, "--register", "FILE"], "other");
    const accept = ownCommand(context, ["ssh", `${connection.user}@${handle}`]);
    throw new Failure(error.message, {
      exitCode: error.exitCode,
      hint: `have its key registered (${register}), or compare and accept it once (${accept})`,
      cause: error,
    });
  }
}
