import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { fleet, makeConnection } from "../support/api-client.ts";
import { type CommandResult, run, runSsh, useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { throughTunnel } from "../support/tunnel.ts";
import { startRealLoginTargets } from "./real-login-targets.ts";

/** Bytes: many times, but not a multiple of, the window of an SSH channel (2 MiB) and any buffer on the path. */
const size = 12 * 1024 * 1024 + 1;

/** Copies a file. A path on the instance starts with `INSTANCE:`. */
type Copy = (options: readonly string[], from: string, to: string) => Promise<CommandResult>;

describe("files go to an instance and back", () => {
  const local = useLocalStack({ loginTargets: startRealLoginTargets });
  const key = useKeyPair();
  const otherKey = useKeyPair();

  beforeEach(() => local.clock.stop());
  afterEach(() => local.clock.reset());

  /** Makes a connection, and returns what a client needs for it: scp and sftp do not accept the arguments of ssh. */
  async function connect(instanceId: string, publicKey: string) {
    const made = await makeConnection(local.stack.url, "alice", instanceId, { publicKey, maxTunnelSeconds: 60 });
    const tunnel = made.tunnel ? throughTunnel(made.tunnel.url) : [];
    const file = (name: string) => path.join(key.pair.directory, `${made.connectionId}.${name}`);
    await writeFile(file("config"), made.ssh.config);
    await writeFile(file("known_hosts"), made.ssh.knownHosts);
    const settings = ["BatchMode=yes", "GlobalKnownHostsFile=/dev/null", `UserKnownHostsFile=${file("known_hosts")}`];
    const options = [
      "-F",
      file("config"),
      "-i",
      key.pair.file,
      ...settings.flatMap((setting) => ["-o", setting]),
      ...tunnel,
    ];
    return { options, file, onInstance: (command: string) => runSsh(made, key.pair, command, tunnel) };
  }

  const clients: [string, Copy][] = [
    ["scp", (options, from, to) => run("scp", [...options, from, to])],
    ["scp by its older protocol", (options, from, to) => run("scp", ["-O", ...options, from, to])],
    ["sftp", sftp],
  ];

  describe.each([
    ["directly", fleet.web1],
    ["through the tunnel", fleet.db1],
  ])("%s", (_, instanceId) => {
    test.each(clients)("but not by %s without a pushed key", async (_client, copy) => {
      const { options, file } = await connect(instanceId, otherKey.pair.publicKey);
      await writeFile(file("sent"), "");
      const result = await copy(options, file("sent"), `${instanceId}:never-${randomUUID()}`);
      expect(result).toMatchObject({ stderr: expect.stringContaining("Permission denied (publickey)") });
      expect(result.code).not.toBe(0);
    });

    test.each(clients)("by %s", async (_client, copy) => {
      const { options, file, onInstance } = await connect(instanceId, key.pair.publicKey);
      const content = randomBytes(size);
      const there = `copy-${randomUUID()}`;
      await writeFile(file("sent"), content);
      try {
        expect(await copy(options, file("sent"), `${instanceId}:${there}`)).toMatchObject({ code: 0 });
        const checksum = createHash("sha256").update(content).digest("hex");
        expect(await onInstance(`sha256sum < ${there}`)).toMatchObject({ stdout: `${checksum}  -\n` });
        expect(await copy(options, `${instanceId}:${there}`, file("received"))).toMatchObject({ code: 0 });
        expect(content.equals(await readFile(file("received")))).toBe(true);
      } finally {
        await onInstance(`rm -f ${there}`);
      }
    });
  });
});

/** sftp takes an upload only from a batch file. */
async function sftp(options: readonly string[], from: string, to: string): Promise<CommandResult> {
  const [instanceId = "", there = ""] = (from.startsWith("i-") ? from : to).split(":");
  const [here, command] = from.startsWith("i-") ? [to, `get ${there} ${to}`] : [from, `put ${from} ${there}`];
  await writeFile(`${here}.batch`, `${command}\n`);
  return run("sftp", ["-b", `${here}.batch`, ...options, instanceId]);
}
