import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { Fleet } from "../../../local/fleet/fleet.ts";
import { sampleFleet, sampleFleets } from "../../../local/fleet/sample-fleet.ts";
import { startLoginTargets } from "../../../local/instances/login-targets.ts";
import { secondTarget } from "../../../local/shared/account.ts";
import { runClient, runOnClientMachine, useClientHome } from "../../support/client-process.ts";
import { useLocalStack } from "../../support/test-stack.ts";

const [near, far] = ["111122223333/us-east-1", "444455556666/eu-west-1"];
const eu1 = "i-0e00000000000000e";

describe("an instance of another account and region", () => {
  const local = useLocalStack();
  const home = useClientHome();
  const latchkey = (...args: readonly string[]) =>
    runClient(args, { as: "alice", stack: local.stack, home: home.directory });
  beforeEach(() => local.stack.log.clear());

  test.each([
    ["its id", eu1],
    ["its id, and where it is", `${eu1}@${far}`],
    ["its name", "eu-1"],
    ["its name, and where it is", `eu-1@${far}`],
    ["its address", "10.1.0.20"],
    ["a user and its address, and where it is", `ec2-user@10.1.0.20@${far}`],
  ])("is logged in to by %s, with that target's push role and no other", async (_, text) => {
    const result = await latchkey("ssh", text, "--", "echo $LOGNAME");
    expect(result).toMatchObject({ stdout: "ec2-user\n", exitCode: 0 });
    const pushes = local.stack.log.calls.filter(({ operation }) => operation === "SendSSHPublicKey");
    expect(pushes).toMatchObject([{ accountId: "444455556666", region: "eu-west-1", role: "push" }]);
    const assumed = local.stack.log.calls.flatMap(({ operation, actions }) =>
      operation === "AssumeRole" ? actions.map(({ resource }) => resource) : [],
    );
    const pushRoles = assumed.filter((role) => role.includes("PushRole"));
    expect(pushRoles.length).toBeGreaterThan(0);
    expect(pushRoles.filter((role) => !role.includes(":444455556666:"))).toEqual([]);
  });

  test("gets a file, and gives it back", async () => {
    const file = path.join(home.directory, "there");
    await writeFile(file, "a copy");
    const scp = ["scp", "-q"];
    expect(await latchkey(...scp, file, `${eu1}@${far}:copied`)).toMatchObject({ exitCode: 0 });
    expect(await latchkey(...scp, `eu-1@${far}:copied`, `${file}-back`)).toMatchObject({ exitCode: 0 });
    expect(await readFile(`${file}-back`, "utf8")).toBe("a copy");
  });

  test("is checked in its own network", async () => {
    const { stdout, exitCode } = await latchkey("why", "eu-1", "--checks");
    expect({ exitCode, lines: stdout.split("\n") }).toEqual({
      exitCode: 0,
      lines: expect.arrayContaining([
        "Route: 10.1.0.20:22 through eice-0e00000000000000e",
        "Checks of eice:",
        "  pass    instance-state, zone, agent, endpoint, endpoint-security-groups, endpoint-network-acl, instance-security-groups",
      ]),
    });
  });

  test("is not the instance of its id elsewhere", async () => {
    expect(await latchkey("ssh", `${eu1}@${near}`, "--", "true")).toMatchObject({ exitCode: 68, stdout: "" });
  });

  test("is alone in the list of its region, which has a column for that", async () => {
    const { stdout, exitCode } = await latchkey("instances", "--region", "eu-west-1");
    expect({ exitCode, lines: stdout.trimEnd().split("\n") }).toEqual({
      exitCode: 0,
      lines: [
        expect.stringMatching(/^NAME +ID +REGION +STATE +REACHED BY +OS USER$/),
        expect.stringMatching(/^eu-1 +i-0e00000000000000e +eu-west-1 +running +direct 10\.1\.0\.20, eice +ec2-user$/),
      ],
    });
  });

  test("is in the list of all, with its account and region, while its target cannot be read", async () => {
    local.stack.faults.set(secondTarget, "throttle");
    try {
      await local.stack.sync();
      const { stdout, stderr, exitCode } = await latchkey("instances");
      expect(stdout).toMatch(/^NAME +ID +ACCOUNT +REGION +STATE +SEEN +REACHED BY +OS USER$/m);
      expect(stdout).toMatch(/^eu-1 +i-0e00000000000000e +444455556666 +eu-west-1 +running +\d+s ago +/m);
      expect({ stderr, exitCode }).toEqual({
        stderr: expect.stringMatching(/^latchkey: the instances of 444455556666 in eu-west-1 may be missing: .+\n$/),
        exitCode: 69,
      });
    } finally {
      local.stack.faults.set(secondTarget, undefined);
    }
  });
});

