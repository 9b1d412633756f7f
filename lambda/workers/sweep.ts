import type { EventBus, WaitingEvents } from "../audit/ports.ts";
import { type ConnectionState, outcomeUnknownState } from "../connect/connection-state.ts";
import type { Due, DueItems } from "../lists/due-items.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { secondsAfter } from "../shared/time.ts";
import { publish } from "./publish.ts";
import { settle } from "./settle.ts";
import { type Failure, failureOf } from "./worker-log.ts";

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface SweepPorts extends DueItems {
  /** Records that a target's access request has expired, if it has. @returns whether it did. */
  expire(accessTargetId: string, context: RequestContext): Promise<boolean>;
  readonly connections: OutcomePorts;
  /** Records how often a caller was denied in a minute. @returns whether it did. */
  close(denialId: string, context: RequestContext): Promise<boolean>;
  /** Records that a suspension has ended a target's access request, if one has. @returns whether it did. */
  endSuspended(accessTargetId: string, context: RequestContext): Promise<boolean>;
  /** Records that a suspension has ended the links of a caller to users of chats, if one has. @returns whether it did. */
  unlinkSuspended(callerId: string, context: RequestContext): Promise<boolean>;
  /** Records that the suspension of a caller has nothing left to end, unless it is from the last two minutes before `now`. */
  closeSuspension(callerId: string, now: Date, signal: AbortSignal): Promise<void>;
  readonly events: EventBus & WaitingEvents;
}

export interface OutcomePorts {
  readConnection(connectionId: string, signal: AbortSignal): Promise<ConnectionState | undefined>;
  writeOutcome(connectionId: string, state: ConnectionState): Promise<void>;
}

export interface SweepReport {
  readonly expired: number;
  /** Connections whose outcome has been recorded as unknown. */
  readonly concluded: number;
  /** Denials of a minute that have been closed. */
  readonly closed: number;
  /** Access requests that suspensions have ended, and callers whose links they have. */
  readonly suspended: number;
  readonly published: number;
  /** Events that have been waiting for the bus for a minute or more, and still are. */
  readonly waiting: number;
  readonly failures: readonly Failure[];
}

/** Items of each kind that one run takes. The rest is for the next minute's run. */
const mostItems = 1000;

/** Seconds: no request is open for longer than a pending one can wait, and then last. */
const longestOpen = 400 * 24 * 60 * 60;

/** Seconds that the projector has to publish an event before the sweep does. */
const publicationGrace = 60;

/**
 * Does what has become due. Each item is read consistently and checked again first. A failure of one item or of one kind does
 * not stop the others: it stays due, and the next run tries again.
 */
export async function sweep(ports: SweepPorts, context: RequestContext): Promise<SweepReport> {
  const now = context.clock();
  const waitingSince = secondsAfter(now, -publicationGrace);
  const { signal } = context.deadline;
  const pages = (due: Due, until: Date) => ports.findDue(due, until, signal);
  const [expiries, outcomes, closings, suspensions, publications] = await Promise.all([
    eachPage("expiry", pages("expiry", now), signal, (ids) => each("expiry", ids, (id) => ports.expire(id, context))),
    eachPage("outcome", pages("outcome", now), signal, (ids) =>
      each("outcome", ids, (id) => conclude(ports.connections, id, now, signal)),
    ),
    eachPage("closing", pages("closing", now), signal, (ids) => each("closing", ids, (id) => ports.close(id, context))),
    eachPage("suspension", pages("suspension", now), signal, (callerIds) =>
      endSuspended(ports, callerIds, now, context),
    ),
    eachPage("publication", pages("publication", waitingSince), signal, (ids) => republish(ports.events, ids, signal)),
  ]);
  return {
    expired: expiries.done,
    concluded: outcomes.done,
    closed: closings.done,
    suspended: suspensions.done,
    published: publications.done,
    waiting: publications.left,
    failures: [expiries, outcomes, closings, suspensions, publications].flatMap(({ failures }) => failures),
  };
}

/** Counts of items. Those that needed nothing any more are neither done nor left. */
interface Tally {
  readonly done: number;
  readonly left: number;
  readonly failures: readonly Failure[];
}

async function eachPage(
  due: Due,
  pages: AsyncIterable<readonly string[]>,
  signal: AbortSignal,
  take: (ids: readonly string[]) => Promise<Tally>,
): Promise<Tally> {
  let seen = 0;
  let tally: Tally = { done: 0, left: 0, failures: [] };
  try {
    for await (const ids of pages) {
      const { done, left, failures } = await take(ids);
      tally = { done: tally.done + done, left: tally.left + left, failures: [...tally.failures, ...failures] };
      seen += ids.length;
      if (seen >= mostItems || signal.aborted) break;
    }
    return tally;
  } catch (error) {
    return { ...tally, failures: [...tally.failures, failureOf("find", due, error)] };
  }
}

async function each(
  step: "expiry" | "outcome" | "closing" | "suspension",
  ids: readonly string[],
  act: (id: string) => Promise<boolean>,
): Promise<Tally> {
  const results = await settle(ids, act);
  const failures = results.flatMap(({ item, error }) => (error === undefined ? [] : [failureOf(step, item, error)]));
  return { done: results.filter(({ value }) => value === true).length, left: failures.length, failures };
}

/**
 * Looks at the links of these callers, and at every open request, once for all of them. Only then, and if nothing failed, may
 * their suspensions be closed.
 */
async function endSuspended(
  ports: SweepPorts,
  callerIds: readonly string[],
  now: Date,
  context: RequestContext,
): Promise<Tally> {
  // A page may be empty.
  if (callerIds.length === 0) return { done: 0, left: 0, failures: [] };
  const { signal } = context.deadline;
  const unlinked = await each("suspension", callerIds, (id) => ports.unlinkSuspended(id, context));
  let { done } = unlinked;
  for await (const ids of ports.findDue("expiry", secondsAfter(now, longestOpen), signal)) {
    const ended = await each("suspension", ids, (id) => ports.endSuspended(id, context));
    done += ended.done;
    if (ended.failures.length > 0) return { ...ended, done };
  }
  if (unlinked.failures.length > 0) return { ...unlinked, done };
  const closed = await each("suspension", callerIds, async (id) => {
    await ports.closeSuspension(id, now, signal);
    return false;
  });
  return { ...closed, done };
}

async function republish(ports: SweepPorts["events"], ids: readonly string[], signal: AbortSignal): Promise<Tally> {
  const results = await settle(ids, (eventId) => ports.readWaitingEvent(eventId, signal));
  const unread = results.flatMap(({ item, error }) => (error === undefined ? [] : [failureOf("read", item, error)]));
  const events = results.flatMap(({ value }) => (value ? [value] : []));
  const { published, failures } = await publish(ports, events, signal);
  return {
    done: published,
    left: unread.length + events.length - published,
    failures: [...unread, ...failures],
  };
}

/** A push without an outcome may have happened or not, so its outcome is recorded as unknown. */
async function conclude(ports: OutcomePorts, connectionId: string, now: Date, signal: AbortSignal): Promise<boolean> {
  const state = await ports.readConnection(connectionId, signal);
  // It may have been intended again since it was found; then its function may still record an outcome.
  if (state?.dueAt === undefined || state.dueAt > now.toISOString()) return false;
  const next = outcomeUnknownState(connectionId, state, now);
  if (!next) return false;
  await ports.writeOutcome(connectionId, next);
  return true;
}
