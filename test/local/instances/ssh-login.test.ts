import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import ssh2 from "ssh2";
import { type KeyPair, ssh, sshArguments, startSsh, TestBed, type TestInstance } from "./stock-ssh.ts";

/** How the stock client says that a login failed, and that a public key is all that would help. */
const DENIED = { code: 255, stdout: "", stderr: expect.stringMatching(/: Permission denied \(publickey\)\.\s*$/) };

const bed = new TestBed();
let web: TestInstance;
let db: TestInstance;
let key: KeyPair;
let otherKey: KeyPair;

beforeAll(async () => {
  web = await bed.startInstance("i-0123456789abcdef0");
  db = await bed.startInstance("i-0d0000000000000a1");
  key = await bed.makeKeyPair("key", "ed25519");
  otherKey = await bed.makeKeyPair("other-key", "ed25519");
});
afterAll(() => bed.close());
beforeEach(() => passTime(3_600_000)); // keys that a test has pushed expire before the next

function passTime(milliseconds: number): void {
  bed.now = new Date(bed.now.getTime() + milliseconds);
}

function push(instance: TestInstance, pushed: KeyPair, osUser = "ec2-user"): void {
  bed.activeKeys.push(instance.instanceId, osUser, pushed.publicKeyLine);
}

describe("the stock client is denied", () => {
  test("before a key is pushed", async () => {
    expect(await ssh(web, key, { command: "id" })).toEqual(DENIED);
  });

  test("with another key than the one pushed", async () => {
    push(web, key);
    expect(await ssh(web, otherKey, { command: "id" })).toEqual(DENIED);
  });

  test("as another OS user", async () => {
    push(web, key);
    expect(await ssh(web, key, { osUser: "root", command: "id" })).toEqual(DENIED);
  });

  test("at another instance", async () => {
    push(web, key);
    expect(await ssh(db, key, { command: "id" })).toEqual(DENIED);
  });

  test("sixty seconds after the push", async () => {
    push(web, key);
    passTime(60_000);
    expect(await ssh(web, key, { command: "id" })).toEqual(DENIED);
  });

  test("with an RSA key, if it signs by SHA-1", async () => {
    const rsa = await bed.makeKeyPair("rsa-sha1", "rsa", "-b", "2048");
    push(web, rsa);
    expect(await ssh(web, rsa, { command: "id", options: ["PubkeyAcceptedAlgorithms=ssh-rsa"] })).toEqual(DENIED);
  });

  test("with an ECDSA key, which the instance's agent would drop", async () => {
    expect(await ssh(web, await bed.makeKeyPair("ecdsa", "ecdsa"), { command: "id" })).toEqual(DENIED);
  });
});

test("a client that knows the pushed key, but has not its private half, is denied", async () => {
  push(web, key);
  expect(await logInBy({ offered: key, signing: otherKey })).toBe("denied");
});

test("a client whose key expires between its offer and its signature is denied", async () => {
  push(web, key);
  expect(await logInBy({ offered: key, signing: key, beforeSigning: () => passTime(60_000) })).toBe("denied");
});

test("a client that offers too many keys is disconnected, as by sshd", async () => {
  const wrongKeys = await Promise.all(Array.from({ length: 6 }, (_, n) => bed.makeKeyPair(`wrong-${n}`, "ed25519")));
  push(web, key);
  const options = wrongKeys.map((wrong) => `IdentityFile=${wrong.privateKeyFile}`);
  expect((await ssh(web, key, { command: "id", options: options.slice(1) })).code).toBe(0);
  expect((await ssh(web, key, { command: "id", options })).code).toBe(255);
});

test("the stock client refuses an instance whose host key is not the one it knows", async () => {
  push(web, key);
  const knownHostsFile = `${web.knownHostsFile}.wrong`;
  writeFileSync(knownHostsFile, readFileSync(db.knownHostsFile, "utf8").replace(db.instanceId, web.instanceId));
  const { code, stdout, stderr } = await ssh({ ...web, knownHostsFile }, key, { command: "id" });
  expect({ code, stdout }).toEqual({ code: 255, stdout: "" });
  expect(stderr).toContain("Host key verification failed");
});

describe("the stock client gets in while the key is active", () => {
  test.each([
    ["ed25519", ["ed25519"]],
    ["RSA of 2048 bits", ["rsa", "-b", "2048"]],
    ["RSA of 3072 bits", ["rsa", "-b", "3072"]],
    ["RSA of 4096 bits", ["rsa", "-b", "4096"]],
  ])("%s", async (name, type) => {
    const pair = await bed.makeKeyPair(name.replaceAll(" ", "-"), ...type);
    push(web, pair);
    passTime(59_999);
    expect(await ssh(web, pair, { command: "echo in" })).toEqual({ code: 0, stdout: "in\n", stderr: "" });
  });

  test("as each OS user that a key was pushed for", async () => {
    push(web, key, "ubuntu");
    push(web, otherKey, "root");
    expect(await ssh(web, key, { osUser: "ubuntu", command: "echo $USER" })).toMatchObject({ stdout: "ubuntu\n" });
    expect(await ssh(web, otherKey, { osUser: "root", command: "echo $USER" })).toMatchObject({ stdout: "root\n" });
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === "::1"));
  (hasIpv6 ? test : test.skip)("by IPv6 (skipped where the machine has no ::1)", async () => {
    const v6 = await bed.startInstance("i-0600000000000000b", "::1");
    push(v6, key);
    expect(await ssh(v6, key, { command: "echo in" })).toEqual({ code: 0, stdout: "in\n", stderr: "" });
  });
});

test("a session that is open outlives its key", async () => {
  push(web, key);
  const session = startSsh(sshArguments(web, key, { command: "echo in; read line; echo still $line" }));
  await once(session.stdout, "data");
  passTime(60_000);
  session.stdin.end("in\n");
  expect(String(await once(session.stdout, "data"))).toBe("still in\n");
});

/** Logs in as ec2-user by a client that need not be honest. */
function logInBy(login: { offered: KeyPair; signing: KeyPair; beforeSigning?: () => void }): Promise<string> {
  class Agent extends ssh2.BaseAgent {
    getIdentities(answer: (error: null, keys: string[]) => void): void {
      answer(null, [login.offered.publicKeyLine]);
    }
    sign(_key: unknown, data: Buffer, _options: unknown, answer?: (error: null, signature: Buffer) => void): void {
      login.beforeSigning?.();
      const signingKey = ssh2.utils.parseKey(readFileSync(login.signing.privateKeyFile));
      if (signingKey instanceof Error) throw signingKey;
      answer?.(null, signingKey.sign(data));
    }
  }
  return new Promise((resolve) => {
    const client = new ssh2.Client();
    client.on("ready", () => resolve("in"));
    client.on("error", (error) => resolve(error.level === "client-authentication" ? "denied" : error.message));
    client.on("close", () => client.destroy());
    client.connect({ host: web.host, port: web.port, username: "ec2-user", agent: new Agent() });
  });
}
