import { afterEach, describe, expect, test } from "@jest/globals";
import type { FleetInstance } from "../../local/fleet/fleet.ts";
import { sampleFleets } from "../../local/fleet/sample-fleet.ts";
import { ownTarget, secondTarget } from "../../local/shared/account.ts";
import { askForConnection, callApi, fleet } from "../support/api-client.ts";
import { useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

const fleets = sampleFleets();

function changed(instanceId: string, tags: Readonly<Record<string, string>>): void {
  const instance = fleets.flatMap(({ instances }) => instances).find((each) => each.InstanceId === instanceId);
  if (!instance) throw new Error(`There is no ${instanceId}`);
  instance.Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** The instances of the stack's own target, to add to and take from. */
const instances = fleets.find(({ target }) => target.accountId === ownTarget.accountId)?.instances as FleetInstance[];

describe("the inventory", () => {
  const local = useLocalStack({ fleets });
  const key = useKeyPair();
  afterEach(() => local.stack.faults.clear());

  const listed = async () => {
    const { body } = await callApi(local.stack.url, { path: "/v1/instances?limit=100", as: "alice" });
    return (body as { items: { instanceId: string }[] }).items.map(({ instanceId }) => instanceId);
  };
  const connect = async (instanceId: string) => {
    const body = { publicKey: key.pair.publicKey };
    return (await askForConnection(local.stack.url, "alice", instanceId, body)).status;
  };
  const failing = () =>
    local.logLines.filter((line) => line.includes('"target.failing"')).map((line) => JSON.parse(line));

  test("has the instances of every target as soon as the stack is ready", async () => {
    expect(await listed()).toEqual(expect.arrayContaining([fleet.web1, fleet.db1, fleet.eu1]));
  });

  test("permits nothing: an instance whose tags deny since a second ago is not connected to", async () => {
    changed(fleet.db1, { Name: "db-1", env: "restricted" });
    expect([await connect(fleet.db1), await listed()]).toEqual([404, expect.arrayContaining([fleet.db1])]);
    await local.stack.announce({ ...ownTarget, instanceId: fleet.db1 });
    expect(await listed()).not.toContain(fleet.db1);
  });

  test("hides nothing from a connection: one whose tags permit since a second ago is connected to", async () => {
    changed(fleet.vault1, { Name: "vault-1", env: "dev" });
    expect([await connect(fleet.vault1), await listed()]).toEqual([201, expect.not.arrayContaining([fleet.vault1])]);
    await local.stack.announce({ ...ownTarget, instanceId: fleet.vault1 });
    expect(await listed()).toContain(fleet.vault1);
  });

  test("has an instance that was terminated and launched again under its name by its new id alone", async () => {
    const [place, before] = [...instances.entries()].find(([, { InstanceId }]) => InstanceId === fleet.legacy1) ?? [];
    if (place === undefined || !before) throw new Error("There is no legacy-1");
    const InstanceId = "i-0a1b2c3d4e5f60718";
    instances.splice(place, 1, { ...before, InstanceId });
    // One event comes, the other is lost.
    await local.stack.announce({ ...ownTarget, instanceId: fleet.legacy1 });
    expect(await listed()).not.toContain(fleet.legacy1);
    await local.stack.sync();
    expect(await listed()).toContain(InstanceId);
    expect([await connect(fleet.legacy1), await listed()]).toEqual([404, expect.not.arrayContaining([fleet.legacy1])]);
  });

  test.each(["throttle", "hang"] as const)(
    "is kept of a target that fails by %s, whose name is logged, and goes on for the others",
    async (fault) => {
      const count = failing().length;
      local.stack.faults.set(secondTarget, fault);
      changed(fleet.web1, { Name: `web-${fault}`, env: "dev" });
      await local.stack.sync();
      expect(failing().slice(count)).toMatchObject([
        {
          target: `${secondTarget.accountId}/${secondTarget.region}`,
          code: "upstream-unavailable",
          SyncFailures: expect.any(Number),
        },
      ]);
      const { body } = await callApi(local.stack.url, { path: `/v1/instances?name=web-${fault}`, as: "alice" });
      const { accountId, region } = secondTarget;
      const incomplete = [{ accountId, region, code: "upstream-unavailable" }];
      expect(body).toMatchObject({ items: [{ instanceId: fleet.web1 }], incomplete });
      const { body: guest } = await callApi(local.stack.url, { path: "/v1/instances", as: "carol" });
      expect(guest).toEqual({ items: [] });
      expect(await listed()).toContain(fleet.eu1);
    },
    60_000,
  );

  test("is not asked about a target that nobody serves", async () => {
    const before = local.stack.log.calls.length;
    await local.stack.announce({ accountId: "999999999999", region: "eu-west-1", instanceId: fleet.web1 });
    expect(local.stack.log.calls.slice(before)).toEqual([]);
  });
});
