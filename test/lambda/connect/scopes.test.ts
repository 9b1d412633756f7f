import { describe, expect, test } from "@jest/globals";
import type { AccessRequest, Review } from "../../../lambda/access/access-request.ts";
import type { Suspension } from "../../../lambda/access/suspension.ts";
import { makeConnection } from "../../../lambda/connect/make-connection.ts";
import type { RememberedPerson } from "../../../lambda/shared/people.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { activeAccess } from "../../support/fake-access-table.ts";
import { fakeConnectPorts, type World } from "../../support/fake-connect-ports.ts";
import { engineWith } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, machine, person, place, web } from "../../support/samples.ts";

const permit = (action: string, when: string) =>
  `permit (principal, action == Latchkey::Action::"${action}", resource) when { ${when} };`;
const forbid = (action: string, when: string) =>
  `forbid (principal, action == Latchkey::Action::"${action}", resource) when { ${when} };`;
const isStaging = 'resource.hasTag("env") && resource.getTag("env") == "staging"';

/** Staging takes one approval, two if it is critical. Those on call review, but not payments. */
const policy = engineWith({
  view: permit("view", "true"),
  hidden: forbid("view", 'resource.hasTag("hidden")'),
  secret: forbid("view", 'resource.hasTag("secret") && principal == Latchkey::Person::"bob"'),
  connect: permit(
    "connect",
    `principal is Latchkey::Person && ${isStaging} && context has access && context.access.reason != "" &&
     (context.access.approvals >= 2 || (context.access.approvals >= 1 && !resource.hasTag("critical")))`,
  ),
  emergency: permit("connect", "context has access && context.access.breakGlass"),
  frozen: forbid("connect", 'resource.hasTag("frozen")'),
  alone: forbid("connect", 'resource.hasTag("alone") && context has access && context.access.scope == "tags"'),
  review: permit("review", 'principal in Latchkey::Group::"OnCall"'),
  payments: forbid("review", 'resource.hasTag("payments")'),
  night: forbid("review", "context.time.hour < 6"),
});

const tags = { env: "staging", team: "web" };
const now = new Date("2026-01-02T03:04:05.678Z");
const basis: NonNullable<Review["basis"]> = {
  kind: "person",
  groups: ["OnCall"],
  context: {
    ...{ scope: "tags", osUser: "ec2-user", subject: "alice", requestedBy: "alice", breakGlass: false },
    time: { epoch: 1_767_322_800, hour: 12, weekday: 5 },
  },
};
const by = (reviewer: string, changes: Partial<Review> = {}): Review => ({
  reviewer,
  decision: "approve",
  at: "2026-01-02T03:00:00.000Z",
  basis,
  ...changes,
});
const remembered = (id: string, changes: Partial<RememberedPerson> = {}): RememberedPerson => ({
  ...{ id, kind: "person", groups: ["OnCall"], frontDoor: "iam", seenAt: "2026-01-02T02:00:00.000Z" },
  ...changes,
});
const suspension = (callerId: string, changes: Partial<Suspension> = {}): NonNullable<World["suspensions"]> =>
  new Map([
    [
      callerId,
      {
        ...{ callerId, isSuspended: true, reason: "lost laptop", changedBy: "erin", sequence: 1 },
        changedAt: "2026-01-02T03:02:00.000Z",
        ...changes,
      },
    ],
  ]);

const id = (number: number) => `ar-0123456789abcdef0123456789abcdef-05-${String(number).padStart(12, "0")}`;
/** Alice's access to all of staging as ec2-user, which bob has approved. */
const scoped = (changes: Partial<AccessRequest> = {}): AccessRequest =>
  activeAccess({ id: id(1), scope: { tags: { env: "staging" } }, reviews: [by("bob")], ...changes });

