import { isDeepStrictEqual } from "node:util";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";

/** An event as far as reports read it: types and fields that they do not know are data. */
export interface ReportedEvent {
  readonly id: string;
  readonly type: string;
  /** The item that it happened to: `access-requests/<id>`. */
  readonly subject: string;
  /** ISO 8601 in UTC, to the millisecond: such times can be compared as text. */
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly sequence: number };
}

/** All events of one thing. */
export interface TrailItem {
  /** `access-requests`, `connections`, `denials`, `callers` or `instances`. */
  readonly collection: string;
  readonly id: string;
  /** By their numbers. */
  readonly events: readonly ReportedEvent[];
  /** The numbers that are missing: `1-3`, `5`. What is missing at the end no number tells. */
  readonly missing: readonly string[];
}

/** Reads the lines that `latchkey audit --json` prints. @throws Failure `invalid` naming the line */
export function parseEvents(text: string): ReportedEvent[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const event = eventIn(line);
    if (event) return [event];
    throw new Failure(`line ${index + 1} is not an event`, {
      exitCode: exitCodes.invalid,
      hint: "each line is an event, as the command audit prints it with --json",
    });
  });
}

function eventIn(line: string): ReportedEvent | undefined {
  const parsed = parseJson(line);
  if (!isRecord(parsed) || !isRecord(parsed["data"])) return undefined;
  const { id, type, subject, time, data } = parsed;
  const { sequence } = parsed["data"];
  const moment = new Date(typeof time === "string" ? time : Number.NaN);
  if (typeof id !== "string" || typeof type !== "string" || typeof subject !== "string") return undefined;
  if (Number.isNaN(moment.getTime()) || typeof sequence !== "number" || !Number.isSafeInteger(sequence))
    return undefined;
  return { id, type, subject, time: moment.toISOString(), data: { ...(data as object), sequence } };
}

/**
 * The events by what they happened to. Their order does not matter, and an event may be there twice.
 *
 * @throws Failure `invalid` for two different events with one id or number: that is not one trail
 */
export function itemsOf(events: readonly ReportedEvent[]): TrailItem[] {
  return [...grouped(events, ({ subject }) => subject)]
    .map(([subject, all]) => {
      const slash = subject.indexOf("/");
      const numbered = withoutTwins(all.toSorted((one, other) => one.data.sequence - other.data.sequence));
      return {
        collection: subject.slice(0, Math.max(0, slash)),
        id: subject.slice(slash + 1),
        events: numbered,
        missing: gapsIn(numbered.map(({ data }) => data.sequence)),
      };
    })
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

function withoutTwins(sorted: readonly ReportedEvent[]): ReportedEvent[] {
  return sorted.filter((event, index) => {
    const before = sorted[index - 1];
    if (before?.data.sequence !== event.data.sequence) return true;
    if (isDeepStrictEqual(before, event)) return false;
    throw new Failure("the input has two different events of one number: it is not one trail", {
      exitCode: exitCodes.invalid,
    });
  });
}

function gapsIn(sequences: readonly number[]): string[] {
  return sequences.flatMap((sequence, index) => {
    const [first, last] = [(sequences[index - 1] ?? 0) + 1, sequence - 1];
    if (first > last) return [];
    return first === last ? `${first}` : `${first}-${last}`;
  });
}

/** `Map.groupBy`, which Node 20 lacks. */
export function grouped<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group) group.push(value);
    else groups.set(keyOf(value), [value]);
  }
  return groups;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
