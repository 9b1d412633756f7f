import { isDeepStrictEqual } from "node:util";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import type { WaitingEvents } from "../../lambda/audit/ports.ts";
import { eventReader } from "../../lambda/aws/dynamodb/stream-record.ts";
import type { Due, DueItems } from "../../lambda/lists/due-items.ts";
import { Problem } from "../../lambda/shared/problem.ts";
import type { RequestContext } from "../../lambda/shared/request-context.ts";
import { type TrailEvent, trailEvent } from "../../lambda/shared/trail-event.ts";
import type { ProjectPorts } from "../../lambda/workers/project.ts";
import { place } from "./samples.ts";
import { testContext } from "./test-context.ts";

type Operation =
  | "fileEvent"
  | "putEvents"
  | "markPublished"
  | "findDue"
  | "readWaitingEvent"
  | "expire"
  | "readConnection"
  | "close"
  | "endSuspended"
  | "unlinkSuspended"
  | "closeSuspension"
  | "writeOutcome";

/** When a call fails: before it has had an effect, or after, so that only its response is lost. */
export type Moment = "before" | "after";

/** The events of the table, and the bus, in memory. `calls` numbers every call from 0. */
export class FakeTrail {
  now = new Date("2026-01-02T03:04:05.000Z");
  /** The filed events by id, with `waitingSince` while they are marked. */
  readonly filed = new Map<string, { readonly event: TrailEvent; waitingSince?: string | undefined }>();
  /** The id of every filing. Each event must be filed once. */
  readonly filings: string[] = [];
  /** The events on the bus, in order. */
  readonly bus: TrailEvent[] = [];
  readonly calls: string[] = [];
  /** Whether a call fails. After the first crash every call fails, as in a function that has ended. */
  fails: (operation: Operation, id: string) => boolean = () => false;
  crashAt: { readonly call: number; readonly moment: Moment } | undefined;
  /** Whether the bus rejects an entry. */
  refuses: (event: TrailEvent) => boolean = () => false;
  keepPolicies: ProjectPorts["keepPolicies"] = async () => {};
  /** The due items for the sweep, by port. */
  due: Partial<Record<Exclude<Due, "publication">, readonly string[] | undefined>> = {};

  async call<T>(operation: Operation, id: string, effect: () => T): Promise<T> {
    const number = this.calls.push(`${operation} ${id}`) - 1;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.fails(operation, id)) throw new Problem("upstream-unavailable");
    if (
      this.crashAt &&
      (number > this.crashAt.call || (number === this.crashAt.call && this.crashAt.moment === "before"))
    ) {
      throw new Error("crashed");
    }
    const result = effect();
    if (number === this.crashAt?.call) throw new Error("crashed");
    return result;
  }

  /** The context of a run at the trail's time. */
  context(signal?: AbortSignal): RequestContext {
    return testContext({ clock: () => this.now, ...(signal && { signal }) });
  }

  /** Ids of the events that are still marked. */
  get waiting(): string[] {
    return [...this.filed].flatMap(([id, { waitingSince }]) => (waitingSince ? [id] : []));
  }

  readonly ports: ProjectPorts & WaitingEvents & DueItems = {
    eventsIn: eventReader("latchkey/test"),
    keepPolicies: (signal) => this.keepPolicies(signal),
    fileEvent: (event, now) =>
      this.call("fileEvent", event.id, () => {
        const filed = this.filed.get(event.id);
        if (filed && !isDeepStrictEqual(filed.event, event)) return "refused";
        if (filed) return filed.waitingSince === undefined ? "published" : "waiting";
        this.filings.push(event.id);
        this.filed.set(event.id, { event, waitingSince: now.toISOString() });
        return "waiting";
      }),
    putEvents: (events) =>
      this.call("putEvents", events.map(({ id }) => id).join(), () =>
        events.map((event) => {
          if (this.refuses(event)) return { event, fault: new Problem("upstream-failure") };
          this.bus.push(event);
          return { event };
        }),
      ).catch((error: unknown) => events.map((event) => ({ event, fault: new Problem("internal", { cause: error }) }))),
    markPublished: (id) =>
      this.call("markPublished", id, () => {
        const filed = this.filed.get(id);
        if (!filed) throw new Error(`${id} is not filed`);
        filed.waitingSince = undefined;
      }),
    findDue: (due, until) => this.#find(due, until),
    readWaitingEvent: (id) =>
      this.call("readWaitingEvent", id, () => {
        const filed = this.filed.get(id);
        return filed?.waitingSince ? filed.event : undefined;
      }),
  };

  /** In pages of two, so that there are several. */
  async *#find(due: Due, until: Date): AsyncGenerator<readonly string[]> {
    const waiting = [...this.filed].filter(
      ([, { waitingSince }]) => waitingSince && waitingSince <= until.toISOString(),
    );
    const ids = due === "publication" ? waiting.map(([id]) => id) : (this.due[due] ?? []);
    for (let start = 0; start < Math.max(1, ids.length); start += 2) {
      yield await this.call("findDue", due, () => ids.slice(start, start + 2));
    }
  }
}

/** An event of a connection. */
export function eventOf(connectionId: string, sequence: number): TrailEvent {
  const type = sequence % 2 === 1 ? "connection.intended" : "connection.pushed";
  const at = new Date("2026-01-02T03:04:05.000Z");
  const facts = {
    actor: "alice",
    subject: "alice",
    ...place,
    instanceId: "i-0123456789abcdef0",
    requestId: "request-1",
  };
  return trailEvent({ collection: "connections", id: connectionId, sequence, type, at }, facts);
}

let records = 0;

/** A record of the table's stream: an item as it is after a change. */
export function recordOf(item: Readonly<Record<string, unknown>>): DynamoDBRecord {
  records += 1;
  // Lambda's type of an attribute is the SDK's but for its binary values.
  const NewImage = marshall(item, { removeUndefinedValues: true }) as unknown as NonNullable<
    NonNullable<DynamoDBRecord["dynamodb"]>["NewImage"]
  >;
  return { eventName: "MODIFY", dynamodb: { SequenceNumber: String(records).padStart(21, "0"), NewImage } };
}

/** That of a connection's item whose last change made these events. */
export function changeOf(connectionId: string, ...sequences: readonly number[]): DynamoDBRecord {
  const events = sequences.map((sequence) => eventOf(connectionId, sequence));
  const item = { pk: `connection#${connectionId}`, sk: "connection", status: "intended" };
  return recordOf({ ...item, sequence: sequences.at(-1), events });
}