describe("two instances of one name and one id, in two targets,", () => {
  const directories: string[] = [];
  afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true }))));
  const local = useLocalStack({
    fleets: [sampleFleet(), twinFleet()],
    // Nobody has vouched for their host keys.
    loginTargets: async (fleet, activeKeys) => {
      const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
      directories.push(directory);
      return { ...(await startLoginTargets(fleet, activeKeys, directory, true)), hostKeys: new Map() };
    },
  });
  const home = useClientHome();
  const options = () => ({ as: "alice", stack: local.stack, home: home.directory });
  const latchkey = (...args: readonly string[]) => runClient(args, options());

  test("are told apart by what the command says to write, and share no host key", async () => {
    const refused = await latchkey("ssh", "db-1", "--", "echo in");
    expect(refused).toMatchObject({ exitCode: 68, stdout: "" });
    const [, one = "", other = ""] = /^hint: write (\S+) or (\S+)$/m.exec(refused.stderr) ?? [];
    expect([one, other].sort()).toEqual([`db-1@${near}`, `db-1@${far}`]);

    expect(await latchkey("ssh", one, "--accept-new-host-key", "--", "echo in")).toMatchObject({ stdout: "in\n" });
    expect(await latchkey("ssh", one, "--", "echo in")).toMatchObject({ stdout: "in\n", exitCode: 0 });
    expect(await latchkey("ssh", other, "--", "echo in")).toMatchObject({
      exitCode: 77,
      stdout: "",
      stderr: expect.stringContaining("no host key of"),
    });
    expect(await latchkey("ssh", other, "--accept-new-host-key", "--", "echo in")).toMatchObject({ stdout: "in\n" });
    expect(await latchkey("ssh", one, "--", "echo in")).toMatchObject({ stdout: "in\n", exitCode: 0 });
    const pins = await readFile(path.join(home.directory, ".local/state/latchkey/known_hosts"), "utf8");
    expect(pins.match(/^\S+/gm)?.sort()).toEqual([
      "i-0d0000000000000a1.eu-west-1.444455556666",
      "i-0d0000000000000a1.us-east-1.111122223333",
    ]);
  });

  test("are hosts of plain ssh, each with its account and region", async () => {
    for (const place of [near, far]) await latchkey("ssh", `db-1@${place}`, "--accept-new-host-key", "--", "true");
    const { stdout: block } = await latchkey("config");
    const file = path.join(home.directory, "latchkey.conf");
    await writeFile(file, block);
    const hosts = [near, far].map((place) => `db-1.${place.split("/").reverse().join(".")}.latchkey`);
    for (const host of hosts) {
      expect(block).toContain(`Host ${host} `);
      local.stack.log.clear();
      const result = await runOnClientMachine("ssh", ["-F", file, host, "echo in"], options());
      expect(result).toMatchObject({ stdout: "in\n", exitCode: 0 });
      const pushes = local.stack.log.calls.filter(({ operation }) => operation === "SendSSHPublicKey");
      expect(pushes.map(({ accountId, region }) => `db-1.${region}.${accountId}.latchkey`)).toEqual([host]);
    }
  });

  test("are not reached by the id alone", async () => {
    expect(await latchkey("ssh", "i-0d0000000000000a1", "--", "true")).toMatchObject({ exitCode: 68, stdout: "" });
  });
});

/** The second target's, with an instance that has the name and id of one in the first. */
function twinFleet(): Fleet {
  const [, { instances = [], endpoints = [], images = [] } = {}] = sampleFleets();
  const twins = JSON.parse(
    JSON.stringify(instances).replaceAll(eu1, "i-0d0000000000000a1").replaceAll('"eu-1"', '"db-1"'),
  );
  return new Fleet(
    {
      Reservations: [{ Instances: twins }],
      InstanceConnectEndpoints: [...endpoints],
      Images: [...images],
    },
    secondTarget,
  );
}
