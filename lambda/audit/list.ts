import type { AuditEvent } from "../../contract/audit-event.ts";
import type { Caller } from "../../contract/caller.ts";
import type { KeyRange } from "../lists/index-key.ts";
import { type DescribeInstances, KnownInstances } from "../lists/known-instances.ts";
import { type IndexRead, newestFirst } from "../lists/newest-first.ts";
import { mayReadAudit } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { RequestContext } from "../shared/request-context.ts";

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
  | { readonly kind: "instance" | "subject" | "accessRequest"; readonly id: string };

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface AuditPorts {
  readonly policy: Promise<PolicyEngine>;
  /** The newest events of a range. Their keys begin with the event's time. */
  findEvents(about: About, range: KeyRange, signal: AbortSignal): Promise<IndexRead<AuditEvent>>;
  readonly describeInstances: DescribeInstances;
}

/**
 * One page of the events about instances whose trail the caller may read, newest first. Nobody can read events about an instance
 * that no longer exists, since policy cannot be evaluated on it. The page may be short, or even empty, while there are more.
 *
 * @throws Problem `invalid-request` for a cursor that is not ours; and as the ports do.
 */
export async function listAuditEvents(
  ports: AuditPorts,
  input: ListAuditEventsInput,
  { deadline: { signal } }: RequestContext,
) {
  const { caller, instanceId, limit, cursor, from, to } = input;
  const policy = await ports.policy;
  const instances = new KnownInstances(ports.describeInstances, signal);
  const readable = async (ids: readonly string[]) => {
    await instances.learn(ids);
    const isReadable = (id: string) => {
      const instance = instances.get(id);
      return instance !== undefined && mayReadAudit(policy, caller, instance).allowed;
    };
    return new Set([...new Set(ids)].filter(isReadable));
  };
  // Decided before any event is read, so that not even the number of pages reveals anything about a hidden instance.
  const isHidden = instanceId !== undefined && !(await readable([instanceId])).has(instanceId);

  return newestFirst(
    { limit, cursor, from, to },
    async (range) => (isHidden ? nothing : ports.findEvents(aboutOf(input), range, signal)),
    async (events) => {
      const matching = events.filter((event) => matches(event, input));
      const ids = await readable(matching.flatMap(({ data }) => data.instanceId ?? []));
      return matching.filter(({ data }) => data.instanceId !== undefined && ids.has(data.instanceId));
    },
  );
}

const nothing: IndexRead<AuditEvent> = { entries: [], hasMore: false };

/** Which events to read: the index with the fewest of them. */
function aboutOf({ accessRequestId, instanceId, subject }: ListAuditEventsInput): About {
  if (accessRequestId !== undefined) return { kind: "accessRequest", id: accessRequestId };
  if (instanceId !== undefined) return { kind: "instance", id: instanceId };
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
