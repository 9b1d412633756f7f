import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { addressesOf, Fleet, readFleet } from "../../../local/fleet/fleet.ts";
import { sampleFleet, sampleFleets } from "../../../local/fleet/sample-fleet.ts";
import { settings, withTargets } from "../../../local/shared/account.ts";

describe("the sample fleet", () => {
  test.each([
    ["i-0123456789abcdef0", "web-1", "running", ["127.0.0.1", "10.0.0.10"]],
    ["i-0a1b2c3d", "legacy-1", "running", ["127.0.0.1"]],
    ["i-0d0000000000000a1", "db-1", "running", ["10.0.1.20"]],
    ["i-0600000000000000b", "v6-1", "running", ["::1"]],
    ["i-0570000000000000c", "old-1", "stopped", ["10.0.1.30"]],
    ["i-0900000000000000d", "prod-1", "running", ["10.0.1.40"]],
    ["i-0fedcba9876543210", "vault-1", "running", ["10.0.1.50"]],
  ])("%s is %s, %s, at %p", (id, name, state, addresses) => {
    const instance = sampleFleet().find(id);
    expect(instance).toMatchObject({
      State: { Name: state },
      Tags: expect.arrayContaining([{ Key: "Name", Value: name }]),
    });
    expect(instance && addressesOf(instance)).toEqual(addresses);
  });

  test("its one endpoint is in db-1's subnet", () => {
    const { endpoints } = sampleFleet();
    expect(endpoints.map(({ SubnetId }) => SubnetId)).toEqual([sampleFleet().find("i-0d0000000000000a1")?.SubnetId]);
  });
});

describe("the sample fleet of the second target", () => {
  const second = sampleFleets()[1];

  test("is of another account and region, which the settings list", () => {
    expect(second?.target).toEqual({ accountId: "444455556666", region: "eu-west-1" });
    expect(withTargets(settings, second ? [second.target] : []).targets).toMatchObject({
      hub: { account: "111122223333", region: "us-east-1" },
      accounts: [{ account: "444455556666", regions: ["eu-west-1"] }],
    });
  });

  test("has eu-1, private, in a network and with an endpoint of its own", () => {
    const instance = second?.find("i-0e00000000000000e");
    const { VpcId, SubnetId } = instance ?? {};
    expect(instance).toMatchObject({
      State: { Name: "running" },
      Placement: { AvailabilityZone: "eu-west-1a" },
      Tags: [
        { Key: "Name", Value: "eu-1" },
        { Key: "env", Value: "dev" },
      ],
    });
    expect(instance && addressesOf(instance)).toEqual(["10.1.0.20"]);
    expect(second?.endpoints).toMatchObject([{ VpcId, SubnetId, State: "create-complete" }]);
    expect(sampleFleet().instances.map((one) => one.VpcId)).not.toContain(VpcId);
  });
});

describe("the settings of a stack", () => {
  test.each([
    ["without another target", []],
    ["with its own target alone", [sampleFleet().target]],
  ])("%s list none", (_, targets) => {
    expect(withTargets(settings, targets)).toBe(settings);
  });
});

describe("a fleet file", () => {
  test("every address of every interface counts, each once", () => {
    const shop = readFleet(path.resolve(import.meta.dirname, "../../fixtures/fleet.json")).find("i-0aaaaaaaaaaaaaaa1");
    expect(shop && addressesOf(shop)).toEqual(["203.0.113.7", "172.31.5.9", "172.31.5.10", "2001:db8:1234::9"]);
  });

  test("instances without tags and interfaces, and no endpoints at all, are a fleet", () => {
    const fleet = new Fleet({
      Reservations: [{ Instances: [{ InstanceId: "i-0a1b2c3d", State: { Name: "running" } }] }],
    });
    expect(fleet.find("i-0a1b2c3d")).toMatchObject({ Tags: [], NetworkInterfaces: [] });
    expect(fleet.endpoints).toEqual([]);
  });

  test("what it lacks is named", () => {
    expect(() => readFleet("nowhere.json")).toThrow("Invalid fleet file nowhere.json");
  });
});
