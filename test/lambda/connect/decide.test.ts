import { describe, expect, test } from "@jest/globals";
import { decision, decisionRequest } from "../../../contract/decision.ts";
import { decide } from "../../../lambda/connect/decide.ts";
import type { StoredHostKey } from "../../../lambda/host-keys/stored-host-key.ts";
import type { PolicyEngine, PolicyQuestion } from "../../../lambda/policy/engine.ts";
import type { Instance } from "../../../lambda/shared/instance.ts";
import { keys } from "../../fixtures/keys.ts";
import { activeAccess } from "../../support/fake-access-table.ts";
import { fakeInstancePorts, type InstanceWorld } from "../../support/fake-instance-ports.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, database, reviewerSources, unreachable, web } from "../../support/samples.ts";

const settings = {
  defaultOsUser: "ec2-user",
  fips: false,
  serialConsole: true,
  scopeTags: [],
  ...reviewerSources,
  possibleGroups: (id: string) => (id.includes("@") ? [] : [["Engineer"], ["OnCall"]]),
  policyTime: (moment: Date) => ({ epoch: Math.floor(moment.getTime() / 1000), hour: 3, weekday: 5 }),
};

const inputOf = (body: object) => ({
  caller: alice,
  ...decisionRequest.parse({ instanceId: web.instanceId, ...body }),
});

/** The decision, and the log fields. */
async function decidedWith(world: InstanceWorld, body: object = {}, more: object = {}) {
  const { ports, context } = fakeInstancePorts(world);
  return { decided: await decide(ports, { ...settings, ...more }, inputOf(body), context), fields: context.fields };
}

const decided = async (world: InstanceWorld, body: object = {}) => (await decidedWith(world, body)).decided;

const hostKeyFrom = (source: StoredHostKey["source"]): StoredHostKey => ({
  key: keys.ed25519,
  source,
  observedAt: "2026-01-01T00:00:00.000Z",
});

describe("a decision is refused, as the request itself would be", () => {
  test.each([
    ["an absent instance", { fleet: [] }, {}, "instance-not-found"],
    [
      "an instance that the caller may not view",
      { fleet: [web], policy: fakePolicy({ view: false }) },
      {},
      "instance-not-found",
    ],
    ["a port for a serial console", { fleet: [] }, { connectionType: "serial", port: 22 }, "invalid-request"],
    ["an address without a type", { fleet: [] }, { ipAddress: "10.0.0.1" }, "invalid-request"],
    [
      "an address that is not the instance's",
      { fleet: [web] },
      { ipAddress: "192.0.2.99", connectionType: "direct" },
      "invalid-request",
    ],
  ])("%s", async (_, world, body, code) => {
    expect(await problemFrom(() => decided(world, body))).toMatchObject({ code });
  });
});

