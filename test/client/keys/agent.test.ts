import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type RunningAgent, startAgent } from "../../../client/keys/agent.ts";
import {
  decodeIdentities,
  encodeIdentities,
  frame,
  identitiesRequest,
  maxMessageBytes,
  messagesOf,
} from "../../../client/keys/agent-protocol.ts";
import { makeOneTimeKey } from "../../../client/keys/one-time-key.ts";
import { sshString, uint32 } from "../../../ssh-format/ssh-wire.ts";
import { run, useKeyPair } from "../../support/ssh-client.ts";

const key = makeOneTimeKey();
const usersKey = useKeyPair();
let directory: string;
const ends: (() => void)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
});
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await rm(directory, { recursive: true });
});

const socketPath = () => path.join(directory, "ours");

async function start(upstreamPath?: string, isOnlyKey = false): Promise<RunningAgent> {
  const agent = await startAgent({ key, socketPath: socketPath(), upstreamPath, isOnlyKey });
  ends.push(() => agent.close());
  return agent;
}

const sshAdd = (...args: readonly string[]) => run("ssh-add", args, { SSH_AUTH_SOCK: socketPath() });

/** The user's own ssh-agent, with a key of theirs. */
async function startUsersAgent(): Promise<string> {
  const upstream = path.join(directory, "theirs");
  const child: ChildProcess = spawn("ssh-agent", ["-D", "-a", upstream], { stdio: ["ignore", "pipe", "ignore"] });
  ends.push(() => child.kill());
  await once(child.stdout as NodeJS.ReadableStream, "data"); // it tells where it listens
  expect(await run("ssh-add", ["-q", usersKey.pair.file], { SSH_AUTH_SOCK: upstream })).toMatchObject({ code: 0 });
  return upstream;
}

/** An agent that takes everything and does as it is told. */
async function startStrangeAgent(onConnection: (socket: Socket) => void): Promise<string> {
  const upstream = path.join(directory, "strange");
  const server = createServer((socket) => {
    ends.push(() => socket.destroy());
    socket.on("error", () => {});
    onConnection(socket);
  });
  ends.push(() => server.close());
  server.listen(upstream);
  await once(server, "listening");
  return upstream;
}

/** Sends messages over one connection, and returns the replies. */
async function ask(...messages: readonly Uint8Array[]): Promise<Buffer[]> {
  const socket = createConnection(socketPath());
  const replies = messagesOf(socket);
  const given: Buffer[] = [];
  for (const message of messages) {
    socket.write(frame(message));
    const { value } = await replies.next();
    if (value) given.push(Buffer.from(value));
  }
  socket.destroy();
  return given;
}

const bindTo = (isForwarding: boolean) =>
  Buffer.concat([
    Buffer.from([27]),
    ...["session-bind@openssh.com", "host key", "session", "signature"].map(sshString),
    Buffer.from([isForwarding ? 1 : 0]),
  ]);
const signRequest = Buffer.concat([Buffer.from([13]), sshString(key.blob), sshString("data"), uint32(0)]);
const failure = Buffer.from([5]);

describe("without an agent of the user's", () => {
  test("ssh-add lists the one key", async () => {
    await start();
    expect(await sshAdd("-L")).toMatchObject({ code: 0, stdout: `${key.publicKey} latchkey\n` });
  });

  test("a request that is not about that key fails", async () => {
    await start();
    expect(await sshAdd(usersKey.pair.file)).toMatchObject({ code: 1 });
    expect(await sshAdd("-D")).toMatchObject({ code: 1 });
    const another = Buffer.concat([Buffer.from([13]), sshString(makeOneTimeKey().blob), sshString("data"), uint32(0)]);
    expect(await ask(another)).toEqual([failure]);
  });

  test("ssh-keygen takes its signature for one by that key", async () => {
    const agent = await start();
    const file = path.join(directory, "data");
    await Promise.all([
      writeFile(file, "data"),
      writeFile(`${file}.pub`, key.publicKey),
      writeFile(path.join(directory, "signers"), `me ${key.publicKey}\n`),
    ]);
    const agentVariable = { SSH_AUTH_SOCK: socketPath() };
    const signed = await run("ssh-keygen", ["-Y", "sign", "-n", "test", "-f", `${file}.pub`, file], agentVariable);
    expect(signed).toMatchObject({ code: 0 });
    const verify = `ssh-keygen -Y verify -n test -I me -f ${directory}/signers -s ${file}.sig < ${file}`;
    expect(await run("sh", ["-c", verify])).toMatchObject({ code: 0 });
    expect(agent.uses).toEqual({ looks: 1, signatures: 1 });
  });
});

