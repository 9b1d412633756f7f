import type { AuditEvent } from "../../contract/audit-event.ts";
import type { Caller } from "../../contract/caller.ts";
import { incompleteTargets, type Unread } from "../inventory/incomplete-targets.ts";
import type { InventoryReader } from "../inventory/ports.ts";
import type { KeyRange } from "../lists/index-key.ts";
import { KnownInstances } from "../lists/known-instances.ts";
import { type IndexRead, newestFirst } from "../lists/newest-first.ts";
import { mayReadAudit, maySuspend } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import { type Instance, type InstanceKey, instanceKey } from "../shared/instance.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { syntheticInstance } from "../shared/scope.ts";
import type { DescribeInstances } from "../targets/describe-instances.ts";
import type { FindInstance } from "../targets/find-instance.ts";

export interface ListAuditEventsInput {
  readonly caller: Caller;
  readonly instanceId?: string | undefined;
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  readonly type?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly accessRequestId?: string | undefined;
  /** ISO 8601: events at or after this moment. */
  readonly from?: string | undefined;
  /** ISO 8601: events before this moment. */
  readonly to?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** What events have in common. */
export type About =
  | { readonly kind: "everything" }
  | { readonly kind: "subject" | "actor" | "accessRequest" | "type"; readonly id: string }
  | { readonly kind: "connection"; readonly id: string }
  /** `id`: `<account>/<region>/<id>`. */
  | { readonly kind: "instance"; readonly id: string };

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface AuditPorts {
  readonly policy: PolicyEngine;
  /** The newest events of a range. Their keys begin with the event's time. */
  findEvents(about: About, range: KeyRange, signal: AbortSignal): Promise<IndexRead<AuditEvent>>;
  readonly findInstance: FindInstance;
  readonly describeInstances: DescribeInstances;
  readonly inventory: Pick<InventoryReader, "readObserved">;
}

export interface AuditSettings {
  /** Everybody that a caller with this id could be: none if no source of identities asserts it. */
  readonly possibleCallers: (id: string) => readonly Caller[];
  readonly policyTime: (moment: Date) => PolicyTime;
}

/**
 * One page of the events about instances whose trail the caller may read, and about callers whom the caller may suspend
 * or restore, newest first. Those of an access request for tags are about the instance that stands for its scope.
 * Nobody can read events about an instance that no longer exists, since policy cannot be evaluated on it. If its work
 * is spent, the page may be short or even empty while there are more. Those about instances of a target that fails are left
 * out, as the page says.
 *
 * @throws Problem `invalid-request` for a cursor that is not ours; and as the ports do.
 */
export async function listAuditEvents(
  ports: AuditPorts,
  settings: AuditSettings,
  input: ListAuditEventsInput,
  context: RequestContext,
) {
  const { caller, instanceId, limit, cursor, from, to } = input;
  const { signal } = context.deadline;
  const { policy } = ports;
  const instances = new KnownInstances(ports.describeInstances, signal);
  const unread: Unread[] = [];
  const mayRead = (instance: Instance | undefined): instance is Instance =>
    instance !== undefined && mayReadAudit(policy, caller, instance).allowed;
  const circumstances = { time: settings.policyTime(context.clock()), sourceIp: context.sourceIp };
  const suspendable = new Map<string, boolean>();
  const maySuspendNow = (id: string): boolean => {
    const known = suspendable.get(id);
    if (known !== undefined) return known;
    const others = settings.possibleCallers(id);
    const may = [false, true].some(
      (restore) => maySuspend(policy, caller, others, { restore, ...circumstances }).allowed,
    );
    suspendable.set(id, may);
    return may;
  };
  // Decided before any event is read, so that not even the number of pages reveals anything about a hidden instance.
  const named = instanceId === undefined ? undefined : await ports.findInstance({ instanceId }, context);
  if (named) instances.know(named);
  const isHidden = instanceId !== undefined && !mayRead(named);
  if (isHidden) context.note({ unseen: true });

  const page = await newestFirst(
    { limit, cursor, from, to },
    async (range) => (isHidden ? nothing : ports.findEvents(aboutOf(input, named), range, signal)),
    async (events) => {
      const matching = events.filter((event) => matches(event, input));
      const keys = distinct(matching.flatMap((event) => keyIn(event) ?? []));
      await instances.learn(keys);
      unread.push(...instances.unread(keys));
      const readable = new Set(keys.filter((key) => mayRead(instances.get(key))).map(instanceKey));
      return matching.filter((event) => {
        const { subject: about, data } = event;
        if (/^(?:callers|chat-links)\//.test(about)) return maySuspendNow(data.subject ?? "");
        if (data.scope && "tags" in data.scope) return mayRead(syntheticInstance(data.scope));
        const key = keyIn(event);
        return key !== undefined && readable.has(instanceKey(key));
      });
    },
    context,
  );
  return { ...page, ...(await incompleteTargets(ports.inventory, unread, mayRead, signal)) };
}

/** The instance that an event is about. */
function keyIn({ data: { accountId, region, instanceId } }: AuditEvent): InstanceKey | undefined {
  if (accountId === undefined || region === undefined || instanceId === undefined) return undefined;
  return { accountId, region, instanceId };
}

const distinct = (keys: readonly InstanceKey[]): InstanceKey[] => [
  ...new Map(keys.map((key) => [instanceKey(key), key])).values(),
];

const nothing: IndexRead<AuditEvent> = { entries: [], hasMore: false };

/** Which events to read: those with the filter that the fewest are likely to have. */
function aboutOf(
  { connectionId, accessRequestId, subject, actor, type }: ListAuditEventsInput,
  instance: Instance | undefined,
): About {
  if (connectionId !== undefined) return { kind: "connection", id: connectionId };
  if (accessRequestId !== undefined) return { kind: "accessRequest", id: accessRequestId };
  if (instance) return { kind: "instance", id: instanceKey(instance) };
  if (subject !== undefined) return { kind: "subject", id: subject };
  if (actor !== undefined) return { kind: "actor", id: actor };
  return type === undefined ? { kind: "everything" } : { kind: "type", id: type };
}

function matches(
  { type, subject: about, data }: AuditEvent,
  { accessRequestId, instanceId, subject, actor, connectionId, type: wanted }: ListAuditEventsInput,
): boolean {
  return (
    (actor === undefined || data.actor === actor) &&
    (wanted === undefined || type === wanted) &&
    (connectionId === undefined || about === `connections/${connectionId}`) &&
    (accessRequestId === undefined || data.accessRequestId === accessRequestId) &&
    (instanceId === undefined || data.instanceId === instanceId) &&
    (subject === undefined || data.subject === subject)
  );
}
