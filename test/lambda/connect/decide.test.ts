import { describe, expect, test } from "@jest/globals";
import { assessConnection, requirePermitted, requireVisible, type Situation } from "../../../lambda/connect/decide.ts";
import type { Instance } from "../../../lambda/connect/instance.ts";
import type { ConnectionWish } from "../../../lambda/connect/resolve.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, database, endpoint, unreachable, web } from "../../support/samples.ts";

const settings = { defaultOsUser: "ec2-user", fips: false };
const time = { epoch: 1_767_323_045, hour: 3, weekday: 5 };

interface Case {
  readonly instance?: Instance | undefined;
  readonly wish?: Partial<ConnectionWish & { osUser: string }>;
  readonly imageName?: string;
  readonly policy?: ReturnType<typeof fakePolicy>;
}

function assess({ wish, imageName, policy = fakePolicy(), ...rest }: Case) {
  const instance = requireVisible(policy, alice, "instance" in rest ? rest.instance : web);
  const asked: Situation["wish"] = { connectionType: "auto", ...wish };
  const situation = { caller: alice, instance, imageName, endpoints: [endpoint], wish: asked, time };
  return assessConnection(policy, situation, settings);
}

const decide = (situation: Case) => requirePermitted(assess(situation));

/** What policy was asked about the connection. */
async function connectQuestion(situation: Omit<Case, "policy">) {
  const policy = fakePolicy({ connect: false });
  await problemFrom(() => decide({ ...situation, policy }));
  return policy.questions.find(({ action }) => action === "connect");
}

describe("where several things are wrong, the first of the order of verdicts is told", () => {
  const stopped: Instance = { ...unreachable, state: "stopped" };
  const foreignAddress = { ipAddress: "192.0.2.99", connectionType: "direct" } as const;
  const unseen = fakePolicy({ view: false, connect: false });
  const denied = fakePolicy({ connect: false });
  test.each<[string, Case, string]>([
    ["unseen, before anything", { instance: stopped, wish: foreignAddress, policy: unseen }, "instance-not-found"],
    ["absent, though policy would show it", { instance: undefined }, "instance-not-found"],
    ["not its address", { instance: stopped, wish: foreignAddress, policy: denied }, "invalid-request"],
    ["denied", { instance: stopped, policy: denied }, "access-denied"],
    ["not running", { instance: stopped }, "instance-not-running"],
    ["no way to it", { instance: unreachable }, "no-route-to-instance"],
    ["no endpoint for it", { wish: { endpointId: "eice-0a1b2c3d" } }, "endpoint-unavailable"],
  ])("%s", async (_, situation, code) => {
    expect(await problemFrom(() => decide(situation))).toMatchObject({ code });
  });

  test("an absent instance and an unseen one cannot be told apart", async () => {
    const absent = await problemFrom(() => decide({ instance: undefined }));
    const hidden = await problemFrom(() => decide({ policy: unseen }));
    expect({ ...absent }).toEqual({ ...hidden });
  });

  test("policy is asked about an absent instance too, so that both answers take as long", async () => {
    const policy = fakePolicy();
    await problemFrom(() => decide({ instance: undefined, policy }));
    expect(policy.questions).toHaveLength(1);
  });

  test.each(["pending", "stopping", "stopped", "shutting-down", "terminated", "unknown"])(
    "%s is not running",
    async (state) => {
      const problem = await problemFrom(() => decide({ instance: { ...web, state } }));
      expect(problem.code).toBe("instance-not-running");
    },
  );

  test("what is missing is told", async () => {
    const problem = await problemFrom(() => decide({ instance: unreachable }));
    expect(problem.detail).toBe("The instance has no primary IP address.");
  });
});

describe("policy is asked of what the request comes to", () => {
  test.each<[string, Omit<Case, "policy">, object]>([
    ["directly", {}, { osUser: "ec2-user", connectionType: "direct", address: "203.0.113.10", time }],
    [
      "through the endpoint",
      { instance: database },
      { osUser: "ec2-user", connectionType: "eice", address: "10.0.1.10", time },
    ],
    [
      "as the user of the tag",
      { instance: { ...web, tags: { "latchkey:os-user": "ubuntu" } } },
      { osUser: "ubuntu", connectionType: "direct", address: "203.0.113.10", time },
    ],
    [
      "as the user asked for, whatever the tag says",
      { instance: { ...web, tags: { "latchkey:os-user": "ubuntu" } }, wish: { osUser: "root" } },
      { osUser: "root", connectionType: "direct", address: "203.0.113.10", time },
    ],
    [
      "unresolved, as it was wished for and without an address",
      { instance: unreachable, wish: { connectionType: "eice" } },
      { osUser: "ec2-user", connectionType: "eice", time },
    ],
    [
      "unresolved, by eice where an endpoint was asked for",
      { instance: unreachable, wish: { endpointId: "eice-0a1b2c3d" } },
      { osUser: "ec2-user", connectionType: "eice", time },
    ],
  ])("%s", async (_, situation, context) => {
    expect((await connectQuestion(situation))?.context).toEqual(context);
  });

  test("by whom, and of which instance", async () => {
    expect(await connectQuestion({})).toMatchObject({
      principal: {
        uid: { type: "Latchkey::Person", id: "alice" },
        parents: [{ type: "Latchkey::Group", id: "111122223333/Engineer" }],
      },
      resource: {
        uid: { type: "Latchkey::Instance", id: web.instanceId },
        attrs: { account: "111122223333", region: "us-east-1", vpc: "vpc-1" },
        tags: { Name: "web-1", env: "dev" },
      },
    });
  });
});

describe("assessed", () => {
  test("instance, route, user, and the policies that permit it", () => {
    expect(decide({})).toEqual({
      instance: web,
      route: { connectionType: "direct", host: "203.0.113.10", port: 22, dnsName: "ec2-203-0-113-10.example" },
      osUser: "ec2-user",
      policies: ["connect-permitted"],
    });
  });

  test.each([
    ["the caller's word before all", { wish: { osUser: "root" }, imageName: "ubuntu/images/x" }, "root"],
    [
      "the tag's before the image's",
      { instance: { ...web, tags: { "latchkey:os-user": "ada" } }, imageName: "ubuntu/x" },
      "ada",
    ],
    ["the image's before the setting's", { imageName: "ubuntu/images/x" }, "ubuntu"],
    ["the setting's", {}, "ec2-user"],
  ])("OS user: %s", (_, situation, osUser) => {
    expect(assess(situation)).toMatchObject({ osUser });
  });

  test("a denial still tells the route, the user, and the policies that forbid it", () => {
    expect(assess({ policy: fakePolicy({ connect: false }) })).toMatchObject({
      refusal: { code: "access-denied" },
      route: { connectionType: "direct" },
      osUser: "ec2-user",
      policies: ["connect-forbidden"],
    });
  });
});