describe("with an agent of the user's", () => {
  test("its keys are listed, and then ours", async () => {
    await start(await startUsersAgent());
    const { stdout } = await sshAdd("-L");
    expect(stdout.split("\n")).toEqual([usersKey.pair.publicKey, `${key.publicKey} latchkey`, ""]);
  });

  test("what else is asked, it does: it forgets its keys, and keeps ours", async () => {
    await start(await startUsersAgent());
    expect(await sshAdd("-D")).toMatchObject({ code: 0 });
    expect(await sshAdd("-L")).toMatchObject({ stdout: `${key.publicKey} latchkey\n` });
  });

  test("a server that it is forwarded to does not get at our key", async () => {
    const agent = await start(await startUsersAgent());
    const [, listed, signed] = await ask(bindTo(true), identitiesRequest, signRequest);
    expect(decodeIdentities(listed ?? failure)).toHaveLength(1);
    expect(signed).toEqual(failure);
    expect(agent.uses).toEqual({ looks: 0, signatures: 0 });
  });

  describe("if ssh has no file of our key,", () => {
    const theirs = { blob: Buffer.from("theirs"), comment: Buffer.from("") };
    const list = encodeIdentities([theirs]);
    const startBoth = async (isOnlyKey: boolean) => {
      const upstream = await startStrangeAgent((socket) => socket.on("data", () => socket.write(frame(list))));
      await start(upstream, isOnlyKey);
    };
    const listedAfter = async (...binds: Buffer[]) => {
      const replies = await ask(...binds, identitiesRequest);
      return decodeIdentities(replies.at(-1) ?? failure)?.map(({ blob }) => Buffer.from(blob));
    };

    test.each([
      ["a login is offered ours alone", [bindTo(false)], [key.blob]],
      ["a server that the agent is forwarded to sees theirs alone", [bindTo(false), bindTo(true)], [theirs.blob]],
      ["a client that does not say what for sees ours first", [], [key.blob, theirs.blob]],
    ])("%s", async (_, binds, blobs) => {
      await startBoth(true);
      expect(await listedAfter(...binds)).toEqual(blobs.map((blob) => Buffer.from(blob)));
    });

    test("else a login is offered theirs too", async () => {
      await startBoth(false);
      expect(await listedAfter(bindTo(false))).toEqual([theirs.blob, Buffer.from(key.blob)]);
    });

    test("the user's agent still signs for its keys in a login", async () => {
      await startBoth(true);
      const sign = Buffer.concat([Buffer.from([13]), sshString(theirs.blob), sshString("data"), uint32(0)]);
      expect((await ask(bindTo(false), sign))[1]).toEqual(Buffer.from(list)); // it answers everything with the list
    });
  });

  test("and no later word on that connection changes it", async () => {
    await start(await startUsersAgent());
    expect((await ask(bindTo(true), bindTo(false), signRequest))[2]).toEqual(failure);
  });

  test.each([
    ["with ours, where all fit into one message", 0, 2],
    ["not at all, where ours would be too much for one message", 1, 1],
  ])("its keys are listed %s", async (_, tooMany, count) => {
    const ours = encodeIdentities([{ blob: key.blob, comment: Buffer.from("latchkey") }]).length;
    const theirs = (length: number) =>
      encodeIdentities([{ blob: Buffer.from("theirs"), comment: Buffer.alloc(length, "x") }]);
    // A list begins with five bytes: its number and the count.
    const list = theirs(maxMessageBytes - (ours - 5) - theirs(0).length + tooMany);
    await start(await startStrangeAgent((socket) => socket.write(frame(list))));
    const [listed = failure] = await ask(identitiesRequest);
    expect(decodeIdentities(listed)).toHaveLength(count);
    if (tooMany === 0) expect(listed).toHaveLength(maxMessageBytes);
  });

  test("one that is not there is none", async () => {
    await start(path.join(directory, "absent"));
    expect(await sshAdd("-L")).toMatchObject({ stdout: `${key.publicKey} latchkey\n` });
  });

  test.each<[string, (socket: Socket) => void]>([
    ["that hangs up", (socket) => socket.end()],
    ["that keeps silent", (socket) => socket.resume()],
    ["with a malformed reply", (socket) => socket.write(frame(Buffer.from([12, 255, 255, 255, 255])))],
    ["with an endless reply", (socket) => socket.write(uint32(2 ** 31))],
  ])("one %s does not keep ssh from our key", async (_, onConnection) => {
    await start(await startStrangeAgent(onConnection));
    expect(await sshAdd("-L")).toMatchObject({ stdout: `${key.publicKey} latchkey\n` });
    expect((await ask(identitiesRequest, signRequest))[1]?.readUInt8()).toBe(14);
  });
});

test("when it is closed, nobody is answered and nothing is left", async () => {
  const agent = await start();
  agent.close();
  agent.close();
  expect(await sshAdd("-L")).toMatchObject({ code: 2 });
});
