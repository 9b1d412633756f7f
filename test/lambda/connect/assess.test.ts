import { describe, expect, test } from "@jest/globals";
import type { AccessRequest } from "../../../lambda/access/access-request.ts";
import { assessConnection, requirePermitted, type Situation } from "../../../lambda/connect/assess.ts";
import type { StoredHostKey } from "../../../lambda/host-keys/stored-host-key.ts";
import type { Access } from "../../../lambda/policy/authorize.ts";
import type { PolicyEngine, PolicyQuestion } from "../../../lambda/policy/engine.ts";
import { requireVisible } from "../../../lambda/policy/require-visible.ts";
import type { ConnectionOptions } from "../../../lambda/resolve/connection-options.ts";
import type { Instance } from "../../../lambda/shared/instance.ts";
import { keys } from "../../fixtures/keys.ts";
import { type AccessChanges, activeAccess } from "../../support/fake-access-table.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, database, endpoint, unreachable, web } from "../../support/samples.ts";

const settings = { defaultOsUser: "ec2-user", fips: false, serialConsole: true, scopeTags: [] };
const now = new Date("2026-01-02T03:04:05.678Z");
const time = { epoch: 1_767_323_045, hour: 3, weekday: 5 };

interface Case {
  readonly instance?: Instance | undefined;
  readonly options?: Partial<ConnectionOptions>;
  readonly imageName?: string;
  readonly hostKeys?: readonly StoredHostKey[];
  readonly accessRequest?: AccessRequest;
  readonly policy?: PolicyEngine;
  readonly pushTag?: { readonly key: string; readonly value: string };
}

function assess({ options, imageName, hostKeys = [], accessRequest, policy = fakePolicy(), pushTag, ...rest }: Case) {
  const instance = requireVisible(policy, alice, "instance" in rest ? rest.instance : web);
  const asked: Situation["options"] = { connectionType: "auto", ...options };
  const accessRequests = accessRequest ? [accessRequest] : [];
  const stored = { hostKeys, accessRequests, reviewers: new Map(), isSuspended: false };
  const known = { caller: alice, instance, imageName, endpoints: [endpoint], ...stored };
  return assessConnection(policy, { ...known, options: asked, now, time }, { ...settings, pushTag });
}

const decide = (situation: Case) => requirePermitted(assess(situation));

/** Permits if the access has two approvals and a reason. */
const isApproved = ({ context: { access } }: PolicyQuestion) => {
  const { approvals = 0, reason = "" } = (access ?? {}) as Partial<Access>;
  return approvals >= 2 && reason !== "";
};

/** The same, and only if the host key has at least medium trust. */
const isTrustedAndApproved = (question: PolicyQuestion) =>
  isApproved(question) && Number(question.context["hostKeyTrust"]) >= 2;

const onlyWithAccess = () => fakePolicy({ connect: ({ context }) => context["access"] !== undefined });

/** The evaluations of the connection: first without access, then with the access that exists. */
async function connectQuestions(situation: Omit<Case, "policy">) {
  const policy = fakePolicy({ connect: false });
  await problemFrom(() => decide({ ...situation, policy }));
  return policy.questions.filter(({ action }) => action === "connect");
}

const connectQuestion = async (situation: Omit<Case, "policy">) => (await connectQuestions(situation))[0];

const serial = { connectionType: "serial" } as const;
/** In a region without serial consoles. */
const abroad: Instance = { ...web, region: "us-iso-east-1" };
const hostKeyFrom = (source: StoredHostKey["source"]): StoredHostKey => ({
  key: keys.ed25519,
  source,
  observedAt: "2026-01-01T00:00:00.000Z",
});
const [registered, captured, pinned] = [hostKeyFrom("registered"), hostKeyFrom("console"), hostKeyFrom("pinned")];

