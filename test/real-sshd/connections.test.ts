import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Connection } from "../../contract/connection.ts";
import { fleet, makeConnection } from "../support/api-client.ts";
import { type CommandResult, type KeyPair, run, runSsh, useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { throughTunnel } from "../support/tunnel.ts";
import { startRealLoginTargets } from "./real-login-targets.ts";

describe("Debian's sshd on the instances", () => {
  const local = useLocalStack({ loginTargets: startRealLoginTargets });
  const key = useKeyPair();
  const otherKey = useKeyPair();
  // Each test has its own keys, because the key of another test may still be valid.
  const neverPushed = useKeyPair();
  const pushedElsewhere = useKeyPair();
  const pushedAMinuteAgo = useKeyPair();
  const rsa2048 = useKeyPair("rsa", 2048);
  const rsa3072 = useKeyPair("rsa", 3072);
  const rsa4096 = useKeyPair("rsa", 4096);

  const connect = (instanceId: string, publicKey: string, body: object = {}) =>
    makeConnection(local.stack.url, "alice", instanceId, { publicKey, maxTunnelSeconds: 60, ...body });
  const refused = { code: 255, stdout: "", stderr: expect.stringContaining("Permission denied (publickey)") };

  // The clock is stopped, so that a slow machine does not shorten the last second.
  beforeEach(() => local.clock.stop());
  afterEach(() => local.clock.reset());

  const ways = [
    ["directly", fleet.web1],
    ["through the tunnel", fleet.db1],
  ] as const;

  describe.each(ways)("reached %s", (_, instanceId) => {
    test("accepts nobody before a key is pushed", async () => {
      const made = await connect(instanceId, key.pair.publicKey);
      expect(await logIn(made, neverPushed.pair)).toMatchObject(refused);
    });

    test("accepts a key only on the instance that it was pushed to", async () => {
      await connect(fleet.legacy1, pushedElsewhere.pair.publicKey);
      const made = await connect(instanceId, key.pair.publicKey);
      expect(await logIn(made, pushedElsewhere.pair)).toMatchObject(refused);
    });

    test("accepts a key only for the OS user that it was pushed for", async () => {
      const made = await connect(instanceId, otherKey.pair.publicKey, { osUser: "ec2-user" });
      expect(await logIn(made, otherKey.pair, ["-l", "ubuntu"])).toMatchObject(refused);
    });

    test("accepts a key until a second before its minute ends, and then no longer", async () => {
      local.clock.advance(-60);
      await connect(instanceId, pushedAMinuteAgo.pair.publicKey);
      local.clock.advance(59);
      // Logs in through a later connection, whose tunnel URL outlives the key.
      const made = await connect(instanceId, key.pair.publicKey);
      expect(await logIn(made, pushedAMinuteAgo.pair)).toMatchObject({ code: 0 });
      local.clock.advance(1);
      expect(await logIn(made, pushedAMinuteAgo.pair)).toMatchObject(refused);
      expect(await logIn(made, key.pair)).toMatchObject({ code: 0 });
    });

    test.each<[string, () => Promise<{ pair: KeyPair; publicKey: string }>]>([
      ["an Ed25519 key", async () => lineOf(key.pair)],
      ["an RSA key of 2048 bits", async () => lineOf(rsa2048.pair)],
      ["an RSA key of 3072 bits", async () => lineOf(rsa3072.pair)],
      ["an RSA key of 4096 bits", async () => lineOf(rsa4096.pair)],
      ["an RSA key sent as an SSH2 frame", () => frameOf(rsa2048.pair)],
      ["an RSA key of 4096 bits sent as an SSH2 frame", () => frameOf(rsa4096.pair)],
      ["an Ed25519 key sent as an SSH2 frame", () => frameOf(key.pair)],
    ])("accepts %s", async (_what, sent) => {
      const { pair, publicKey } = await sent();
      const made = await connect(instanceId, publicKey, { osUser: "ubuntu" });
      expect(await logIn(made, pair)).toMatchObject({ code: 0, stdout: "I am ubuntu\n" });
    });
  });

  test("the client refuses a host that shows another key than the registered one", async () => {
    const made = await connect(fleet.web1, key.pair.publicKey);
    const other = await connect(fleet.legacy1, key.pair.publicKey);
    const knownHosts = other.ssh.knownHosts.replace(fleet.legacy1, fleet.web1);
    const result = await logIn({ ...made, ssh: { ...made.ssh, knownHosts } }, key.pair);
    expect(result).toMatchObject({ code: 255, stderr: expect.stringContaining("HOST IDENTIFICATION HAS CHANGED") });
  });
});

function logIn(made: Connection, pair: KeyPair, options: readonly string[] = []): Promise<CommandResult> {
  return runSsh(made, pair, "echo I am $(id -un)", [
    ...(made.tunnel ? throughTunnel(made.tunnel.url) : []),
    ...options,
  ]);
}

function lineOf(pair: KeyPair): { pair: KeyPair; publicKey: string } {
  return { pair, publicKey: pair.publicKey };
}

/** The key in the format of RFC 4716, as ssh-keygen writes it. */
async function frameOf(pair: KeyPair): Promise<{ pair: KeyPair; publicKey: string }> {
  const { stdout } = await run("ssh-keygen", ["-e", "-m", "RFC4716", "-f", `${pair.file}.pub`]);
  return { pair, publicKey: stdout };
}
