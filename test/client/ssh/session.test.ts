import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, stat, utimes } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Options } from "../../../client/command/options.ts";
import { frame, identitiesRequest } from "../../../client/keys/agent-protocol.ts";
import { type Session, withSession } from "../../../client/ssh/session.ts";
import { exitCodes } from "../../../client/terminal/exit-code.ts";
import { Failure } from "../../../client/terminal/failure.ts";
import type { Connection } from "../../../contract/connection.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { connectionWith, instanceId, tunnel } from "./any-connection.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
});
afterEach(() => rm(home, { recursive: true }));

const now = new Date("2026-03-01T12:30:00.000Z");
const filesAtHome = () => readdir(home, { recursive: true });

interface Given {
  /** What the API says. */
  readonly says?: Partial<Connection> | Error;
  readonly options?: ConstructorParameters<typeof Options>[0];
  readonly isKept?: boolean;
  /** The socket of the user's own agent. */
  readonly agent?: string;
}

/** Uses a session of alice's, whose every file is at home. */
function inSession<T>(
  { says = {}, options = {}, isKept = false, agent }: Given,
  use: (session: Session) => Promise<T>,
) {
  const response = says instanceof Error ? says : connectionWith(says);
  const { context, shown, calls } = scriptedWorld({ responses: [response], clock: () => now });
  const machine = {
    ...context,
    homeDirectory: home,
    environment: { XDG_RUNTIME_DIR: home, XDG_STATE_HOME: path.join(home, "state"), SSH_AUTH_SOCK: agent },
  };
  const target = { instance: instanceId, requested: {} };
  return { ended: withSession(machine, { target, options: new Options(options), isKept }, use), shown, calls };
}

const failure = new Failure("on purpose", { exitCode: exitCodes.internal });
const fail = async () => {
  throw failure;
};
const nothing = async () => undefined;
const unknown = { hostKeys: [] };

describe("a session leaves nothing", () => {
  test.each<[string, Given, () => Promise<unknown>, object | undefined]>([
    ["after its end", {}, nothing, undefined],
    ["if what it is for fails", {}, fail, failure],
    ["if the API refuses", { says: failure }, nothing, failure],
    ["if the API refuses, where its files would stay", { says: failure, isKept: true }, nothing, failure],
    ["if what it is for fails, where its files would stay", { isKept: true }, fail, failure],
    ["if no host key is known", { says: unknown }, nothing, { exitCode: 77 }],
    ["if the user's key is not there", { options: { identity: ["/absent.pub"] } }, nothing, { exitCode: 66 }],
  ])("%s", async (_, given, use, thrown) => {
    const end = await inSession(given, use).ended.catch((error: unknown) => error);
    if (thrown === undefined) expect(end).toBeUndefined();
    else expect(end).toMatchObject(thrown);
    expect(await filesAtHome()).toEqual([]);
  });

  test("of its agent, whose clients it cuts off", async () => {
    const { ended } = inSession({}, async ({ directory }) => {
      const client = createConnection(path.join(directory, "agent"));
      await once(client, "connect");
      return { cutOff: once(client.resume(), "close") };
    });
    expect(await (await ended).cutOff).toEqual([false]);
  });

  test("of what was kept for a minute that has passed", async () => {
    const old = path.join(home, "latchkey-kept-abcdef");
    await mkdir(old);
    await utimes(old, new Date(0), new Date(0));
    const kept = await inSession({ isKept: true }, async ({ directory }) => path.basename(directory)).ended;
    expect((await readdir(home)).filter((name) => name.startsWith("latchkey-"))).toEqual([kept]);
  });
});

