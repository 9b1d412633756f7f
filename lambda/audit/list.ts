import type { AuditEvent } from "../../contract/audit-event.ts";
import type { Caller } from "../../contract/caller.ts";
import type { KeyRange } from "../lists/index-key.ts";
import { type DescribeInstances, KnownInstances } from "../lists/known-instances.ts";
import { type IndexRead, newestFirst } from "../lists/newest-first.ts";
import { mayReadAudit, maySuspend } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import { type Instance, instanceKey } from "../shared/instance.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { syntheticInstance } from "../shared/scope.ts";

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

/** What events are about: everything, or one instance, subject or access request. */
export type About =
  | { readonly kind: "everything" }
  | { readonly kind: "subject" | "accessRequest"; readonly id: string }
  /** `id`: `<account>/<region>/<id>`. */
  | { readonly kind: "instance"; readonly id: string };

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface AuditPorts {
  readonly policy: Promise<PolicyEngine>;
  /** The newest events of a range. Their keys begin with the event's time. */
  findEvents(about: About, range: KeyRange, signal: AbortSignal): Promise<IndexRead<AuditEvent>>;
  readonly describeInstances: DescribeInstances;
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
 * is spent, the page may be short or even empty while there are more.
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
  const policy = await ports.policy;
  const instances = new KnownInstances(ports.describeInstances, signal);
  /** Each instance of these ids whose trail the caller may read. */
  const readable = async (ids: readonly string[]): Promise<readonly Instance[]> => {
    await instances.learn(ids);
    const known = [...new Set(ids)].flatMap((id) => instances.withId(id) ?? []);
    return known.filter((instance) => mayReadAudit(policy, caller, instance).allowed);
  };
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
  const [named] = instanceId === undefined ? [] : await readable([instanceId]);
  const isHidden = instanceId !== undefined && named === undefined;

  return newestFirst(
    { limit, cursor, from, to },
    async (range) => (isHidden ? nothing : ports.findEvents(aboutOf(input, named), range, signal)),
    async (events) => {
      const matching = events.filter((event) => matches(event, input));
      const found = await readable(matching.flatMap(({ data }) => data.instanceId ?? []));
      const keys = new Set(found.map(instanceKey));
      return matching.filter(
        ({ subject: about, data: { subject, accountId = "", region = "", instanceId: id = "", scope } }) => {
          if (about.startsWith("callers/")) return maySuspendNow(subject ?? "");
          if (scope && "tags" in scope) return mayReadAudit(policy, caller, syntheticInstance(scope)).allowed;
          return keys.has(instanceKey({ accountId, region, instanceId: id }));
        },
      );
    },
    context,
  );
}

const nothing: IndexRead<AuditEvent> = { entries: [], hasMore: false };

/** Which events to read: the index with the fewest of them. */
function aboutOf({ accessRequestId, subject }: ListAuditEventsInput, instance: Instance | undefined): About {
  if (accessRequestId !== undefined) return { kind: "accessRequest", id: accessRequestId };
  if (instance) return { kind: "instance", id: instanceKey(instance) };
  return subject === undefined ? { kind: "everything" } : { kind: "subject", id: subject };
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
