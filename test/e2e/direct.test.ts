import { afterEach, describe, expect, test } from "@jest/globals";
import { fleet, makeConnection } from "../support/api-client.ts";
import { runSsh, useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

describe("a direct connection, used by the stock ssh client", () => {
  const local = useLocalStack();
  const key = useKeyPair();
  const otherKey = useKeyPair();
  const connect = (as: string, instanceId: string, body: object = {}) =>
    makeConnection(local.stack.url, as, instanceId, { publicKey: key.pair.publicKey, ...body });
  const denied = { code: 255, stdout: "", stderr: expect.stringContaining("Permission denied (publickey)") };

  afterEach(() => local.clock.reset());

  test("nobody can log in before a key is pushed", async () => {
    const web1 = await connect("alice", fleet.web1);
    const legacy1 = await connect("alice", fleet.legacy1, { publicKey: otherKey.pair.publicKey });
    const swapped = { ...web1, ssh: { ...web1.ssh, args: legacy1.ssh.args, knownHosts: legacy1.ssh.knownHosts } };
    expect(await runSsh(swapped, key.pair, "true")).toMatchObject(denied);
  });

  test("the pushed key logs in, with strict host key checking, and its command's output and exit code come back", async () => {
    const made = await connect("alice", fleet.web1);
    const result = await runSsh(made, key.pair, "echo I am $LOGNAME; exit 7", ["-o", "StrictHostKeyChecking=yes"]);
    expect(result).toMatchObject({ code: 7, stdout: "I am ec2-user\n" });
  });

  test("the response has what the caller asked for and what the client needs", async () => {
    const made = await connect("alice", fleet.web1, { osUser: "ubuntu", reason: "to look at the log" });
    expect(made).toMatchObject({ instanceId: fleet.web1, connectionType: "direct", host: "127.0.0.1", user: "ubuntu" });
    expect(made.hostKeys).toEqual([expect.objectContaining({ source: "console", trust: "medium" })]);
    expect(made.ssh.args).toEqual(expect.arrayContaining(["IdentitiesOnly=yes", `HostKeyAlias=${fleet.web1}`]));
    expect(made).not.toHaveProperty("tunnel");
    const life = Date.parse(made.expiresAt) - Date.parse(made.serverTime);
    expect(life).toBeGreaterThan(0);
    expect(life).toBeLessThanOrEqual(60_000);
  });

  test("another key cannot log in", async () => {
    const made = await connect("alice", fleet.web1);
    expect(await runSsh(made, otherKey.pair, "true")).toMatchObject(denied);
  });

  test("the key cannot log in as another OS user", async () => {
    const made = await connect("alice", fleet.web1, { osUser: "admin", publicKey: otherKey.pair.publicKey });
    expect(await runSsh(made, otherKey.pair, "true", ["-l", "ubuntu"])).toMatchObject(denied);
    expect(await runSsh(made, otherKey.pair, "true")).toMatchObject({ code: 0 });
  });

  test("the key cannot log in after its minute", async () => {
    const made = await connect("alice", fleet.web1);
    local.clock.advance(59);
    expect(await runSsh(made, key.pair, "true")).toMatchObject({ code: 0 });
    local.clock.advance(2);
    expect(await runSsh(made, key.pair, "true")).toMatchObject(denied);
  });

  test("the client refuses a host that shows another key than the captured one", async () => {
    const made = await connect("alice", fleet.web1);
    const other = await connect("alice", fleet.legacy1);
    const [, ...otherKeyOnly] = other.ssh.knownHosts.split(" ");
    const forged = { ...made, ssh: { ...made.ssh, knownHosts: [fleet.web1, ...otherKeyOnly].join(" ") } };
    const result = await runSsh(forged, key.pair, "true");
    expect(result).toMatchObject({
      code: 255,
      stderr: expect.stringContaining("REMOTE HOST IDENTIFICATION HAS CHANGED"),
    });
  });
});
