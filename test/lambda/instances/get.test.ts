import { describe, expect, test } from "@jest/globals";
import { instance as instanceResponse } from "../../../contract/instance.ts";
import { getInstance } from "../../../lambda/instances/get.ts";
import type { Instance } from "../../../lambda/shared/instance.ts";
import { fingerprints, keys } from "../../fixtures/keys.ts";
import { fakeInstancePorts, type InstanceWorld } from "../../support/fake-instance-ports.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, unreachable, web } from "../../support/samples.ts";

const settings = { defaultOsUser: "ec2-user", fips: false, serialConsole: false };

/** The instance, and the log fields. */
async function gotWith(world: InstanceWorld, instanceId: string = web.instanceId) {
  const { ports, context } = fakeInstancePorts(world);
  const got = getInstance(ports, settings, { caller: alice, instanceId }, context);
  return { got, fields: context.fields };
}

const got = async (world: InstanceWorld, instanceId: string = web.instanceId) => (await gotWith(world, instanceId)).got;

describe("not found", () => {
  const hidden = { fleet: [web], policy: fakePolicy({ view: false }) };
  test.each([
    ["an absent instance", { fleet: [] }],
    ["one that the caller may not view", hidden],
  ])("%s", async (_, world) => {
    expect(await problemFrom(() => got(world))).toMatchObject({ code: "instance-not-found" });
  });

  test("these cannot be told apart", async () => {
    const [absent, unseen] = [await problemFrom(() => got({ fleet: [] })), await problemFrom(() => got(hidden))];
    expect({ ...absent }).toEqual({ ...unseen });
  });

  test("the log names the requested instance", async () => {
    const { got: none, fields } = await gotWith({ fleet: [] });
    await problemFrom(() => none);
    expect(fields).toEqual({ instanceId: web.instanceId });
  });
});

describe("an instance that the caller may view", () => {
  test("is returned with its name, its route options and its host keys, as in the contract", async () => {
    const stored = { key: keys.ed25519, source: "console", observedAt: "2026-01-01T00:00:00.000Z" } as const;
    const response = await got({ fleet: [web], hostKeys: new Map([[web.instanceId, [stored]]]) });
    expect(instanceResponse.strict().parse(response)).toEqual(response);
    expect(response).toMatchObject({
      instanceId: web.instanceId,
      name: "web-1",
      tags: { Name: "web-1", env: "dev" },
      defaultOsUser: "ec2-user",
      addresses: [
        { address: "203.0.113.10", kind: "public", dnsName: "ec2-203-0-113-10.example", primary: true },
        { address: "10.0.1.10", kind: "private", primary: true },
      ],
      connectionOptions: [
        { connectionType: "direct", host: "203.0.113.10", port: 22, usable: true },
        { connectionType: "eice", host: "10.0.1.10", port: 22, usable: true },
      ],
      hostKeys: [{ fingerprint: fingerprints.ed25519, trust: "medium" }],
    });
  });

  test.each<[string, Partial<Instance>, object]>([
    ["the tag's OS user", { tags: { "latchkey:os-user": "ubuntu" } }, { defaultOsUser: "ubuntu" }],
    ["a state that prevents connections", { state: "stopped" }, { state: "stopped" }],
    ["a platform", { platform: "windows" }, { platform: "windows" }],
    [
      "an address that only `ipAddress` chooses",
      { addresses: [...web.addresses, { address: "10.0.2.7", kind: "private" }] },
      { addresses: expect.arrayContaining([{ address: "10.0.2.7", kind: "private", primary: false }]) },
    ],
  ])("with %s", async (_, change, expected) => {
    expect(await got({ fleet: [{ ...web, ...change }] })).toMatchObject(expected);
  });

  test.each([
    ["no name", {}],
    ["an empty name", { Name: "" }],
  ])("with %s has none", async (_, tags: Record<string, string>) => {
    expect(await got({ fleet: [{ ...web, tags }] })).not.toHaveProperty("name");
  });

  test("without a route option says why", async () => {
    const { connectionOptions } = await got({ fleet: [unreachable] }, unreachable.instanceId);
    expect(connectionOptions).toEqual([
      { connectionType: "direct", usable: false, reason: expect.any(String) },
      { connectionType: "eice", usable: false, reason: expect.any(String) },
    ]);
  });
});
