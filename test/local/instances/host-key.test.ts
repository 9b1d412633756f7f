import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import ssh2 from "ssh2";
import { type HostKey, makeHostKey } from "../../../local/instances/host-key.ts";
import { run } from "./stock-ssh.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The public key that the stock `ssh-keygen` finds in a private one. */
async function publicKeyByKeygen({ privateKey }: HostKey): Promise<string> {
  const file = join(folder, "host-key");
  rmSync(file, { force: true });
  writeFileSync(file, privateKey, { mode: 0o600 });
  const { stdout, stderr } = await run("ssh-keygen", ["-y", "-P", "", "-f", file]);
  return stdout.trim() || stderr;
}

/** The bytes of the public key itself: the last 32. */
const publicBytes = ({ publicKeyLine }: HostKey) => Buffer.from(publicKeyLine.slice(12), "base64").subarray(-32);

test("every host key is a new one", () => {
  expect(makeHostKey().publicKeyLine).not.toBe(makeHostKey().publicKeyLine);
});

test("its public half is one line for known_hosts", () => {
  expect(makeHostKey().publicKeyLine).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$/);
});

test("ssh-keygen finds the same public key in the private one, fifty times over", async () => {
  for (let round = 0; round < 50; round++) {
    const hostKey = makeHostKey();
    expect(await publicKeyByKeygen(hostKey)).toBe(hostKey.publicKeyLine);
  }
});

test.each([
  ["begins", 0],
  ["ends", 31],
])("also when the public key %s with a zero byte", async (_where, index) => {
  let hostKey = makeHostKey();
  while (publicBytes(hostKey)[index] !== 0) hostKey = makeHostKey();
  expect(await publicKeyByKeygen(hostKey)).toBe(hostKey.publicKeyLine);
});

test("ssh2 reads it, and what the private half signs the public half confirms, a thousand times over", () => {
  for (let round = 0; round < 1000; round++) {
    const hostKey = makeHostKey();
    const privateKey = ssh2.utils.parseKey(hostKey.privateKey);
    const publicKey = ssh2.utils.parseKey(hostKey.publicKeyLine);
    if (privateKey instanceof Error || publicKey instanceof Error) throw new Error("not a key");
    expect(privateKey.getPublicSSH()).toEqual(publicKey.getPublicSSH());
    expect(publicKey.verify("data", privateKey.sign("data"))).toBe(true);
  }
});
