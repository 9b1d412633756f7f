import { describe, expect, test } from "@jest/globals";
import type { Caller } from "../../../contract/caller.ts";
import type { ConnectionRequest } from "../../../contract/connection.ts";
import type { AccessRequest } from "../../../lambda/access/access-request.ts";
import { decide } from "../../../lambda/connect/decide.ts";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import type { Instance } from "../../../lambda/shared/instance.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { type AccessChanges, activeAccess, withChanges } from "../../support/fake-access-table.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { engineWith } from "../../support/policy-engine.ts";
import { alice, database, place, web } from "../../support/samples.ts";

/** Engineers view production, and connect as ec2-user with two approvals or break-glass, in working hours. */
const policies = {
  seen: `permit (principal in Latchkey::Group::"Engineer", action == Latchkey::Action::"view", resource)
    when { resource.hasTag("env") && resource.getTag("env") == "prod" };`,
  entered: `permit (
      principal is Latchkey::Person in Latchkey::Group::"Engineer",
      action == Latchkey::Action::"connect",
      resource
    ) when {
      resource.hasTag("env") && resource.getTag("env") == "prod" && context.osUser == "ec2-user" &&
      context has access && context.access.reason != "" &&
      (context.access.approvals >= 2 || context.access.breakGlass)
    };`,
  hours: `forbid (principal, action == Latchkey::Action::"connect", resource)
    unless { context.time.hour >= 8 && context.time.hour < 18 };`,
  sealed: `forbid (principal, action == Latchkey::Action::"connect", resource) when { resource.hasTag("sealed") };`,
};
const policy = engineWith(policies);
const engineThatErrs = engineWith({
  ...policies,
  errs: `forbid (principal, action == Latchkey::Action::"connect", resource) when { resource.getTag("owner") == "x" };`,
});
const engineOfVpcs = engineWith({
  ...policies,
  vpcs: `forbid (principal, action == Latchkey::Action::"connect", resource) when { resource.vpc == "vpc-9" };`,
});

const tags = { env: "prod" };
const settings = {
  ...connectSettings,
  policyTime: (moment: Date) => ({ ...connectSettings.policyTime(moment), hour: 9 }),
};
const review = (reviewer: string) => ({ reviewer, decision: "approve", at: "2026-01-02T03:00:00.000Z" }) as const;
const access = activeAccess({ reviews: [review("bob"), review("erin")] });

/** One request, with the state of the world and the time. */
interface Case {
  readonly instance: Instance | undefined;
  readonly accessRequest: AccessRequest;
  readonly caller: Caller;
  readonly body: Partial<ConnectionRequest>;
  readonly settings: typeof settings;
  readonly policy: typeof policy;
  readonly meanwhile?: World["meanwhile"];
}

const direct: Case = {
  instance: { ...web, tags },
  accessRequest: access,
  caller: alice,
  body: {},
  settings,
  policy,
};

const paths: Readonly<Record<string, Case>> = {
  direct,
  eice: {
    ...direct,
    instance: { ...database, tags },
    accessRequest: withChanges(access, { instanceId: database.instanceId }),
  },
  delegated: { ...direct, accessRequest: { ...access, requestedBy: "111122223333/ChatBot" } },
  "break-glass": { ...direct, accessRequest: { ...access, reviews: [], breakGlass: true } },
};

type Rule = readonly [sentence: string, breakIt: (given: Case) => Case, code: string];

const withAccess = (changes: (given: AccessRequest) => AccessChanges) => (given: Case) => ({
  ...given,
  accessRequest: withChanges(given.accessRequest, changes(given.accessRequest)),
});
const withInstance = (change: (given: Instance) => Instance) => (given: Case) => ({
  ...given,
  instance: given.instance && change(given.instance),
});
const atHour = (hour: number) => (given: Case) => ({
  ...given,
  settings: { ...settings, policyTime: (moment: Date) => ({ ...settings.policyTime(moment), hour }) },
});

