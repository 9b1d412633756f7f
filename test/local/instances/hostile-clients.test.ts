import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import ssh2 from "ssh2";
import { type KeyPair, ssh, TestBed, type TestInstance } from "./stock-ssh.ts";

const bed = new TestBed();
let instance: TestInstance;
let key: KeyPair;

beforeAll(async () => {
  instance = await bed.startInstance("i-0123456789abcdef0");
  key = await bed.makeKeyPair("key", "ed25519");
  bed.activeKeys.push(instance.instanceId, "ec2-user", key.publicKeyLine);
});
afterAll(() => bed.close());

afterEach(async () => {
  expect(await ssh(instance, key, { command: "echo alive" })).toEqual({ code: 0, stdout: "alive\n", stderr: "" });
});

const GREETING = "SSH-2.0-hostile\r\n";

test.each([
  ["says nothing", ""],
  ["speaks HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["speaks version 1 of the protocol", "SSH-1.5-old\r\n"],
  ["sends a line without an end", `SSH-2.0-${"a".repeat(100_000)}`],
  ["sends zeros after its greeting", Buffer.concat([Buffer.from(GREETING), Buffer.alloc(100_000)])],
  ["announces a packet of 4 GiB", Buffer.concat([Buffer.from(GREETING), Buffer.alloc(16, 0xff)])],
  ["asks to log in before keys are exchanged", Buffer.concat([Buffer.from(GREETING), packet(50, 0, 0, 0, 0)])],
  ["opens a session before it has logged in", Buffer.concat([Buffer.from(GREETING), packet(90, 0, 0, 0, 0)])],
])("the server outlives a client that %s", async (_what, bytes) => {
  const socket = connect(instance.port, instance.host).on("error", () => {});
  const closed = new Promise((resolve) => socket.once("close", resolve));
  // The server closes its end when it has read these bytes, or before.
  socket.resume().end(bytes);
  await closed;
});

test("the server outlives a client that logs in and goes away in the middle of much output", async () => {
  const client = await logIn();
  client.exec("cat /dev/zero", (_error, channel) => channel.once("data", () => client.destroy()));
  await once(client, "close");
});

test("the server outlives a client that asks for a command that no process can be given", async () => {
  const client = await logIn();
  client.exec("echo \0", () => {});
  await once(client, "close");
});

test("the server outlives a client that asks for more sessions than it has a use for", async () => {
  const client = await logIn();
  const opened = Array.from({ length: 50 }, () => new Promise((resolve) => client.exec("sleep 300", resolve)));
  await Promise.all(opened);
  client.destroy();
});

test("a client that closes a session, and keeps its connection, leaves nothing running", async () => {
  const client = await logIn();
  const { path, gone } = await bed.makeLifeline();
  client.exec(`exec 3> ${path}; echo up; sleep 300; true`, (_error, channel) => {
    channel.once("data", () => channel.close());
  });
  await gone;
  client.destroy();
});

test("a client that keeps silent does not keep an instance from stopping", async () => {
  const other = await bed.startInstance("i-0d0000000000000a1");
  const socket = connect(other.port, other.host)
    .on("error", () => {})
    .resume();
  await once(socket, "connect");
  const closed = once(socket, "close");
  await other.stop();
  await closed;
});

async function logIn(): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  client.on("error", () => {});
  const { host, port } = instance;
  client.connect({ host, port, username: "ec2-user", privateKey: readFileSync(key.privateKeyFile) });
  await once(client, "ready");
  return client;
}

/** An SSH packet before encryption: length, length of the padding, payload, padding. */
function packet(...payload: number[]): Buffer {
  const padding = 16 - ((5 + payload.length) % 8);
  const header = Buffer.alloc(5);
  header.writeUInt32BE(1 + payload.length + padding);
  header.writeUInt8(padding, 4);
  return Buffer.concat([header, Buffer.from(payload), Buffer.alloc(padding)]);
}