describe("if several things are wrong, the caller gets the first in the order of verdicts", () => {
  const stopped: Instance = { ...unreachable, state: "stopped" };
  const foreignAddress = { ipAddress: "192.0.2.99", connectionType: "direct" } as const;
  const pushTag = { key: "latchkey:push", value: "yes" };
  const unseen = fakePolicy({ view: false, connect: false });
  const denied = fakePolicy({ connect: false });
  test.each<[string, Case, string]>([
    [
      "not visible, before anything else",
      { instance: stopped, options: foreignAddress, policy: unseen },
      "instance-not-found",
    ],
    ["absent, though policy would permit the view", { instance: undefined }, "instance-not-found"],
    ["another instance's address", { instance: stopped, options: foreignAddress, policy: denied }, "invalid-request"],
    ["denied", { instance: stopped, policy: denied }, "access-denied"],
    ["approval needed", { instance: stopped, policy: fakePolicy({ connect: isApproved }) }, "approval-required"],
    ["not running", { instance: stopped }, "instance-not-running"],
    ["unreachable", { instance: unreachable }, "no-route-to-instance"],
    [
      "a serial console, as another user",
      { options: { ...serial, osUser: "root" }, policy: denied },
      "invalid-request",
    ],
    ["a serial console, denied", { instance: abroad, options: serial, policy: denied }, "access-denied"],
    [
      "a serial console, of a stopped instance",
      { instance: { ...abroad, state: "stopped" }, options: serial },
      "instance-not-running",
    ],
    ["a serial console, in a region that has none", { instance: abroad, options: serial }, "no-route-to-instance"],
    ["without the push tag, denied", { pushTag, policy: denied }, "access-denied"],
    ["without the push tag, not running", { pushTag, instance: stopped }, "instance-not-running"],
    ["without the push tag", { pushTag }, "not-covered-by-push-tag"],
    ["without the push tag, on a serial console", { pushTag, options: serial }, "not-covered-by-push-tag"],
    ["an endpoint that does not exist", { options: { endpointId: "eice-0a1b2c3d" } }, "endpoint-unavailable"],
  ])("%s", async (_, situation, code) => {
    expect(await problemFrom(() => decide(situation))).toMatchObject({ code });
  });

  test("an absent instance and one that the caller may not view cannot be told apart", async () => {
    const absent = await problemFrom(() => decide({ instance: undefined }));
    const hidden = await problemFrom(() => decide({ policy: unseen }));
    expect({ ...absent }).toEqual({ ...hidden });
  });

  test("policy is evaluated for an absent instance too, so that both responses take equally long", async () => {
    const policy = fakePolicy();
    await problemFrom(() => decide({ instance: undefined, policy }));
    expect(policy.questions).toHaveLength(1);
  });

  test.each([
    ["pending", "The instance is starting. Try again in a minute."],
    ["stopping", "The instance is stopping. Start it again once it has stopped."],
    ["stopped", undefined],
    ["shutting-down", expect.stringContaining("cannot be started again")],
    ["terminated", expect.stringContaining("cannot be started again")],
    ["unknown", undefined],
  ])("an instance that is %s is not running, and is only to be started if it can be", async (state, detail) => {
    const problem = await problemFrom(() => decide({ instance: { ...web, state } }));
    expect([problem.code, problem.detail]).toEqual(["instance-not-running", detail]);
  });

  test("the detail says what is missing", async () => {
    const problem = await problemFrom(() => decide({ instance: unreachable }));
    expect(problem.detail).toBe("The instance has no primary IP address.");
  });
});

