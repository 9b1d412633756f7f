import { describe } from "@jest/globals";
import fc from "fast-check";
import { connectionRequest } from "../../contract/connection.ts";
import type { AccessRequest } from "../../lambda/access/access-request.ts";
import { accessTargetIdOfRequest } from "../../lambda/access/access-target.ts";
import { createAccessRequest } from "../../lambda/access/create.ts";
import { cancelAccessRequest, revokeAccessRequest } from "../../lambda/access/end.ts";
import { expireIfDue } from "../../lambda/access/expire.ts";
import type { AccessPorts, AccessSettings, AccessStore } from "../../lambda/access/ports.ts";
import { reviewAccessRequest } from "../../lambda/access/review.ts";
import { type Suspension, withoutSuspended } from "../../lambda/access/suspension.ts";
import { makeConnection } from "../../lambda/connect/make-connection.ts";
import type { RememberedPerson } from "../../lambda/shared/people.ts";
import { Problem } from "../../lambda/shared/problem.ts";
import { isTagScope } from "../../lambda/shared/scope.ts";
import { keys } from "../fixtures/keys.ts";
import { connectSettings } from "../support/connection-request.ts";
import { fakeConnectPorts } from "../support/fake-connect-ports.ts";
import { engineWith } from "../support/policy-engine.ts";
import { testProperty } from "../support/property.ts";
import { alice, person, web } from "../support/samples.ts";
import { testContext } from "../support/test-context.ts";
import { isEqual, must } from "./must.ts";

// Alice asks for access to instances and to tags, at once or for later, others review it, tags and people change, and she connects. Whether she may is told
// by a model that knows nothing of slots, of stored items or of Cedar.

const permit = (action: string, when: string) =>
  `permit (principal, action == Latchkey::Action::"${action}", resource) when { ${when} };`;

const policy = engineWith({
  view: permit("view", "true"),
  request: permit("request", "true"),
  connect: permit(
    "connect",
    `resource.hasTag("env") && resource.getTag("env") == "staging" && context has access &&
     (context.access.approvals >= 2 || (context.access.approvals >= 1 && !resource.hasTag("critical")))`,
  ),
  review: permit("review", 'principal in Latchkey::Group::"OnCall" && !resource.hasTag("payments")'),
  revoke: permit("revoke", "true"),
});

const reviewers = ["bob", "erin", "frank"] as const;
type Reviewer = (typeof reviewers)[number];
const osUsers = ["ec2-user", "root"] as const;
const scopes = [{ env: "staging" }, { env: "staging", team: "web" }, { team: "web" }] as const;
/** Keys that a tag of the instance may have or lose, with two values each. */
const tagChanges = { env: ["staging", "prod"], team: ["web", "db"], critical: ["yes"], payments: ["yes"] } as const;

const request = fc.record({
  does: fc.constant("request" as const),
  /** Undefined: the instance. */
  tags: fc.constantFrom(undefined, ...scopes),
  osUser: fc.constantFrom(...osUsers),
  seconds: fc.constantFrom(60, 3600, 100_000 % 86_400),
  /** Seconds until access is to start. */
  startsIn: fc.constantFrom(undefined, undefined, undefined, 60, 3600, 7200),
});
/** Counted from the newest. */
const of = fc.nat({ max: 2 });
const who = fc.constantFrom(...reviewers);
const review = fc.record({
  does: fc.constant("review" as const),
  who,
  of,
  decision: fc.constantFrom("approve" as const, "approve" as const, "approve" as const, "deny" as const),
});
const connect = fc.record({ does: fc.constant("connect" as const), osUser: fc.constantFrom(...osUsers) });
const operation = fc.oneof(
  { weight: 3, arbitrary: request },
  { weight: 8, arbitrary: review },
  { weight: 6, arbitrary: connect },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom("revoke" as const, "cancel" as const), of }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("sweep" as const), of }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("suspend" as const), who, isSuspended: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("regroup" as const), who, isOnCall: fc.boolean() }) },
  /** For something else: from then on they are known as they come. */
  { weight: 1, arbitrary: fc.record({ does: fc.constant("call" as const), who }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...Object.keys(tagChanges)).chain((key) =>
      fc.record({
        does: fc.constant("tag" as const),
        key: fc.constant(key),
        value: fc.constantFrom(undefined, ...tagChanges[key as keyof typeof tagChanges]),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("wait" as const), seconds: fc.constantFrom(1, 59, 60, 3500, 80_000) }),
  },
);
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

/** A request as the model knows it. */
interface Known {
  readonly id: string;
  /** Undefined: the instance. */
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly osUser: string;
  readonly seconds: number;
  readonly needs: number;
  readonly createdAt: number;
  /** Undefined: access starts with the approval that completes it. */
  readonly startsAt: number | undefined;
  readonly reviews: { readonly who: Reviewer; readonly at: number; readonly wasOnCall: boolean }[];
  approvedAt: number | undefined;
  hasEnded: boolean;
}

