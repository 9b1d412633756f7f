import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type KeyPair, sshArguments, startSsh, TestBed, type TestInstance } from "./stock-ssh.ts";

const MIB = 1024 * 1024;

/** Bytes: the client's own window and the server's, with what pipes and sockets hold. The commands below are for many times that. */
const enough = 24 * MIB;
const mebibytes = 48;

const bed = new TestBed();
let instance: TestInstance;
let key: KeyPair;

beforeAll(async () => {
  instance = await bed.startInstance("i-0123456789abcdef0");
  key = await bed.makeKeyPair("key", "ed25519");
  bed.activeKeys.push(instance.instanceId, "ec2-user", key.publicKeyLine);
});
afterAll(() => bed.close());

const start = (command: string) => startSsh(sshArguments(instance, key, { command }));

test("a client that does not read holds the command up, and the server keeps no more than a window", async () => {
  const client = start(`for n in $(seq ${mebibytes}); do head -c 1M /dev/zero; echo $n >&2; done`);
  let written = 0;
  client.stderr.on("data", (text: Buffer) => {
    written = Math.max(written, ...`${text}`.trim().split("\n").map(Number));
  });
  await once(client.stderr, "data");
  expect((await toStandStill(() => written)) * MIB).toBeLessThan(enough);
  client.stdout.resume();
  await once(client, "close");
  expect(written).toBe(mebibytes);
});

test("a command that does not read holds the client up, and the server keeps no more than a window", async () => {
  const [made] = await once(start("mkfifo go"), "close");
  expect(made).toBe(0);
  const client = start("read line; read go < go; wc -c");
  const chunk = Buffer.alloc(MIB);
  let written = 0;
  async function write(): Promise<void> {
    client.stdin.write("line\n");
    for (let count = 0; count < mebibytes; count += 1) {
      if (!client.stdin.write(chunk)) await once(client.stdin, "drain");
      written += chunk.length;
    }
    client.stdin.end();
  }
  const over = write();
  expect(await toStandStill(() => written)).toBeLessThan(enough);
  const [release] = await once(start("echo > go"), "close");
  expect(release).toBe(0);
  const [counted] = await once(client.stdout, "data");
  await over;
  expect(Number(counted)).toBe(mebibytes * MIB);
});

/** Resolves with a count that has stood still while another client logged in: a busy machine slows down both. */
async function toStandStill(count: () => number): Promise<number> {
  for (;;) {
    const before = count();
    await once(start("true"), "close");
    if (count() === before && before > 0) return before;
  }
}
