import { type ConnectionState, outcomeUnknownState } from "../connect/connection-state.ts";
import { secondsAfter } from "../shared/time.ts";
import type { TrailEvent } from "../shared/trail-event.ts";
import { type PublishPorts, publish } from "./publish.ts";
import { settle } from "./settle.ts";
import { type Fault, faultOf } from "./worker-log.ts";

/** What time does: an access request is over; a push has no outcome; an event has not reached the bus. */
export type Due = "expiry" | "outcome" | "publication";

/** All that a sweep reaches outside for. Each rejects with a Problem, and ends when its signal does. */
export interface SweepPorts extends PublishPorts {
  clock(): Date;
  /** Ids of slots, connections or events that have been due since `until` or before: pages, the oldest first. */
  findDue(due: Due, until: Date, signal: AbortSignal): AsyncIterable<readonly string[]>;
  /** Writes that a accessTarget's access request is over, if it is; answers whether it did. */
  expire(accessTargetId: string, now: Date, signal: AbortSignal): Promise<boolean>;
  readConnection(connectionId: string, signal: AbortSignal): Promise<ConnectionState | undefined>;
  writeOutcome(connectionId: string, state: ConnectionState): Promise<void>;
  /** Undefined where the bus has it by now. */
  readWaitingEvent(eventId: string, signal: AbortSignal): Promise<TrailEvent | undefined>;
}

export interface SweepReport {
  readonly expired: number;
  /** Connections of which it is on record now that nobody knows their outcome. */
  readonly concluded: number;
  readonly published: number;
  /** Events that have been waiting for the bus for a minute or more, and still are. */
  readonly waiting: number;
  readonly faults: readonly Fault[];
}

/** Items of each kind that one run takes: what is left is for the next minute's. */
const mostItems = 1000;

/** Seconds for the stream to have an event published before the sweep does. */
const publicationGrace = 60;

/**
 * Does what time has made due. Each item is read consistently and judged again before anything is done. A fault of one item,
 * or of one kind, does not keep the others: it stays due, and the next run takes it up.
 */
export async function sweep(ports: SweepPorts, signal: AbortSignal): Promise<SweepReport> {
  const now = ports.clock();
  const longWaiting = secondsAfter(now, -publicationGrace);
  const [expiries, outcomes, publications] = await Promise.all([
    eachPage(ports, "expiry", now, signal, (ids) => each(ids, (id) => ports.expire(id, now, signal), "expiry")),
    eachPage(ports, "outcome", now, signal, (ids) => each(ids, (id) => conclude(ports, id, now, signal), "outcome")),
    eachPage(ports, "publication", longWaiting, signal, (ids) => publishAgain(ports, ids, signal)),
  ]);
  return {
    expired: expiries.done,
    concluded: outcomes.done,
    published: publications.done,
    waiting: publications.left,
    faults: [...expiries.faults, ...outcomes.faults, ...publications.faults],
  };
}

/** What has come of some items. Those that needed nothing any more are neither done nor left. */
interface Tally {
  readonly done: number;
  readonly left: number;
  readonly faults: readonly Fault[];
}

async function eachPage(
  ports: SweepPorts,
  due: Due,
  until: Date,
  signal: AbortSignal,
  take: (ids: readonly string[]) => Promise<Tally>,
): Promise<Tally> {
  let seen = 0;
  let tally: Tally = { done: 0, left: 0, faults: [] };
  try {
    for await (const ids of ports.findDue(due, until, signal)) {
      const { done, left, faults } = await take(ids);
      tally = { done: tally.done + done, left: tally.left + left, faults: [...tally.faults, ...faults] };
      seen += ids.length;
      if (seen >= mostItems || signal.aborted) break;
    }
    return tally;
  } catch (error) {
    return { ...tally, faults: [...tally.faults, faultOf("find", due, error)] };
  }
}

async function each(
  ids: readonly string[],
  act: (id: string) => Promise<boolean>,
  step: "expiry" | "outcome",
): Promise<Tally> {
  const results = await settle(ids, act);
  const faults = results.flatMap(({ item, error }) => (error === undefined ? [] : [faultOf(step, item, error)]));
  return { done: results.filter(({ value }) => value === true).length, left: faults.length, faults };
}

async function publishAgain(ports: SweepPorts, ids: readonly string[], signal: AbortSignal): Promise<Tally> {
  const results = await settle(ids, (eventId) => ports.readWaitingEvent(eventId, signal));
  const unread = results.flatMap(({ item, error }) => (error === undefined ? [] : [faultOf("read", item, error)]));
  const events = results.flatMap(({ value }) => (value ? [value] : []));
  const { published, faults } = await publish(ports, events, signal);
  return {
    done: published,
    left: unread.length + events.length - published,
    faults: [...unread, ...faults],
  };
}

/** A push without an outcome may have happened or not: that is what goes on record. */
async function conclude(ports: SweepPorts, connectionId: string, now: Date, signal: AbortSignal): Promise<boolean> {
  const state = await ports.readConnection(connectionId, signal);
  // It may have been intended anew since it was found: then somebody may still report.
  if (state?.dueAt === undefined || state.dueAt > now.toISOString()) return false;
  const next = outcomeUnknownState(connectionId, state, now);
  if (!next) return false;
  await ports.writeOutcome(connectionId, next);
  return true;
}