describe("policy is evaluated for the resolved connection", () => {
  test.each<[string, Omit<Case, "policy">, object]>([
    ["directly", {}, { osUser: "ec2-user", connectionType: "direct", address: "203.0.113.10", hostKeyTrust: 0, time }],
    [
      "to the serial console: at no address of the instance, as its own user, with a host key that AWS vouches for",
      { options: serial },
      { osUser: `${web.instanceId}.port0`, connectionType: "serial", hostKeyTrust: 3, time },
    ],
    [
      "to the serial console in a region that has none, so that policy decides alike",
      { instance: abroad, options: serial },
      { osUser: `${web.instanceId}.port0`, connectionType: "serial", hostKeyTrust: 3, time },
    ],
    [
      "through the endpoint",
      { instance: database },
      { osUser: "ec2-user", connectionType: "eice", address: "10.0.1.10", hostKeyTrust: 0, time },
    ],
    [
      "as the user of the tag",
      { instance: { ...web, tags: { "latchkey:os-user": "ubuntu" } } },
      { osUser: "ubuntu", connectionType: "direct", address: "203.0.113.10", hostKeyTrust: 0, time },
    ],
    [
      "as the requested user, even if the tag names another",
      { instance: { ...web, tags: { "latchkey:os-user": "ubuntu" } }, options: { osUser: "root" } },
      { osUser: "root", connectionType: "direct", address: "203.0.113.10", hostKeyTrust: 0, time },
    ],
    [
      "unresolved, with the requested type and without an address",
      { instance: unreachable, options: { connectionType: "eice" } },
      { osUser: "ec2-user", connectionType: "eice", hostKeyTrust: 0, time },
    ],
    [
      "unresolved, with type eice if the options name an endpoint",
      { instance: unreachable, options: { endpointId: "eice-0a1b2c3d" } },
      { osUser: "ec2-user", connectionType: "eice", hostKeyTrust: 0, time },
    ],
  ])("%s", async (_, situation, context) => {
    expect((await connectQuestion(situation))?.context).toEqual(context);
  });

  test.each<[string, StoredHostKey[], number]>([
    ["none is known", [], 0],
    ["it was pinned", [pinned], 1],
    ["a console showed it", [captured], 2],
    ["an operator has registered it", [registered], 3],
    ["an operator has registered one, so that others are not accepted", [captured, registered, pinned], 3],
    ["a console showed one, so that a pinned one is not accepted", [pinned, captured], 2],
  ])("with the trust in the host key: %s", async (_, hostKeys, hostKeyTrust) => {
    expect((await connectQuestion({ hostKeys }))?.context).toMatchObject({ hostKeyTrust });
    expect((await connectQuestion({ hostKeys, instance: database }))?.context).toMatchObject({ hostKeyTrust });
  });

  test("host keys of the instance's sshd do not count for its serial console", async () => {
    expect((await connectQuestion({ hostKeys: [pinned], options: serial }))?.context).toMatchObject({
      hostKeyTrust: 3,
    });
  });

  test("for this caller and this instance", async () => {
    expect(await connectQuestion({})).toMatchObject({
      principal: {
        uid: { type: "Latchkey::Person", id: "alice" },
        parents: [{ type: "Latchkey::Group", id: "Engineer" }],
      },
      resource: {
        uid: { type: "Latchkey::Instance", id: `${web.accountId}/${web.region}/${web.instanceId}` },
        attrs: { account: "111122223333", region: "us-east-1", vpc: "vpc-1" },
        tags: { Name: "web-1", env: "dev" },
      },
    });
  });
});

