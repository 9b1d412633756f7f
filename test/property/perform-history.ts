import { marshall } from "@aws-sdk/util-dynamodb";
import { connectionRequest } from "../../contract/connection.ts";
import type { AccessRequest } from "../../lambda/access/access-request.ts";
import { accessTargetIdIn, accessTargetIdOf, slotCount, slotIdOf } from "../../lambda/access/access-target.ts";
import { changeOf } from "../../lambda/access/change.ts";
import { createAccessRequest } from "../../lambda/access/create.ts";
import { cancelAccessRequest, revokeAccessRequest } from "../../lambda/access/end.ts";
import { endIfSuspended } from "../../lambda/access/end-suspended.ts";
import { expireIfDue } from "../../lambda/access/expire.ts";
import { extendAccessRequest } from "../../lambda/access/extend.ts";
import type { AccessSettings, AccessStore } from "../../lambda/access/ports.ts";
import type { RequestQuotas } from "../../lambda/access/request-quota.ts";
import { reviewAccessRequest } from "../../lambda/access/review.ts";
import { reviewerKey } from "../../lambda/access/status.ts";
import { suspend } from "../../lambda/access/suspend.ts";
import { inFormat } from "../../lambda/aws/dynamodb/format.ts";
import type { Attributes } from "../../lambda/aws/dynamodb/items.ts";
import { peopleTable } from "../../lambda/aws/dynamodb/person-table.ts";
import { suspensionsIn } from "../../lambda/aws/dynamodb/suspension-table.ts";
import { currentAccessKey, personKey, suspensionKey } from "../../lambda/aws/dynamodb/table-keys.ts";
import { requireNotSuspended } from "../../lambda/callers/require-not-suspended.ts";
import { makeConnection } from "../../lambda/connect/make-connection.ts";
import { Problem } from "../../lambda/shared/problem.ts";
import { tableName } from "../../local/aws/roles.ts";
import { keys } from "../fixtures/keys.ts";
import type { AttendedTable, Item } from "../support/attended-table.ts";
import { boundTable } from "../support/bound-table.ts";
import { connectSettings } from "../support/connection-request.ts";
import { testContext } from "../support/test-context.ts";
import { type History, type Operation, people, roster, type Who } from "./access-history.ts";
import { ownIds } from "./access-rules.ts";
import { beginning, type Happening, idsIn, Journal } from "./history-journal.ts";
import { accessSettings, portsOf, suspendSettings, type Target } from "./history-ports.ts";
import { isEqual } from "./must.ts";

/** The outcome of an operation: what it returned, or whether it was done, or its problem. */
export type Result = { readonly value: Item | boolean } | { readonly problem: string };

/** One operation that was run. */
export interface Call {
  readonly number: number;
  readonly operation: Operation;
  /** The access request that it was about, if any. */
  readonly id: string | undefined;
  /** Where that is stored, or what a request for its target would be. */
  readonly accessTargetId: string | undefined;
  readonly startedAt: number;
  /** When the access that it asks for is to start. */
  readonly startsAt: number | undefined;
  /** The length of the journal when it started, and when it ended. */
  readonly journalBefore: number;
  journalAfter: number;
  /** Missing if it crashed. */
  result?: Result;
  /** What it threw, if that is not a Problem. */
  thrown?: unknown;
}

export interface Performed {
  readonly calls: readonly Call[];
  readonly journal: readonly Happening[];
  /** How often one of several operations was chosen. */
  readonly choicesMade: number;
  readonly quotas: RequestQuotas;
  readonly accessTargets: readonly Target[];
  /** All access requests at the end, by id. */
  readonly found: ReadonlyMap<string, AccessRequest | undefined>;
}

const manyPlaces: RequestQuotas = { openRequests: 100, openRequestsPerSubject: 100 };

/** Runs a history with the deployed use cases and policies, and the deployed calls to the table. */
export async function perform(
  table: AttendedTable,
  { batches, quotas = manyPlaces, choices }: History,
): Promise<Performed> {
  const journal = new Journal(choices);
  const ports = portsOf(journal, table.clear !== undefined);
  const settings = { ...accessSettings, quotas };
  const calls: Call[] = [];
  await restoreEverybody(table);
  journal.attend(table, (number) => calls[number]?.operation);

  for (const batch of batches) {
    const known = knownIn(journal.happenings);
    const started = batch.map((operation, index): Call => {
      const { now: startedAt, happenings } = journal;
      const startsIn = "startsIn" in operation ? operation.startsIn : undefined;
      const startsAt = startsIn === undefined ? undefined : startedAt + startsIn * 1000;
      const times = { startedAt, startsAt, journalBefore: happenings.length, journalAfter: Number.POSITIVE_INFINITY };
      const call = { number: calls.length + index, operation, id: undefined, accessTargetId: undefined, ...times };
      const target = targetOf(call, ports.accessTargets);
      if (!target) return call;
      if (!("back" in operation)) return { ...call, accessTargetId: homeOf(target) };
      const found = idsOf(target, known).at(-1 - operation.back);
      const accessTargetId = (found && accessTargetIdIn(found)) ?? homeOf(target);
      // A sweep is about all that it finds there.
      const id = "who" in operation ? (found ?? `ar-${accessTargetId}-000000000000`) : undefined;
      return { ...call, id, accessTargetId };
    });
    calls.push(...started);
    const run = async (call: Call) => {
      try {
        call.result = { value: await operate(call, { table, journal }, ports, settings) };
      } catch (error) {
        if (error instanceof Problem) call.result = { problem: error.code };
        else call.thrown = error;
      }
      call.journalAfter = journal.happenings.length;
    };
    await journal.turns.runTogether(started.map((call) => ({ number: call.number, run: () => run(call) })));
  }
  const found = new Map<string, AccessRequest | undefined>();
  for (const id of idsIn(journal.happenings)) found.set(id, await ports.access.store.read(id, noDeadline()));
  const { happenings, choicesMade } = journal;
  return { calls, journal: happenings, choicesMade, quotas, accessTargets: ports.accessTargets, found };
}

