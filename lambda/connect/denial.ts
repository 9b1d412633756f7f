import { createHash } from "node:crypto";
import type { Requirements } from "../../contract/requirements.ts";
import { secondsAfter } from "../shared/time.ts";
import { type TrailEvent, trailEvent } from "../shared/trail-event.ts";
import type { ConnectionFacts } from "./connection-state.ts";

// Denials of one kind in one minute are one item, so that a caller who is denied again and again cannot bury what others do.

/** The verdicts on a caller. Other refusals say what is wrong with a request, or with Latchkey. */
export const denialCodes = ["access-denied", "approval-required", "instance-not-found", "caller-suspended"] as const;

export type DenialCode = (typeof denialCodes)[number];

/**
 * A connection that policy denied, or whose caller is suspended, or whose instance is absent or not visible, which the caller
 * cannot tell apart.
 */
export interface Denial extends Omit<ConnectionFacts, "connectionId"> {
  readonly code: DenialCode;
  /** Undefined if the caller named none, and the instance was not looked at. */
  readonly osUser?: string | undefined;
  /** With `approval-required`. */
  readonly requirements?: Requirements | undefined;
}

/**
 * What the denials of an item have in common. Those of absent and unseen instances, and of suspended callers, differ in instance
 * and OS user.
 */
export interface DenialGroup {
  readonly actor: string;
  readonly accountId: string;
  readonly region: string;
  readonly code: DenialCode;
  readonly instanceId?: string | undefined;
  readonly osUser?: string | undefined;
  /** When the minute begins (ISO 8601). */
  readonly minute: string;
}

/** The denials of a group so far. */
export interface CountedDenials extends Omit<DenialGroup, "instanceId"> {
  readonly count: number;
  /** Of a group without an instance, up to `mostInstances`. */
  readonly instanceIds: ReadonlySet<string>;
  /** When no denial can be added any more (ISO 8601). Undefined once it has been closed. */
  readonly dueAt?: string | undefined;
}

/** What closes a group: its last number, and the events that tell how often it was denied. */
export interface Closing {
  readonly sequence: number;
  readonly events: readonly TrailEvent[];
}

/** Instances that one item names. */
export const mostInstances = 20;

/** Seconds that denials are kept: 90 days. */
export const denialLife = 90 * 24 * 60 * 60;

/** Seconds after the beginning of its minute until a group is closed: a function that still adds to it has ended by then. */
const closingDelay = 120;

export function groupOf({ actor, accountId, region, instanceId, osUser, code, at }: Denial): DenialGroup {
  const minute = `${at.toISOString().slice(0, 16)}:00.000Z`;
  const group = { actor, accountId, region, code, minute };
  return isAboutOneInstance(code) ? { ...group, instanceId, osUser } : group;
}

/** Whether the denials of a group are about one instance and OS user: those of policy are, which has seen the instance. */
export const isAboutOneInstance = (code: DenialCode): boolean =>
  code === "access-denied" || code === "approval-required";

/** The id of a group: `dn-<32 hex digits>`. */
export function denialIdOf({ actor, accountId, region, code, instanceId, osUser, minute }: DenialGroup): string {
  const text = JSON.stringify([actor, accountId, region, code, instanceId, osUser, minute]);
  return `dn-${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}

/** The event of a group's first denial. */
export function firstEvent(id: string, { at, ...facts }: Denial): TrailEvent {
  return denialEvent(id, 1, at, facts);
}

/** When a group is closed, by the moment of its first denial. */
export const closingOf = ({ minute }: DenialGroup): Date => secondsAfter(new Date(minute), closingDelay);

/**
 * Closes a group. A single denial has been told by its first event. Of several there is one event for each instance, so that each
 * is found, and shown or hidden, by its own instance.
 *
 * @returns undefined if the group has been closed, or its time has not come.
 */
export function closeDenials(id: string, denials: CountedDenials, at: Date, requestId: string): Closing | undefined {
  const { count, instanceIds, dueAt, ...group } = denials;
  if (dueAt === undefined || dueAt > at.toISOString()) return undefined;
  const told = count > 1 ? [...instanceIds].sort() : [];
  const facts = { ...group, subject: group.actor, count, requestId };
  const events = told.map((instanceId, index) => denialEvent(id, 2 + index, at, { ...facts, instanceId }));
  return { sequence: 1 + events.length, events };
}

function denialEvent(id: string, sequence: number, at: Date, facts: object): TrailEvent {
  return trailEvent({ collection: "denials", id, sequence, type: "connection.denied", at }, facts);
}