describe("policy sees an access request only if it gives access to this target now", () => {
  const ubuntu = { ...web, tags: { "latchkey:os-user": "ubuntu" } };
  const denied: readonly (readonly [string, AccessChanges, Partial<Case>?])[] = [
    ["pending", { status: "pending", activatedAt: undefined, expiresAt: undefined }],
    ["pending, though it has an expiry", { status: "pending" }],
    ["denied", { status: "denied" }],
    ["cancelled", { status: "cancelled" }],
    ["expired", { status: "expired" }],
    ["revoked before its expiry", { status: "revoked" }],
    ["status active, a second after its expiry", { expiresAt: "2026-01-02T03:04:04.678Z" }],
    ["status active, at its expiry", { expiresAt: now.toISOString() }],
    ["active, without an expiry", { expiresAt: undefined }],
    ["active, with an expiry that is not a time", { expiresAt: "tomorrow" }],
    ["another subject's", { subject: "dave" }],
    ["another subject's, requested by the caller", { subject: "dave", requestedBy: "alice" }],
    ["another instance's", { instanceId: database.instanceId }],
    ["another OS user's", { osUser: "root" }],
    ["the instance's own user's, for its serial console", {}, { options: serial }],
    ["the serial console's, for its own user", { osUser: `${web.instanceId}.port0` }],
    ["another serial console's", { osUser: `${database.instanceId}.port0` }, { options: serial }],
    ["for the guessed OS user, not the tag's", {}, { instance: ubuntu }],
    [
      "for the tag's OS user, not the requested one",
      { osUser: "ubuntu" },
      { instance: ubuntu, options: { osUser: "root" } },
    ],
  ];
  test.each(denied)("hidden from policy: %s", (_, changes, situation = {}) => {
    const policy = onlyWithAccess();
    const assessment = assess({ accessRequest: activeAccess(changes), policy, ...situation });
    const [first, ...searched] = policy.questions.filter(({ action }) => action === "connect");
    expect(first?.context).not.toHaveProperty("access");
    // The search for requirements assumes access that ends in a second, and none that ends later.
    for (const { context } of searched) expect(context).toMatchObject({ access: { expiresAt: time.epoch + 1 } });
    expect(assessment).not.toHaveProperty("access");
    expect(assessment.refusal).toEqual({ code: "approval-required", requirements: { approvals: 0, reason: false } });
  });

  const [bob, erin] = [
    activeAccess().reviews[0],
    { reviewer: "erin", decision: "approve", at: "2026-01-02T03:01:00Z" },
  ];
  test.each<[string, Partial<AccessRequest>, Partial<Access>]>([
    ["active", {}, { approvals: 1, breakGlass: false, reason: "INC-42: a disk is full", expiresAt: 1_767_326_400 }],
    ["until its last millisecond", { expiresAt: "2026-01-02T03:04:05.679Z" }, { expiresAt: 1_767_323_045 }],
    ["approved twice", { reviews: [bob, erin] as AccessRequest["reviews"] }, { approvals: 2 }],
    ["approved by nobody", { reviews: [] }, { approvals: 0 }],
    ["break-glass", { reviews: [], breakGlass: true }, { approvals: 0, breakGlass: true }],
    ["requested by a bot", { requestedBy: "111122223333/ChatBot" }, { approvals: 1 }],
  ])("visible to policy: %s", async (_, changes, access) => {
    const [without, told] = await connectQuestions({ accessRequest: activeAccess(changes) });
    expect(without?.context).not.toHaveProperty("access");
    expect(told?.context).toMatchObject({ access });
  });

  test("a denial does not count as an approval", async () => {
    const denial = { reviewer: "erin", decision: "deny", at: "2026-01-02T03:01:00.000Z" } as const;
    const [, told] = await connectQuestions({ accessRequest: activeAccess({ reviews: [denial] }) });
    expect(told?.context).toMatchObject({ access: { approvals: 0, reason: "INC-42: a disk is full" } });
  });

  test("a connection that policy permits with it is made under it", () => {
    const accessRequest = activeAccess();
    expect(decide({ accessRequest, policy: onlyWithAccess() }).access).toEqual(accessRequest);
  });

  test.each<[string, (question: PolicyQuestion) => boolean]>([
    ["with or without access", () => true],
    ["and forbids it with access", ({ context }) => context["access"] === undefined],
  ])("it is not used if policy permits the connection without it, %s", (_, connect) => {
    const policy = fakePolicy({ connect });
    const decided = decide({ accessRequest: activeAccess(), policy });
    expect(decided).not.toHaveProperty("access");
    expect(decided.policies).toEqual(["connect-permitted"]);
    expect(policy.questions.filter(({ action }) => action === "connect")).toHaveLength(1);
  });

  test("the deciding policies are those of the last evaluation", () => {
    const policy = (permits: boolean): PolicyEngine => ({
      ...fakePolicy(),
      decide: ({ action, context }) => {
        const id = context["access"] === undefined ? "without" : "with";
        return { allowed: action === "view" || (permits && id === "with"), policies: [id] };
      },
    });
    const of = (permits: boolean, accessRequest?: AccessRequest) =>
      assess({ policy: policy(permits), ...(accessRequest && { accessRequest }) }).policies;
    expect([of(false), of(false, activeAccess()), of(true, activeAccess())]).toEqual([["without"], ["with"], ["with"]]);
  });
});