/** The first read of every call takes no turn, so that in a batch nobody is refused: the hard case. Batches later they are. */
const readAtOnce = (table: AttendedTable) => async (callerIds: readonly string[]) => {
  const items = await Promise.all(
    callerIds.map(async (id) => {
      const question = { TableName: tableName, Key: marshall(suspensionKey(id)), ConsistentRead: true };
      return (await table.send("DynamoDB_20120810.GetItem", question)).output["Item"] as Attributes | undefined;
    }),
  );
  return suspensionsIn(items.filter((item) => item !== undefined));
};

/** All histories share the callers, and the clock starts again in each. */
async function restoreEverybody(table: AttendedTable): Promise<void> {
  table.attend((call) => call.send());
  table.clear?.();
  const suspensions = Object.values(people).map(({ id }) => suspensionKey(id));
  // Slots are a person's, and not an instance's.
  const slots = Array.from({ length: slotCount }, (_, slot) => currentAccessKey(slotIdOf(people.alice.id, slot)));
  for (const key of table.clear ? [] : [...suspensions, ...slots]) {
    await table.send("DynamoDB_20120810.DeleteItem", { TableName: tableName, Key: marshall({ ...key }) });
  }
  for (const id of lastSeen) {
    const { kind, groups, frontDoor } = people[id];
    const item = { ...personKey(id), kind, groups, frontDoor, seenAt: new Date(beginning).toISOString(), ...inFormat };
    await table.send("DynamoDB_20120810.PutItem", { TableName: tableName, Item: marshall(item) });
  }
}

/** Who is known from calls before a history. */
export const lastSeen = ["bob", "erin", "frank"] as const;

const noDeadline = () => new AbortController().signal;

/** All access requests, in the order of their creation. */
const knownIn = (happenings: readonly Happening[]): readonly Item[] => [
  ...new Map(
    happenings.flatMap((each) =>
      each.what === "wrote" && each.key.pk.startsWith("access#") ? [[each.item["id"], each.item]] : [],
    ),
  ).values(),
];

/** The ids of those for a target. */
const idsOf = ({ subject, osUser, instanceId, tags }: Target, known: readonly Item[]): readonly string[] =>
  known.flatMap((item) => {
    const isSame = item["subject"] === subject && item["osUser"] === osUser;
    const scope = item["scope"] as { readonly instanceId?: string; readonly tags?: object };
    const isFor = tags ? isEqual(scope.tags, tags) : scope.instanceId === instanceId;
    return isSame && isFor ? [String(item["id"])] : [];
  });

/** Where a request that the subject makes is, if nothing else is. */
const homeOf = (target: Target): string =>
  target.tags ? slotIdOf(target.subject, 5) : accessTargetIdOf(target, { isScheduled: target.startsAt !== undefined });

/** What a call is about, if it is about access. */
export function targetOf(
  { operation, startsAt }: Pick<Call, "operation" | "startsAt">,
  accessTargets: readonly Target[],
): Target | undefined {
  return "accessTarget" in operation ? { ...targetAt(accessTargets, operation.accessTarget), startsAt } : undefined;
}

function targetAt(accessTargets: readonly Target[], index: number): Target {
  const accessTarget = accessTargets[index];
  if (!accessTarget) throw new Error("There is no such access target");
  return accessTarget;
}