describe("the key of a session", () => {
  test.each<[string, Given, readonly string[]]>([
    ["is in an agent, and in no file", {}, ["agent", "key.pub", "known_hosts"]],
    ["is in a file, if it is to outlive this process", { isKept: true }, ["key", "known_hosts"]],
  ])("%s: each is for its user alone", async (_, given, files) => {
    const umask = process.umask(0);
    try {
      await inSession(given, async ({ directory, identity, basis }) => {
        expect((await readdir(directory)).sort()).toEqual(files);
        for (const name of files.filter((each) => each !== "agent"))
          expect((await stat(path.join(directory, name))).mode & 0o777).toBe(0o600);
        expect(identity.keyFile).toBe(files.includes("key") ? path.join(directory, "key") : undefined);
        expect(identity.uses).toEqual(files.includes("key") ? undefined : { looks: 0, signatures: 0 });
        expect(basis.knownHostsFile).toBe(path.join(directory, "known_hosts"));
      }).ended;
    } finally {
      process.umask(umask);
    }
  });

  test("is the one that is pushed, and the one that ssh looks for", async () => {
    const { ended, calls } = inSession({}, async ({ identity, directory }) => {
      expect(calls).toEqual([{ name: "createConnection", input: { instanceId, publicKey: identity.publicKey } }]);
      const agent = `IdentityAgent=${path.join(directory, "agent")}`;
      expect(identity.sshOptions).toEqual(["-i", path.join(directory, "key.pub"), "-o", agent]);
    });
    await ended;
  });

  test("is beside those of the user's own agent", async () => {
    const agent = path.join(home, "own");
    const own = createServer().listen(agent);
    const asked = once(own, "connection");
    await inSession({ agent }, async ({ directory }) => {
      createConnection(path.join(directory, "agent"))
        .on("error", () => {})
        .write(frame(identitiesRequest));
      const [socket] = await asked;
      socket.destroy();
    }).ended;
    own.close();
  });

  test("is one: of two that are named, none is pushed", async () => {
    const options = { identity: ["a.pub"], "private-key-file": ["b"] };
    const { ended, calls } = inSession({ options }, nothing);
    await expect(ended).rejects.toMatchObject({
      exitCode: 64,
      message: "--identity and --private-key-file name two keys",
    });
    expect(calls).toEqual([]);
  });

  test("ends a minute after it came, by this machine's clock, which need not be the API's", async () => {
    const { ended } = inSession({}, async ({ keyEndsAt }) => keyEndsAt);
    expect(await ended).toEqual(new Date(now.getTime() + 59_000)); // the API's own time is a second on
  });
});

describe("a host key that nobody vouches for", () => {
  const pinFile = () => path.join(home, "state/latchkey/known_hosts");

  test.each<[string, Given, object, string]>([
    [
      "is shown by ssh to whom it asks, where ssh is run later",
      { isKept: true },
      { kind: "unknown", accepts: "ask" },
      "compare the fingerprint that ssh shows with the instance's own before you accept it",
    ],
    [
      "is taken unseen by --accept-new-host-key",
      { options: { "accept-new-host-key": true } },
      { kind: "unknown", accepts: "accept-new" },
      "the one that is shown is taken unseen, and kept to from now on",
    ],
  ])("%s, and pinned for its user alone", async (_, given, check, says) => {
    const { ended, shown } = inSession({ ...given, says: unknown }, async ({ basis }) => basis);
    expect(await ended).toMatchObject({ check, knownHostsFile: pinFile() });
    expect(shown).toEqual([`note: no host key of ${instanceId} is known: ${says}`]);
    expect((await stat(path.dirname(pinFile()))).mode & 0o777).toBe(0o700);
  });

  test("is not looked for in pins that cannot be read, which may name another one", async () => {
    await mkdir(pinFile(), { recursive: true });
    const given = { says: unknown, options: { "accept-new-host-key": true } } as const;
    await expect(inSession(given, nothing).ended).rejects.toMatchObject({
      exitCode: 66,
      message: "the host keys that were accepted on this machine cannot be read",
      hint: `see ${pinFile()}`,
    });
    // Where the API vouches for one, pins do not count.
    await inSession({}, nothing).ended;
  });
});

test.each<[string, Partial<Connection>, object]>([
  ["only a tunnel's secret URL", { connectionType: "eice", tunnel }, { LATCHKEY_TUNNEL_URL: tunnel.url }],
  ["nothing of a direct connection", {}, {}],
])("the environment of ssh has %s", async (_, says, variables) => {
  expect(await inSession({ says }, async (session) => session.variables).ended).toEqual(variables);
});