describe("a decision for a subject", () => {
  const world = (policy: PolicyEngine): InstanceWorld => ({ fleet: [web], policy });
  const isIn = (group: string) => (question: PolicyQuestion) =>
    (question.principal.parents ?? []).some((parent) => JSON.stringify(parent).includes(group));

  test.each<[string, object, PolicyEngine, object]>([
    [
      "for whom the caller may not ask for access is denied",
      { subject: "bob" },
      fakePolicy({ delegate: false }),
      { code: "access-denied" },
    ],
    [
      "whose id no source of identities may assert is refused",
      { subject: "bob@exmaple.com" },
      fakePolicy(),
      { code: "invalid-request", errors: [{ pointer: "/subject", code: "unknown-person" }] },
    ],
    [
      "on an instance that the caller may not view is the 404",
      { subject: "bob" },
      fakePolicy({ view: ({ principal }) => principal.uid.id !== "alice" }),
      { code: "instance-not-found" },
    ],
  ])("%s", async (_, body, policy, problem) => {
    expect(await problemFrom(() => decided(world(policy), body))).toMatchObject(problem);
  });

  test.each<[string, PolicyEngine, object, subject?: string]>([
    [
      "who may not view the instance is a denial",
      fakePolicy({ view: ({ principal }) => principal.uid.id === "alice" }),
      { decision: "deny", code: "instance-not-found", policies: [] },
    ],
    [
      "who is suspended is a denial",
      fakePolicy(),
      { decision: "deny", code: "caller-suspended", policies: [] },
      "suspended",
    ],
    [
      "whom policy never permits is a denial",
      fakePolicy({ connect: false }),
      { decision: "deny", code: "access-denied" },
    ],
    [
      "needs the most that any of their groups needs",
      fakePolicy({ connect: (question) => isIn("OnCall")(question) || "access" in question.context }),
      { decision: "deny", code: "approval-required", requirements: { approvals: 0, reason: false } },
    ],
    [
      "counts only groups that can be permitted",
      fakePolicy({ connect: isIn("OnCall") }),
      { decision: "allow", policies: ["connect-permitted"] },
    ],
  ])("%s", async (_, policy, expected, subject = "bob") => {
    expect(await decided(world(policy), { subject })).toMatchObject({ ...expected, subjectSeen: false });
  });

  test("uses the subject's own access, and lets policy bound who the subject may be", async () => {
    const connect = ({ principal, context }: PolicyQuestion) => principal.uid.id === "bob" && "access" in context;
    const policy = fakePolicy({ connect, delegate: ({ context }) => context["subject"] === "bob" });
    const accessRequests = [activeAccess({ subject: "bob" })];
    expect(await decided({ ...world(policy), accessRequests }, { subject: "bob" })).toMatchObject({
      decision: "allow",
    });
    expect(await problemFrom(() => decided(world(policy), { subject: "dave" }))).toMatchObject({
      code: "access-denied",
    });
  });

  test("takes the caller's source address for the subject's", async () => {
    const policy = fakePolicy();
    await decided(world(policy), { subject: "bob" });
    const sources = policy.questions
      .filter(({ action }) => action !== "view")
      .map(({ context }) => context["sourceIp"]);
    expect(sources.length).toBeGreaterThan(1);
    expect(sources).toEqual(sources.map(() => ({ __extn: { fn: "ip", arg: "192.0.2.1" } })));
  });

  test("says nothing about the caller's own id", async () => {
    expect(await decided({ fleet: [web] }, { subject: "alice" })).not.toHaveProperty("subjectSeen");
  });
});

test("a decision about an instance without the push tag says so", async () => {
  const pushTag = { key: "latchkey:push", value: "yes" };
  const { decided } = await decidedWith({ fleet: [web] }, {}, { pushTag });
  expect(decided).toMatchObject({ decision: "deny", code: "not-covered-by-push-tag" });
  expect(decided).not.toHaveProperty("resolved");
});