const settings: AccessSettings = {
  quotas: { openRequests: 1000, openRequestsPerSubject: 1000 },
  integrations: [],
  possibleGroups: () => [],
  peopleSources: () => [{ groupSets: [["Engineer"], ["OnCall"]], isComplete: true }],
  reviewingMachines: [],
  policyTime: connectSettings.policyTime,
  scopeTags: ["team"],
};

/** One after another, so that no write can fail. */
function storeIn(current: Map<string, AccessRequest>): AccessStore {
  const ended = new Map<string, AccessRequest>();
  return {
    read: async (id) => [...current.values()].find((each) => each.id === id) ?? ended.get(id),
    readCurrent: async (accessTargetId) => current.get(accessTargetId),
    readSlots: async () => [...current.values()].filter(({ scope }) => isTagScope(scope)),
    async create({ next }, before) {
      if (before) ended.set(before.id, before);
      current.set(accessTargetIdOfRequest(next), next);
      return true;
    },
    async change({ next }) {
      current.set(accessTargetIdOfRequest(next), next);
      return next;
    },
  };
}

async function run(operations: readonly Operation[]): Promise<void> {
  let now = Date.parse("2026-01-02T03:04:05.678Z");
  const tags: Record<string, string> = { env: "staging", team: "web" };
  const current = new Map<string, AccessRequest>();
  const store = storeIn(current);
  const people = new Map<Reviewer, { isOnCall: boolean; seenAt: number; wasOnCall: boolean }>(
    reviewers.map((each) => [each, { isOnCall: true, seenAt: 0, wasOnCall: false }]),
  );
  const suspensions = new Map<string, Suspension>();
  const known: Known[] = [];
  const instance = () => ({ ...web, tags: { ...tags } });
  const places: AccessPorts["places"] = {
    take: async () => true,
    readTaken: async () => [],
    free: async () => {},
    readRequests: async () => [],
  };
  const ports: AccessPorts = {
    policy,
    findInstance: async () => instance(),
    store,
    places,
    people: { wasSeen: async () => true },
    suspensions: { readSuspensions: async () => suspensions },
  };
  const context = () => testContext({ clock: () => new Date(now) });
  const isGranted = ({ approvedAt, startsAt, seconds, hasEnded }: Known) =>
    !hasEnded && approvedAt !== undefined && now < (startsAt ?? approvedAt) + seconds * 1000;
  const isScheduled = (one: Known) => isGranted(one) && one.startsAt !== undefined && now < one.startsAt;
  const isActive = (one: Known) => isGranted(one) && !isScheduled(one);
  const isPending = ({ approvedAt, startsAt, createdAt, seconds, hasEnded }: Known) => {
    const hour = createdAt + 3_600_000;
    const until = startsAt === undefined ? hour : Math.min(Math.max(hour, startsAt), startsAt + seconds * 1000);
    return !hasEnded && approvedAt === undefined && now < until;
  };
  const has = (wanted: Readonly<Record<string, string>>) =>
    Object.entries(wanted).every(([key, value]) => tags[key] === value);
  const isSuspended = (id: string) => suspensions.get(id)?.isSuspended ?? false;
  const stands = (id: string, at: number) => {
    const suspension = suspensions.get(id);
    return !suspension || (!suspension.isSuspended && at > Date.parse(suspension.changedAt));
  };
  const countsHere =
    (tagged: boolean) =>
    ({ who: by, at, wasOnCall }: Known["reviews"][number]) => {
      const last = people.get(by);
      const isKnown = last?.wasOnCall === true && now < last.seenAt + 86_400_000;
      return stands(by, at) && (!tagged || (wasOnCall && isKnown && tags["payments"] === undefined));
    };
  const mayConnect = (osUser: string) => {
    if (tags["env"] !== "staging") return false;
    const needed = tags["critical"] === undefined ? 1 : 2;
    return known.some((each) => {
      const isHere = each.osUser === osUser && isActive(each) && (each.tags === undefined || has(each.tags));
      const counted = each.reviews.filter(countsHere(each.tags !== undefined)).length;
      return isHere && counted >= needed;
    });
  };

  for (const each of operations) {
    switch (each.does) {
      case "wait":
        now += each.seconds * 1000;
        break;
      case "tag":
        if (each.value === undefined) delete tags[each.key];
        else tags[each.key] = each.value;
        break;
      case "regroup": {
        const last = people.get(each.who);
        if (last) last.isOnCall = each.isOnCall;
        break;
      }
      case "call": {
        const last = people.get(each.who);
        if (last) Object.assign(last, { seenAt: now, wasOnCall: last.isOnCall });
        break;
      }
      case "suspend": {
        const { who: callerId, isSuspended: next } = each;
        now += 1;
        const changed = { callerId, isSuspended: next, reason: "x", changedBy: "dave", sequence: 1 };
        suspensions.set(callerId, { ...changed, changedAt: new Date(now).toISOString() });
        now += 1;
        break;
      }
      case "request": {
        const { tags: wanted, osUser, seconds, startsIn } = each;
        const startsAt = startsIn === undefined ? undefined : now + startsIn * 1000;
        const start = startsAt === undefined ? {} : { startsAt: new Date(startsAt).toISOString() };
        const named = wanted ? { scope: { tags: { ...wanted } } } : { instanceId: web.instanceId };
        const input = { caller: alice, ...named, ...start, osUser, durationSeconds: seconds, reason: "INC-42" };
        const made = await createAccessRequest(ports, settings, input, context()).catch(problemOf);
        if (made instanceof Problem) break;
        const isKnown = known.some(({ id }) => id === made.id);
        if (isKnown) break;
        const { id, requirements } = made;
        const facts = {
          id,
          tags: wanted && { ...wanted },
          osUser,
          seconds,
          needs: requirements.approvals,
          createdAt: now,
          startsAt,
        };
        // Who was suspended may have ended what was open for the same: asking again takes its place.
        for (const one of known) {
          const isSamePlace = (one.startsAt === undefined) === (startsAt === undefined);
          if (one.osUser === osUser && isEqual(one.tags, facts.tags) && isSamePlace) one.hasEnded = true;
        }
        known.push({ ...facts, reviews: [], approvedAt: undefined, hasEnded: false });
        break;
      }
      case "review": {
        const one = known.at(-1 - each.of);
        const reviewer = people.get(each.who);
        if (!one || !reviewer || isSuspended(each.who)) break;
        Object.assign(reviewer, { seenAt: now, wasOnCall: reviewer.isOnCall });
        const caller = person(each.who, ...(reviewer.isOnCall ? ["OnCall"] : []));
        const input = { caller, id: one.id, decision: each.decision };
        const reviewed = await reviewAccessRequest(ports, settings, input, context()).catch(problemOf);
        const mayReview = reviewer.isOnCall && (one.tags !== undefined || tags["payments"] === undefined);
        const standing = () => one.reviews.filter(({ who: by, at }) => stands(by, at)).length;
        // What suspensions have left with too few approvals has ended.
        const takesMore =
          one.tags !== undefined &&
          isActive(one) &&
          standing() >= one.needs &&
          standing() < 2 &&
          each.decision === "approve";
        const isFirst = one.reviews.every(({ who: by }) => by !== each.who);
        const isTaken = mayReview && isFirst && (isPending(one) || takesMore);
        must(isTaken === !(reviewed instanceof Problem), "A review is taken or refused against the rules", {
          each,
          one,
        });
        if (!isTaken) break;
        if (each.decision === "deny") one.hasEnded = true;
        else one.reviews.push({ who: each.who, at: now, wasOnCall: true });
        if (isPending(one) && standing() >= one.needs) one.approvedAt = now;
        break;
      }
      case "revoke":
      case "cancel": {
        const one = known.at(-1 - each.of);
        if (!one) break;
        const end = each.does === "revoke" ? revokeAccessRequest : cancelAccessRequest;
        const ended = await end(ports, settings, { caller: alice, id: one.id }, context()).catch(problemOf);
        const canEnd = each.does === "revoke" ? isGranted(one) : isPending(one) || isScheduled(one);
        must(canEnd === !(ended instanceof Problem), "An end is taken or refused against the rules", { each, one });
        if (!(ended instanceof Problem)) one.hasEnded = true;
        break;
      }
      case "sweep": {
        const one = known.at(-1 - each.of);
        // Whether what time has changed is recorded makes no difference.
        if (one) await expireIfDue(store, accessTargetIdOfRequest(one), context());
        break;
      }
      case "connect": {
        const stored = [...current.values()];
        const remembered = [...people].map(
          ([id, last]): RememberedPerson => ({
            ...{ id, kind: "person", groups: last.wasOnCall ? ["OnCall"] : [], frontDoor: "iam" },
            seenAt: new Date(last.seenAt).toISOString(),
          }),
        );
        const fake = fakeConnectPorts({
          ...{ policy, instance: instance(), now: new Date(now), people: remembered, suspensions },
          // As the table's reads do with one for the instance.
          accessRequests: stored.flatMap((one) =>
            isTagScope(one.scope) ? [one] : (withoutSuspended(one, suspensions) ?? []),
          ),
        });
        const input = {
          ...connectionRequest.parse({ publicKey: keys.ed25519, osUser: each.osUser }),
          caller: alice,
          instanceId: web.instanceId,
        };
        const made = await makeConnection(
          fake.ports,
          { ...connectSettings, scopeTags: ["team"] },
          input,
          context(),
        ).catch(problemOf);
        must(
          mayConnect(each.osUser) === !(made instanceof Problem),
          "A connection is made or denied against the rules",
          { each, known, tags, made: made instanceof Problem ? made.code : made.accessRequestId },
        );
      }
    }
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

describe("whether a connection is made agrees with a model of scopes, reviews, tags and people", () => {
  testProperty(
    "after any sequence of requests, reviews, endings and changes",
    { small: 150, large: 10_000 },
    fc.asyncProperty(fc.array(operation, { minLength: 3, maxLength: 16, size: "max" }), run),
  );
});