describe("if policy denies, the refusal says what is missing", () => {
  const requirements = { approvals: 2, reason: true };
  test.each<[string, Case, object]>([
    ["no access helps", { policy: fakePolicy({ connect: false }) }, { code: "access-denied" }],
    [
      "no access helps, though the caller has some",
      { policy: fakePolicy({ connect: false }), accessRequest: activeAccess() },
      { code: "access-denied" },
    ],
    [
      "approvals do not make up for an untrusted host key",
      { policy: fakePolicy({ connect: isTrustedAndApproved }), hostKeys: [pinned] },
      { code: "access-denied" },
    ],
    [
      "approvals, if the host key is trusted",
      { policy: fakePolicy({ connect: isTrustedAndApproved }), hostKeys: [captured] },
      { code: "approval-required", requirements },
    ],
    [
      "approvals for the serial console",
      { policy: fakePolicy({ connect: isApproved }), options: serial },
      { code: "approval-required", requirements },
    ],
    [
      "approvals and a reason",
      { policy: fakePolicy({ connect: isApproved }) },
      { code: "approval-required", requirements },
    ],
    [
      "no rules for the reason, if the caller may not ask",
      { policy: fakePolicy({ connect: isApproved, request: false }, { minReasonLength: 20 }) },
      { code: "approval-required", requirements },
    ],
    [
      "what policy says of the reason",
      { policy: fakePolicy({ connect: isApproved }, { minReasonLength: 20, reasonPatterns: ["INC"] }) },
      { code: "approval-required", requirements: { ...requirements, minReasonLength: 20, reasonPatterns: ["INC"] } },
    ],
    [
      "more approvals than the access has",
      { policy: fakePolicy({ connect: isApproved }), accessRequest: activeAccess() },
      { code: "approval-required", requirements },
    ],
  ])("%s", (_, situation, refusal) => {
    expect(assess(situation).refusal).toEqual(refusal);
  });

  test("the problem for the caller has the requirements", async () => {
    const problem = await problemFrom(() => decide({ policy: fakePolicy({ connect: isApproved }) }));
    expect(problem).toMatchObject({ code: "approval-required", requirements });
  });

  test("it is found out for the resolved connection, with the shortest access that there is", () => {
    const policy = fakePolicy({ connect: false });
    assess({ policy, instance: database });
    for (const { context } of policy.questions.filter(({ action }) => action === "connect").slice(1)) {
      expect(context).toMatchObject({ osUser: "ec2-user", connectionType: "eice", address: "10.0.1.10", time });
      expect(context).toMatchObject({ access: { breakGlass: false, expiresAt: time.epoch + 1 } });
    }
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

  test("the serial console: its route, and its user", () => {
    expect(decide({ options: serial, imageName: "ubuntu/images/x" })).toEqual({
      instance: web,
      route: {
        connectionType: "serial",
        host: "serial-console.ec2-instance-connect.us-east-1.aws",
        port: 22,
        hostKeyFingerprint: "SHA256:dXwn5ma/xadVMeBZGEru5l2gx+yI5LDiJaLUcz0FMmw",
      },
      osUser: `${web.instanceId}.port0`,
      policies: ["connect-permitted"],
    });
  });

  test("the serial console, carried by an access request that is for its user", () => {
    const accessRequest = activeAccess({ osUser: `${web.instanceId}.port0` });
    expect(decide({ options: serial, accessRequest, policy: onlyWithAccess() }).access).toEqual(accessRequest);
  });

  test.each([
    ["the caller's word before all", { options: { osUser: "root" }, imageName: "ubuntu/images/x" }, "root"],
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
