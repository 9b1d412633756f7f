import type { AuditEvent } from "../../contract/audit-event.ts";
import type { Routes } from "../../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import type { KeyRange } from "../lists/index-key.ts";
import { type DescribeInstances, KnownInstances } from "../lists/known-instances.ts";
import { type IndexRead, newestFirst } from "../lists/newest-first.ts";
import { mayReadAudit } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";

/** What events are about: everything, or one instance, subject or access request, by its id. */
export type About =
  | { readonly kind: "everything" }
  | { readonly kind: "instance" | "subject" | "accessRequest"; readonly id: string };

/** All that reading the trail reaches outside for. Each rejects with a Problem, and ends when its signal does. */
export interface AuditPorts {
  readonly policy: Promise<PolicyEngine>;
  /** The newest events of a range; their keys begin with the event's time. */
  findEvents(about: About, range: KeyRange, signal: AbortSignal): Promise<IndexRead<AuditEvent>>;
  readonly describeInstances: DescribeInstances;
}

type AuditRequest = ApiRequest<Routes["listAuditEvents"]>;

/**
 * One page of the events about instances whose trail the caller may read, newest first. An event about an instance that is
 * gone is nobody's to read here: policy could not say whose. The page may be short, or even empty, while there are more.
 *
 * @throws Problem `invalid-request` for a cursor that is not ours; AWS's faults as the ports throw them.
 */
export async function listAuditEvents(ports: AuditPorts, { caller, query, deadline: { signal } }: AuditRequest) {
  const { instanceId, limit, cursor, from, to } = query;
  const fits = fitting(query);
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
  // Judged before anything is read: not even the number of pages tells of an instance that is not the caller's to know.
  const isNobodys = instanceId !== undefined && !(await readable([instanceId])).has(instanceId);

  return newestFirst(
    { limit, cursor, from, to },
    async (range) => (isNobodys ? nothing : ports.findEvents(aboutOf(query), range, signal)),
    async (events) => {
      const wanted = events.filter(fits);
      const ids = await readable(wanted.flatMap(({ data }) => data.instanceId ?? []));
      return wanted.filter(({ data }) => data.instanceId !== undefined && ids.has(data.instanceId));
    },
  );
}

const nothing: IndexRead<AuditEvent> = { entries: [], hasMore: false };

/** Which events to go through: the fewest that the query leaves. */
function aboutOf({ accessRequestId, instanceId, subject }: AuditRequest["query"]): About {
  if (accessRequestId !== undefined) return { kind: "accessRequest", id: accessRequestId };
  if (instanceId !== undefined) return { kind: "instance", id: instanceId };
  return subject === undefined ? { kind: "everything" } : { kind: "subject", id: subject };
}

function fitting({ accessRequestId, instanceId, subject }: AuditRequest["query"]) {
  return ({ data }: AuditEvent) =>
    (accessRequestId === undefined || data.accessRequestId === accessRequestId) &&
    (instanceId === undefined || data.instanceId === instanceId) &&
    (subject === undefined || data.subject === subject);
}