async function operate(
  { number, operation, id = "", accessTargetId = "", startsAt: start }: Call,
  { table, journal }: { readonly table: AttendedTable; readonly journal: Journal },
  ports: ReturnType<typeof portsOf>,
  settings: AccessSettings,
): Promise<Item | boolean> {
  const requestId = `request-${number}`;
  const signal = noDeadline();
  const one = (who: Who) => ({ caller: people[who], id });
  const context = testContext({ requestId, clock: journal.clock, deadlineAt: new Date(journal.now + 8000), signal });
  if ("who" in operation && operation.does !== "connect" && operation.does !== "review, unchecked") {
    await requireNotSuspended({ readSuspensions: readAtOnce(table) })(people[operation.who], context);
  }
  switch (operation.does) {
    case "wait":
      return journal.turns.take(async () => {
        journal.now += lengthOf(operation.time, journal);
        journal.note(number, "moved");
        return true;
      });
    case "request": {
      const { seconds, breakGlass } = operation;
      const startsAt = start === undefined ? undefined : new Date(start).toISOString();
      const requested = { durationSeconds: seconds, breakGlass, reason: "It burns", startsAt };
      const { tags, startsAt: _, ...one } = targetAt(ports.accessTargets, operation.accessTarget);
      const input = { caller: people[operation.who], ...one, ...(tags && { scope: { tags } }), ...requested };
      return { ...(await createAccessRequest(ports.access, settings, input, context)) };
    }
    case "review": {
      const { decision, shortened } = operation;
      const durationSeconds = decision === "approve" ? shortened : undefined;
      const input = { caller: people[operation.who], id, decision, durationSeconds };
      return { ...(await reviewAccessRequest(ports.access, settings, input, context)) };
    }
    case "review, unchecked":
      return reviewUnchecked(ports.access.store, id, operation.who, { at: journal.clock(), requestId }, signal);
    case "extend": {
      const body = { durationSeconds: operation.seconds, reason: "It is slow" };
      return { ...(await extendAccessRequest(ports.access, settings, { ...one(operation.who), ...body }, context)) };
    }
    case "cancel":
      return { ...(await cancelAccessRequest(ports.access, settings, one(operation.who), context)) };
    case "revoke":
      return { ...(await revokeAccessRequest(ports.access, settings, one(operation.who), context)) };
    case "expire":
      return expireIfDue(ports.access.store, accessTargetId, context);
    case "tag":
      return journal.turns.take(async () => {
        journal.team = operation.team;
        journal.happenings.push({ operation: number, now: journal.now, what: "tagged", team: operation.team });
        return true;
      });
    case "call":
      await peopleTable(boundTable).refresh(people[operation.who], journal.clock(), signal);
      return true;
    case "end suspended": {
      const { store, suspensions } = ports.access;
      return endIfSuspended(store, suspensions, accessTargetId, context);
    }
    case "suspend": {
      const { who, other, isSuspended } = operation;
      const input = { caller: people[who], callerId: people[other].id, isSuspended, reason: "INC-43" };
      return { ...(await suspend(ports.suspend, suspendSettings, input, context)) };
    }
    case "connect": {
      const { instanceId, osUser } = targetAt(ports.accessTargets, operation.accessTarget);
      const input = { ...options, caller: people[operation.who], instanceId, osUser };
      const connectPorts = ports.connect(number, operation.failures);
      return { ...(await makeConnection(connectPorts, connectSettings, input, context)) };
    }
  }
}

const options = connectionRequest.parse({ publicKey: keys.ed25519 });

/** Reviews in any state that it reads, so that only the condition of the write can stop it. */
async function reviewUnchecked(
  store: AccessStore,
  id: string,
  who: Who,
  { at, requestId }: { readonly at: Date; readonly requestId: string },
  signal: AbortSignal,
): Promise<boolean> {
  const before = await store.read(id, signal);
  if (!before) return false;
  // Scheduled access has started, for all that it knows.
  const { status, startsAt } = before;
  const started = status === "scheduled" ? { ...before, status: "active" as const, activatedAt: startsAt } : before;
  const reviewer = people[who].id;
  const own = ownIds(who);
  const integration = own.length > 1 ? roster.name : undefined;
  const review = {
    ...{ reviewer, ...(integration !== undefined && { integration }) },
    ...{ decision: "approve" as const, at: at.toISOString() },
  };
  const { extension } = started;
  const next =
    started.status === "active" && extension?.status === "pending"
      ? { ...started, extension: { ...extension, reviews: [...extension.reviews, review] } }
      : { ...started, reviews: [...started.reviews, review] };
  const change = changeOf(before, next, [{ type: "review.submitted" }], { actor: reviewer, at, requestId });
  const changed = await store.change({ ...change, reviewer: reviewerKey(review), own }, signal);
  return changed !== undefined;
}

/** Milliseconds. Without an open request there is no next start or end, and no wait. */
function lengthOf(time: Extract<Operation, { does: "wait" }>["time"], { happenings, now }: Journal): number {
  if (typeof time === "number") return time;
  const newest = new Map(happenings.flatMap((each) => (each.what === "wrote" ? [[each.key.pk, each.item]] : [])));
  const ends = [...newest.values()].flatMap(({ due, dueAt, startsAt }) =>
    due === "expiry" ? [dueAt, startsAt].map((each) => Date.parse(String(each))) : [],
  );
  const ahead = ends.filter((end) => end > now);
  return ahead.length > 0 ? Math.min(...ahead) - now + { almost: -1, "till the end": 0, "past the end": 1 }[time] : 0;
}
