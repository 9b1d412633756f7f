import { quotaProblem } from "../shared/quota.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { isSameScope, isTagScope, type Scope } from "../shared/scope.ts";
import type { AccessRequest } from "./access-request.ts";
import {
  accessRequestIdOf,
  accessTargetIdOf,
  accessTargetIdOfRequest,
  slotCount,
  slotIdOf,
  slotsForOthers,
} from "./access-target.ts";
import type { AccessPorts } from "./ports.ts";
import { endOf, isOpen, statusAt } from "./status.ts";

/** Where a request is to be stored, and what is there now. */
interface Opening {
  /** The id that the new request has there. */
  readonly id: string;
  /** The newest request of its access target: to return, or to end first. */
  readonly current: AccessRequest | undefined;
}

/** Where requests for one thing are stored. */
interface Home {
  /** @throws Problem `throttled` if the subject has no slot left. */
  read(): Promise<Opening>;
  /** What an earlier run under the same Idempotency-Key has created. */
  readCreated(): Promise<AccessRequest | undefined>;
}

interface Housed {
  readonly subject: string;
  readonly scope: Scope;
  readonly osUser: string;
  readonly startsAt?: string | undefined;
  /** Whether the subject asks. */
  readonly isOwn: boolean;
  /** Random: the id ends with its last digits. */
  readonly resultId: string;
}

/** A request for one instance is its access target's newest; one for tags takes a slot of its subject. */
export function homeOf(ports: Pick<AccessPorts, "store" | "places">, housed: Housed, context: RequestContext): Home {
  const { scope, subject, osUser, resultId } = housed;
  const isScheduled = housed.startsAt !== undefined;
  const { signal } = context.deadline;
  if (isTagScope(scope)) return slotsOf(ports, housed, context);
  const accessTargetId = accessTargetIdOf({ ...scope, subject, osUser }, { isScheduled });
  const id = accessRequestIdOf(accessTargetId, resultId);
  return {
    read: async () => ({ id, current: await ports.store.readCurrent(accessTargetId, signal) }),
    readCreated: () => ports.store.read(id, signal),
  };
}

function slotsOf(
  { store, places }: Pick<AccessPorts, "store" | "places">,
  housed: Housed,
  { clock, deadline: { signal } }: RequestContext,
): Home {
  const idIn = (accessTargetId: string) => accessRequestIdOf(accessTargetId, housed.resultId);
  return {
    async read() {
      const { accessTargetId, current } = openSlot(await store.readSlots(housed.subject, signal), housed, clock());
      return { id: idIn(accessTargetId), current };
    },
    async readCreated() {
      const ids = Array.from({ length: slotCount }, (_, slot) => idIn(slotIdOf(housed.subject, slot)));
      return (await places.readRequests(ids, signal)).find(({ id }) => ids.includes(id));
    },
  };
}

/**
 * The slot for a request: that of an open one for the same scope and OS user, scheduled or not alike, else the first
 * that is free. Others take the first slots only, so that they cannot use up those that are left for the subject, who
 * takes these last.
 *
 * @param stored the newest request of each slot.
 * @throws Problem `throttled` if none is free.
 */
export function openSlot(
  stored: readonly AccessRequest[],
  { subject, scope, osUser, isOwn, startsAt }: Omit<Housed, "resultId">,
  now: Date,
): { readonly accessTargetId: string; readonly current: AccessRequest | undefined } {
  const bySlot = new Map(stored.map((request) => [accessTargetIdOfRequest(request), request]));
  const open = stored.filter((request) => !isFree(request, now));
  const isScheduled = startsAt !== undefined;
  // If others asked at the same time as the subject there are two. The subject's own slots come last.
  const same = open.findLast(
    (request) =>
      request.osUser === osUser &&
      isSameScope(request.scope, scope) &&
      (request.startsAt !== undefined) === isScheduled,
  );
  if (same) return { accessTargetId: accessTargetIdOfRequest(same), current: same };
  const slots = Array.from({ length: slotCount }, (_, slot) => slot);
  const forOthers = slots.slice(0, slotsForOthers);
  const usable = (isOwn ? [...slots.slice(slotsForOthers), ...forOthers] : forOthers).map((slot) =>
    slotIdOf(subject, slot),
  );
  const free = usable.find((each) => isFree(bySlot.get(each), now));
  if (free !== undefined) return { accessTargetId: free, current: bySlot.get(free) };
  const ends = usable.flatMap((each) => new Date(endOfSlot(bySlot.get(each), now)).getTime());
  const whose = isOwn ? "You have" : "The subject has";
  throw quotaProblem(
    isOwn ? "scoped-requests" : "scoped-requests-by-others",
    `${whose} as many open access requests for tags as one person may${isOwn ? "" : " by others"}. End those that nobody needs.`,
    { now, until: new Date(Math.min(...ends)) },
  );
}

function isFree(request: AccessRequest | undefined, now: Date): boolean {
  if (!request) return true;
  const status = statusAt(request, now);
  // What a newer version of Latchkey has written may be open.
  return status !== "unknown" && !isOpen(status);
}

/** Of one that a newer version has written no end is known. */
const endOfSlot = (request: AccessRequest | undefined, now: Date) =>
  (request && endOf(request)) ?? new Date(now.getTime() + 60_000).toISOString();