const rules: readonly Rule[] = [
  ["absent", (given) => ({ ...given, instance: undefined }), "instance-not-found"],
  ["not visible", withInstance((it) => ({ ...it, tags: { env: "restricted" } })), "instance-not-found"],
  ["not visible, for lack of a tag", withInstance((it) => ({ ...it, tags: {} })), "instance-not-found"],
  [
    "the same role in another account",
    (given) => ({ ...given, caller: { ...alice, groups: ["444455556666/Engineer"] } }),
    "instance-not-found",
  ],
  ["not permitted: forbidden", withInstance((it) => ({ ...it, tags: { ...tags, sealed: "" } })), "access-denied"],
  ["not permitted: a machine", (given) => ({ ...given, caller: { ...alice, kind: "machine" } }), "access-denied"],
  [
    "an OS user that policy permits to nobody, with access for it",
    (given) => ({ ...withAccess(() => ({ osUser: "root" }))(given), body: { osUser: "root" } }),
    "access-denied",
  ],
  ["access for another OS user", withAccess(() => ({ osUser: "ubuntu" })), "approval-required"],
  [
    "too few approvals",
    withAccess(({ reviews }) => ({ reviews: reviews.slice(1), breakGlass: false })),
    "approval-required",
  ],
  ["no reason", withAccess(() => ({ reason: "" })), "approval-required"],
  ["pending", withAccess(() => ({ status: "pending" })), "approval-required"],
  ["expired", withAccess(() => ({ status: "expired" })), "approval-required"],
  [
    "past its expiry, though still active",
    withAccess(() => ({ expiresAt: "2026-01-02T03:04:05.678Z" })),
    "approval-required",
  ],
  ["revoked", withAccess(() => ({ status: "revoked" })), "approval-required"],
  ["another subject's", withAccess(() => ({ subject: "dave" })), "approval-required"],
  [
    "another subject's, requested by the caller",
    withAccess(() => ({ subject: "dave", requestedBy: "alice" })),
    "approval-required",
  ],
  ["for another instance", withAccess(() => ({ instanceId: "i-0fedcba9876543210" })), "approval-required"],
  ["an hour too early", atHour(7), "access-denied"],
  ["an hour too late", atHour(18), "access-denied"],
  ["an error in a policy", (given) => ({ ...given, policy: engineThatErrs }), "access-denied"],
  [
    "a missing attribute",
    (given) => ({
      ...withInstance(({ vpcId: _, ...it }) => it)(given),
      policy: engineOfVpcs,
    }),
    "access-denied",
  ],
];

describe.each(Object.entries(paths))("%s", (name, path) => {
  test.each(rules)("refused: %s", async (_, breakIt, code) => {
    const given = breakIt(path);
    const asked = await connect(given);
    expect(asked).toMatchObject({ code, pushed: 0, intended: 0, reserved: 0 });
    expect([asked.events, asked.denied]).toEqual([[], [asked.code]]);
    expect(await decision(given)).toBe(code);
  });

  test("refused: revoked between the evaluation and the reservation", async () => {
    const revoked = { ...path.accessRequest, status: "revoked" } as const;
    const asked = await connect({ ...path, meanwhile: { reserveAccess: (table) => table.put(revoked) } });
    expect(asked).toMatchObject({ code: "approval-required", pushed: 0, intended: 0 });
    expect([asked.events, asked.denied]).toEqual([[], [asked.code]]);
  });

  test("the connection is made under its access request if everything is in order", async () => {
    const asked = await connect(path);
    expect(asked).toMatchObject({ code: "made", pushed: 1, intended: 1, reserved: 1 });
    const breakGlass = name === "break-glass";
    for (const data of asked.data) expect(data).toMatchObject({ accessRequestId: access.id, breakGlass });
    expect(asked.data.map(({ connectionType }) => connectionType)).toEqual(
      Array(2).fill(name === "eice" ? "eice" : "direct"),
    );
    expect(await decision(path)).toBe("allowed");
  });
});

/** The access target that is read for the case. Its access request is stored under this target's key. */
const accessTargetOf = ({ caller, instance, body }: Case) => ({
  ...place,
  subject: caller.id,
  instanceId: instance?.instanceId ?? web.instanceId,
  osUser: body.osUser ?? "ec2-user",
});

async function connect(given: Case) {
  const { instance, policy: engine, meanwhile } = given;
  const fake = fakeConnectPorts({ instance, policy: engine, ...(meanwhile && { meanwhile }) });
  fake.access.put(given.accessRequest, accessTargetOf(given));
  const input = { ...connectionInput(given.body, accessTargetOf(given).instanceId), caller: given.caller };
  const code = await makeConnection(fake.ports, given.settings, input, fake.context).then(() => "made", codeOf);
  const count = (port: string) => fake.journal.filter((entry) => entry === port).length;
  const events = fake.written.map(({ state }) => state.events[0]);
  return {
    code,
    pushed: count("pushKey"),
    intended: count("writeIntent"),
    reserved: count("reserveAccess"),
    events: events.map(({ type }) => type),
    denied: fake.denied.map((denial) => denial.code),
    data: events.map(({ data }) => data),
  };
}

/** The decision of `POST /v1/decisions` on the same request. */
async function decision(given: Case): Promise<string | undefined> {
  const { instance, policy: engine, caller } = given;
  const fake = fakeConnectPorts({ instance, policy: engine });
  fake.access.put(given.accessRequest, accessTargetOf(given));
  const input = { ...connectionInput(given.body, accessTargetOf(given).instanceId), caller };
  const ports = { ...fake.ports, people: { wasSeen: async () => true } };
  const decided = decide(ports, { ...given.settings, possibleGroups: () => [] }, input, fake.context);
  return decided.then(({ decision, code }) => code ?? `${decision}ed`, codeOf);
}

function codeOf(error: unknown): string {
  if (error instanceof Problem) return error.code;
  throw error;
}
