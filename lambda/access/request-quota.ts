import { latestStart } from "../../contract/access-request.ts";
import { longestPending, longestTotal } from "../policy/bounds.ts";
import { quotaProblem } from "../shared/quota.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { earlier, secondsAfter } from "../shared/time.ts";
import type { AccessRequest } from "./access-request.ts";
import { endOf, isOpen, statusAt } from "./status.ts";

/** How many access requests may be open: of one requester, and of one requester for one subject. */
export interface RequestQuotas {
  readonly openRequests: number;
  readonly openRequestsPerSubject: number;
}

/** The places that a requester has, for all subjects or for one. */
export interface Places {
  readonly requester: string;
  readonly subject?: string;
}

/** An access request that has taken a place. It may not have been written yet, and may have ended. */
export interface Place {
  readonly id: string;
  readonly takenAt: Date;
}

/** Keeps who has which places. Each write is one that others do not make fail. Each method rejects with a Problem. */
export interface PlaceStore {
  /** Takes a place, also if the same was taken before. @returns false if `most` are taken: then nothing has been written. */
  take(places: Places, place: Place, most: number, signal: AbortSignal): Promise<boolean>;
  readTaken(places: Places, signal: AbortSignal): Promise<readonly Place[]>;
  free(places: Places, ended: readonly Place[], signal: AbortSignal): Promise<void>;
  /** Those of the requests that have been written, by consistent reads. */
  readRequests(ids: readonly string[], signal: AbortSignal): Promise<readonly AccessRequest[]>;
}

/** Seconds that a request can be open: pending or until it starts, then active with its extensions. */
export const longestOpen = Math.max(longestPending, latestStart) + longestTotal;

/**
 * Seconds for which a place is kept at least. By then the function that took it has ended, so that a request that was not written
 * will not be. And a caller who asks and cancels again and again does not fill the trail.
 */
const leastKept = 60;

/**
 * Takes a place for an access request that is about to be written: among all of its requester, and among those for its subject.
 * Places of requests that have ended are freed only once none is left, and no sooner than a minute after they were taken.
 *
 * @throws Problem `throttled` if none is left; and as the store does.
 */
export async function takePlaces(
  store: PlaceStore,
  { openRequests, openRequestsPerSubject }: RequestQuotas,
  { id, takenAt, requester, subject }: Place & Required<Places>,
  context: RequestContext,
): Promise<void> {
  const place = { id, takenAt };
  const all = [
    { places: { requester, subject }, most: openRequestsPerSubject, place },
    { places: { requester }, most: openRequests, place },
  ];
  const results = await Promise.allSettled(all.map((each) => takePlace(store, each, context)));
  const failed = results.find((result) => result.status === "rejected");
  if (!failed) return;
  // What is refused takes no place from other requests.
  const taken = all.filter((_, index) => results[index]?.status === "fulfilled");
  await Promise.all(taken.map(({ places }) => store.free(places, [place], context.deadline.signal)));
  throw failed.reason;
}

async function takePlace(
  store: PlaceStore,
  { places, place, most }: { readonly places: Places; readonly place: Place; readonly most: number },
  { clock, deadline: { signal } }: RequestContext,
): Promise<void> {
  if (await store.take(places, place, most, signal)) return;
  const taken = await store.readTaken(places, signal);
  const ids = [...new Set(taken.map(({ id }) => id))];
  const requests = new Map((await store.readRequests(ids, signal)).map((request) => [request.id, request]));
  const now = clock();
  const isTakenAgain = ({ id, takenAt }: Place) =>
    [...taken, place].some((other) => other.id === id && other.takenAt > takenAt);
  const ends = taken.map((each) => ({
    ...each,
    // A retry under an Idempotency-Key has the id of the run before it.
    until: isTakenAgain(each) ? now : freeAt(each, requests.get(each.id), now),
  }));
  const ended = ends.filter(({ until }) => until <= now);
  if (ended.length > 0) {
    await store.free(places, ended, signal);
    if (await store.take(places, place, most, signal)) return;
  }
  const [first = now, ...others] = ends.map(({ until }) => until).filter((until) => until > now);
  const [limit, whom] =
    places.subject === undefined ? ["open-requests", ""] : ["open-requests-per-subject", " for one person"];
  const detail = `You have as many open or new access requests${whom} as one caller may. End those that nobody needs.`;
  throw quotaProblem(limit, detail, { now, until: others.reduce(earlier, first) });
}

/** When the place of a request is free at the latest: in the past if the request ended, or was never written, a minute ago. */
function freeAt({ takenAt }: Place, request: AccessRequest | undefined, now: Date): Date {
  const earliest = secondsAfter(takenAt, leastKept);
  if (!request) return earliest;
  const status = statusAt(request, now);
  // What a newer version of Latchkey has written may be open.
  if (status === "unknown") return secondsAfter(now, leastKept);
  const end = isOpen(status) ? new Date(endOf(request) ?? now) : earliest;
  return end > earliest ? end : earliest;
}