interface Case extends Partial<World> {
  /** Tags that the instance has beside env=staging and team=web; undefined: it has not. */
  readonly tagged?: Readonly<Record<string, string | undefined>>;
  readonly request?: Partial<AccessRequest>;
  readonly beside?: readonly AccessRequest[];
  readonly body?: Parameters<typeof connectionInput>[0];
  readonly caller?: typeof alice;
  readonly scopeTags?: readonly string[];
}

function connecting({ tagged = {}, request, beside = [], body, caller = alice, scopeTags = ["team"], ...more }: Case) {
  const live = Object.entries({ ...tags, ...tagged }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  const fake = fakeConnectPorts({
    ...{ policy, now, people: [remembered("bob"), remembered("erin")] },
    instance: { ...web, tags: Object.fromEntries(live) },
    accessRequests: [scoped(request), ...beside],
    ...more,
  });
  const input = { ...connectionInput({ osUser: "ec2-user", ...body }), caller };
  const settings = { ...connectSettings, scopeTags };
  return { ...fake, connected: () => makeConnection(fake.ports, settings, input, fake.context) };
}

describe("a scope of tags does not help", () => {
  const minutes = (count: number) => new Date(now.getTime() + count * 60_000).toISOString();
  const inMilliseconds = (count: number) => minutes(count / 60_000);
  const expired = { expiresAt: now.toISOString() };
  const critical = { tagged: { critical: "yes" } };
  const own = (changes: Partial<AccessRequest> = {}) => activeAccess({ reviews: [by("erin")], ...changes });

  test.each<[sentence: string, change: Case, code?: string]>([
    ["if the tag was removed a second ago", { tagged: { env: undefined } }, "access-denied"],
    ["if the tag's value has changed", { tagged: { env: "prod" } }, "access-denied"],
    ["if the tag's value is in another case", { tagged: { env: "Staging" } }, "access-denied"],
    ["if the tag's value has a space more", { tagged: { env: "staging " } }, "access-denied"],
    ["if the tag's key is in another case", { tagged: { env: undefined, Env: "staging" } }, "access-denied"],
    ["if one of its tags is missing", { request: { scope: { tags } }, tagged: { team: undefined } }],
    ["if one of its tags has another value", { request: { scope: { tags } }, tagged: { team: "db" } }],
    ["if its tag is only inherited by every object", { request: { scope: { tags: { constructor: "Object" } } } }],
    ["if it names no tags at all", { request: { scope: { tags: {} } } }],
    [
      "if neither policy nor settings name its tag any more",
      { request: { scope: { tags: { Name: "web-1" } } }, tagged: { Name: "web-1" } },
    ],
    ["in another account", { request: { scope: { tags, accountId: "444455556666", region: place.region } } }],
    ["in another region", { request: { scope: { tags, accountId: place.accountId, region: "eu-west-1" } } }],
    ["if a forbid looks at a tag outside the scope", { tagged: { frozen: "yes" } }, "access-denied"],
    ["if a forbid hides the instance by a tag outside the scope", { tagged: { hidden: "yes" } }, "instance-not-found"],
    ["if a forbid takes no scopes of tags there", { tagged: { alone: "yes" } }],
    ["if this instance needs more approvals", critical],
    ["if its one reviewer may not review on this instance", { tagged: { payments: "yes" } }],
    ["if its one reviewer may not see this instance", { tagged: { secret: "yes" } }],
    [
      "if one of its two reviewers may not see this instance",
      { ...critical, tagged: { critical: "yes", secret: "yes" }, request: { reviews: [by("bob"), by("erin")] } },
    ],
    ["as another OS user", { request: { osUser: "ubuntu" } }],
    ["to a caller who asks for another OS user", { body: { osUser: "root" } }],
    ["to another person", { caller: person("dave", "Engineer") }],
    ["to another person who asked for it", { caller: person("dave", "Engineer"), request: { requestedBy: "dave" } }],
    ["to a machine with the subject's groups", { caller: machine("Engineer") }, "access-denied"],
    [
      "on the serial console",
      { body: { osUser: undefined, connectionType: "serial" }, request: { osUser: `${web.instanceId}.port0` } },
    ],
    ["while it is pending", { request: { status: "pending" } }],
    ["once it was denied", { request: { status: "denied" } }],
    ["once it was cancelled", { request: { status: "cancelled" } }],
    ["once it was revoked", { request: { status: "revoked" } }],
    ["once it is recorded as expired", { request: { status: "expired" } }],
    ["if a newer version has written it", { request: { status: "unknown" } }],
    ["at its end", { request: expired }],
    ["a minute after its end", { request: { expiresAt: minutes(-1) } }],
    ["if its end is unknown", { request: { expiresAt: undefined } }],
    ["if its end is no time", { request: { expiresAt: "tomorrow" } }],
    ["a millisecond before its start", { request: { status: "scheduled", startsAt: inMilliseconds(1) } }],
    ["before its start, if it is stored as active", { request: { status: "active", startsAt: minutes(30) } }],
    ["if its start is no time", { request: { status: "scheduled", startsAt: "tomorrow" } }],
    ["if it is scheduled without a start", { request: { status: "scheduled" } }],
    [
      "at its end, though its start was never recorded",
      { request: { status: "scheduled", startsAt: minutes(-60), ...expired } },
    ],
    ["while it is pending, after its start", { request: { status: "pending", startsAt: minutes(-1) } }],
    ["once it was cancelled, after its start", { request: { status: "cancelled", startsAt: minutes(-1) } }],
    [
      "once it has started, if its reviewer was suspended since",
      { request: { status: "scheduled", startsAt: minutes(-1) }, suspensions: suspension("bob") },
    ],
    [
      "once it has started, if its subject was suspended since, and restored",
      {
        request: { status: "scheduled", startsAt: minutes(-1) },
        suspensions: suspension("alice", { isSuspended: false }),
      },
    ],
    [
      "if the clock goes back before its start, between the decision and the reservation",
      {
        request: { status: "scheduled", startsAt: now.toISOString() },
        meanwhile: { reserveAccess: (access) => access.put(scoped({ status: "scheduled", startsAt: minutes(1) })) },
      },
    ],
    ["once the clock was set forward past its end", { now: new Date("2026-01-02T05:00:00.000Z") }],
    ["without a reason", { request: { reason: "" } }],
    ["without an approval", { request: { reviews: [] } }],
    ["with a denial alone", { request: { reviews: [by("bob", { decision: "deny" })] } }],
    [
      "with the approvals of two scopes, one each",
      { ...critical, beside: [scoped({ id: id(2), reviews: [by("erin")] })] },
    ],
    ["with its approval and that of a request for the instance", { ...critical, beside: [own()] }],
    [
      "with the approvals of the end that an extension has moved",
      { ...critical, request: { reviews: [by("bob"), by("erin")], extendedBy: [by("bob")] } },
    ],
    [
      "if its extension was approved by a reviewer without rights on this instance",
      { request: { extendedBy: [by("erin", { basis: { ...basis, groups: [] } })] } },
    ],
    [
      "if the reviewer of its extension was suspended since",
      {
        request: { extendedBy: [by("erin")] },
        suspensions: suspension("erin"),
      },
    ],
    ["as break-glass", { ...critical, request: { breakGlass: true } }],
    ["if its reviewer was suspended since", { suspensions: suspension("bob") }],
    ["if its reviewer was suspended since, and restored", { suspensions: suspension("bob", { isSuspended: false }) }],
    ["if its requester was suspended since", { request: { requestedBy: "dave" }, suspensions: suspension("dave") }],
    ["if its subject was suspended since, and restored", { suspensions: suspension("alice", { isSuspended: false }) }],
    ["if its reviewer never called", { people: [] }],
    ["if its reviewer last called a day ago", { people: [remembered("bob", { seenAt: "2026-01-01T03:04:05.678Z" })] }],
    ["if its reviewer has lost the group since", { people: [remembered("bob", { groups: ["Engineer"] })] }],
    [
      "if its reviewer got the group only since",
      { request: { reviews: [by("bob", { basis: { ...basis, groups: [] } })] } },
    ],
    [
      "if it was reviewed when policy takes no reviews",
      {
        request: {
          reviews: [
            by("bob", { basis: { ...basis, context: { ...basis.context, time: { ...basis.context.time, hour: 3 } } } }),
          ],
        },
      },
    ],
    ["if nothing says what its review was decided on", { request: { reviews: [by("bob", { basis: undefined })] } }],
    [
      "if a bot asked at one door and approved at the other",
      {
        request: {
          requestedBy: "111122223333/Bot",
          reviews: [by("corp/bots/1", { basis: { ...basis, kind: "machine" } })],
        },
      },
    ],
    [
      "if a machine approved under the id of a person",
      { request: { reviews: [by("bob", { basis: { ...basis, kind: "machine" } })] } },
    ],
    [
      "if it is revoked between the decision and the reservation",
      { meanwhile: { reserveAccess: (access) => access.put(scoped({ status: "revoked" })) } },
    ],
    [
      "if it expires between the decision and the reservation",
      { meanwhile: { reserveAccess: (access) => access.put(scoped({ expiresAt: now.toISOString() })) } },
    ],
  ])("%s", async (_, change, ...[code = "approval-required"]) => {
    const { connected, pushes, written, denied } = connecting(change);
    expect(await problemFrom(connected)).toMatchObject({ code });
    expect([pushes, written, denied.length]).toEqual([[], [], 1]);
  });
});

describe("a scope of tags helps", () => {
  const two = [by("bob"), by("erin")];
  const longer = scoped({ id: id(2), expiresAt: "2026-01-02T05:00:00.000Z" });
  const own = activeAccess();

  test.each<[sentence: string, change: Case, under: string]>([
    ["on an instance that has its tag", {}, id(1)],
    ["on an instance that has all of its tags", { request: { scope: { tags } } }, id(1)],
    ["in the account and region that it names", { request: { scope: { tags, ...place } } }, id(1)],
    [
      "by a tag that only settings name",
      { tagged: { Name: "web-1" }, request: { scope: { tags: { Name: "web-1" } } }, scopeTags: ["Name"] },
      id(1),
    ],
    ["with two approvals where two are needed", { tagged: { critical: "yes" }, request: { reviews: two } }, id(1)],
    [
      "from its start on, though it is stored as scheduled",
      { request: { status: "scheduled", startsAt: now.toISOString() } },
      id(1),
    ],
    ["with the approval of its extension", { request: { reviews: [], extendedBy: [by("erin")] } }, id(1)],
    ["by the latest end of several", { beside: [longer] }, id(2)],
    ["by one that policy permits, not by a longer one", { beside: [{ ...longer, reviews: [] }] }, id(1)],
    ["after the instance's own, which comes first", { beside: [own] }, own.id],
    ["before the instance's own, which policy denies", { beside: [{ ...own, reviews: [] }] }, id(1)],
    [
      "by the next, if the first has ended meanwhile",
      { beside: [longer], meanwhile: { reserveAccess: (access) => access.put({ ...longer, status: "revoked" }) } },
      id(1),
    ],
  ])("%s", async (_, change, under) => {
    const { connected, written } = connecting(change);
    expect(await connected()).toMatchObject({ accessRequestId: under });
    expect(written[0]?.state.events[0].data).toMatchObject({ accessRequestId: under, instanceId: web.instanceId });
  });
});

describe("an approval that is required", () => {
  const pendingExtension: AccessRequest["extension"] = {
    ...{ id: "ex-0123456789ab", status: "pending", requestedBy: "alice", durationSeconds: 60, reason: "It is slow" },
    ...{ requirements: { approvals: 1, reason: true }, reviews: [] },
    ...{ createdAt: "2026-01-02T03:00:00.000Z", pendingUntil: "2026-01-02T03:30:00.000Z" },
  };
  const critical = { tagged: { critical: "yes" } };
  test.each<[sentence: string, change: Case, named: string | undefined]>([
    ["names the scope that takes one more review", critical, id(1)],
    [
      "names none whose reviews are used up",
      { ...critical, tagged: { critical: "yes", payments: "yes" }, request: { reviews: [by("bob"), by("erin")] } },
      undefined,
    ],
    ["names none that no review would make sufficient", { ...critical, request: { reason: "" } }, undefined],
    [
      "names none whose extension is pending: reviews are of that",
      { ...critical, request: { extension: pendingExtension } },
      undefined,
    ],
    [
      "names none that covers something else",
      { ...critical, request: { scope: { tags: { env: "prod" } } } },
      undefined,
    ],
    [
      "names no request for the instance itself",
      { ...critical, request: { status: "revoked" }, beside: [activeAccess()] },
      undefined,
    ],
  ])("%s", async (_, change, named) => {
    const { requirements } = await problemFrom(connecting(change).connected);
    expect(requirements).toMatchObject({ approvals: 2 });
    expect(requirements?.accessRequestId).toBe(named);
  });
});

describe("a denial names the access that starts first", () => {
  const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();
  const later = { status: "scheduled", startsAt: at(30), expiresAt: at(90) } as const;
  const own = (changes: Partial<AccessRequest> = {}) => activeAccess({ ...later, ...changes });
  const revoked = { status: "revoked" } as const;
  test.each<[sentence: string, change: Case, named: { accessRequestId: string; startsAt: string } | undefined]>([
    ["for the tags of the instance", { request: later }, { accessRequestId: id(1), startsAt: at(30) }],
    ["for the instance", { request: revoked, beside: [own()] }, { accessRequestId: own().id, startsAt: at(30) }],
    [
      "of several",
      { request: { ...later, startsAt: at(40) }, beside: [own()] },
      { accessRequestId: own().id, startsAt: at(30) },
    ],
    ["not if it waits for reviews", { request: revoked, beside: [own({ status: "pending" })] }, undefined],
    ["not if it was cancelled", { request: revoked, beside: [own({ status: "cancelled" })] }, undefined],
    ["not for another OS user", { request: { ...later, osUser: "ubuntu" } }, undefined],
    ["not for other tags", { request: { ...later, scope: { tags: { env: "prod" } } } }, undefined],
    [
      "not if its subject was suspended since",
      { request: later, suspensions: suspension("alice", { isSuspended: false }) },
      undefined,
    ],
  ])("%s", async (_, change, named) => {
    const { requirements } = await problemFrom(connecting(change).connected);
    expect(requirements).toMatchObject({ approvals: 1 });
    expect(requirements?.scheduled).toEqual(named);
  });

  test("not on the serial console, which nobody plans to need", async () => {
    const osUser = `${web.instanceId}.port0`;
    const body = { osUser: undefined, connectionType: "serial" } as const;
    for (const changes of [later, { ...later, startsAt: at(-1) }]) {
      const { requirements } = await problemFrom(
        connecting({ body, request: revoked, beside: [own({ osUser, ...changes })] }).connected,
      );
      expect(requirements?.scheduled).toBeUndefined();
    }
  });
});

test("a caller who was suspended since the first round trip hears so, and the denial is recorded", async () => {
  const { connected, denied, journal } = connecting({ suspensions: suspension("alice") });
  expect(await problemFrom(connected)).toMatchObject({ code: "caller-suspended" });
  expect(denied).toMatchObject([{ code: "caller-suspended", osUser: "ec2-user", policies: [] }]);
  expect(journal.filter((each) => each.startsWith("read") && !each.endsWith("answered"))).toHaveLength(3);
});

test("the parties are read only if a scope covers the connection", async () => {
  const { connected, journal } = connecting({ request: { scope: { tags: { env: "prod" } } } });
  await problemFrom(connected);
  expect(journal).toContain("readSlots");
  expect(journal).not.toContain("readParties");
});