describe("a decision", () => {
  const denied = fakePolicy({ connect: false });
  const withAccess = fakePolicy({ connect: ({ context }) => context["access"] !== undefined });
  const trusted = fakePolicy({ connect: ({ context }) => Number(context["hostKeyTrust"]) >= 2 });
  const resolved = { connectionType: "direct", host: "203.0.113.10", port: 22 };
  test.each([
    [
      "denied, with the policies that forbid it and the route it would take",
      { fleet: [web], policy: denied },
      {},
      { decision: "deny", code: "access-denied", policies: ["connect-forbidden"], resolved },
    ],
    [
      "denied without an access request, with the requirements for one",
      { fleet: [web], policy: withAccess },
      {},
      {
        decision: "deny",
        code: "approval-required",
        policies: ["connect-forbidden"],
        resolved,
        requirements: { approvals: 0, reason: false },
      },
    ],
    [
      "denied for an OS user other than the access request's",
      { fleet: [web], policy: withAccess, accessRequests: [activeAccess()] },
      { osUser: "root" },
      expect.objectContaining({ decision: "deny", code: "approval-required" }),
    ],
    [
      "denied because the instance is stopped",
      { fleet: [{ ...web, state: "stopped" }] },
      {},
      { decision: "deny", code: "instance-not-running", policies: ["connect-permitted"], resolved },
    ],
    [
      "denied because the instance is unreachable",
      { fleet: [unreachable] },
      { instanceId: unreachable.instanceId },
      { decision: "deny", code: "no-route-to-instance", policies: ["connect-permitted"] },
    ],
    [
      "denied for lack of trust in the host key, which no approval makes up for",
      { fleet: [web], policy: trusted, hostKeys: new Map([[web.instanceId, [hostKeyFrom("pinned")]]]) },
      {},
      { decision: "deny", code: "access-denied", policies: ["connect-forbidden"], resolved },
    ],
    [
      "allowed by the trust in the host key",
      { fleet: [web], policy: trusted, hostKeys: new Map([[web.instanceId, [hostKeyFrom("console")]]]) },
      {},
      { decision: "allow", policies: ["connect-permitted"], resolved },
    ],
    [
      "allowed to the serial console",
      { fleet: [web] },
      { connectionType: "serial" },
      {
        decision: "allow",
        policies: ["connect-permitted"],
        resolved: {
          connectionType: "serial",
          host: "serial-console.ec2-instance-connect.us-east-1.aws",
          port: 22,
        },
      },
    ],
    ["allowed", { fleet: [web] }, {}, { decision: "allow", policies: ["connect-permitted"], resolved }],
    [
      "allowed by the caller's access request, as the instance's own user",
      {
        fleet: [{ ...web, imageId: "ami-1" }],
        imageNames: new Map([["ami-1", "ubuntu"]]),
        policy: withAccess,
        accessRequests: [activeAccess({ osUser: "ubuntu" })],
      },
      {},
      { decision: "allow", policies: ["connect-permitted"], accessRequestId: activeAccess().id, resolved },
    ],
    [
      "allowed through an endpoint",
      { fleet: [database] },
      { instanceId: database.instanceId },
      expect.objectContaining({ resolved: expect.objectContaining({ endpointId: expect.stringMatching(/^eice-/) }) }),
    ],
  ])("%s", async (_, world, body, expected) => {
    const response = await decided(world, body);
    expect(decision.strict().parse(response)).toEqual(expected);
  });

  const doubtful = [{ code: "windows" }, { code: "local-zone" }];
  test.each<[string, Partial<Instance>, object, readonly object[]]>([
    ["a Windows instance", { platform: "windows" }, {}, doubtful.slice(0, 1)],
    ["an instance in a Local Zone", { availabilityZone: "us-east-1-bos-1a" }, {}, doubtful.slice(1)],
    ["both", { platform: "windows", availabilityZone: "us-east-1-bos-1a" }, {}, doubtful],
    ["neither: an availability zone", { availabilityZone: "us-east-1f" }, {}, []],
    ["neither: a Wavelength Zone", { availabilityZone: "us-east-1-wl1-bos-wlz-1" }, {}, []],
    ["neither: a serial console", { platform: "windows" }, { connectionType: "serial" }, []],
  ])("warns of a login that may fail: %s", async (_, changed, body, warnings) => {
    const response = await decided({ fleet: [{ ...web, ...changed }] }, body);
    expect(decision.strict().parse(response).warnings ?? []).toMatchObject(warnings);
    expect(response).toHaveProperty("decision", "allow");
    expect(Object.hasOwn(response, "warnings")).toBe(warnings.length > 0);
  });

  test("on a serial console reads no endpoint and no image", async () => {
    const { ports, context } = fakeInstancePorts({ fleet: [{ ...web, imageId: "ami-1" }] });
    const never = () => Promise.reject(new Error("Nobody needs it"));
    const network = { describeEndpoints: never, readImageNames: never };
    const asked = decide({ ...ports, network }, settings, inputOf({ connectionType: "serial" }), context);
    expect(await asked).toMatchObject({ decision: "allow" });
  });

  test("is logged with its subject matter", async () => {
    const { fields } = await decidedWith({ fleet: [web] }, { osUser: "root" });
    expect(fields).toEqual({ instanceId: web.instanceId, osUser: "root", policies: ["connect-permitted"] });
  });

  test("is logged with the access request that policy was evaluated with", async () => {
    const policy = fakePolicy({ connect: ({ context }) => context["access"] !== undefined });
    const world = { fleet: [web], policy, accessRequests: [activeAccess({ breakGlass: true })] };
    expect((await decidedWith(world)).fields).toMatchObject({ accessRequestId: activeAccess().id, breakGlass: true });
  });

  test("is logged without an access request that it does not need", async () => {
    const { fields } = await decidedWith({ fleet: [web], accessRequests: [activeAccess()] });
    expect(fields).not.toHaveProperty("accessRequestId");
  });
});
