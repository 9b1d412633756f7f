import type { DynamoDBBatchItemFailure, DynamoDBRecord } from "aws-lambda";
import type { EventBus, EventFile, PolicyKeeper, RecordEvents, WaitingEvents } from "../audit/ports.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { secondsAfter } from "../shared/time.ts";
import type { TrailEvent } from "../shared/trail-event.ts";
import { publish } from "./publish.ts";
import { type Failure, failureOf } from "./worker-log.ts";

export interface ProjectPorts extends EventFile, EventBus, PolicyKeeper, Pick<WaitingEvents, "markPublished"> {
  /** @throws Problem if Latchkey did not write the record. */
  eventsIn(record: DynamoDBRecord): RecordEvents;
}

export interface Projection {
  /** The first record that could not be filed, from which the stream delivers again. Empty if all were filed. */
  readonly batchItemFailures: DynamoDBBatchItemFailure[];
  readonly published: number;
  /** Uses of break-glass among the events. */
  readonly breakGlass: number;
  readonly failures: readonly Failure[];
  /** By event: those that do not belong to their item, and those whose id another event has. */
  readonly refusals: readonly Failure[];
}

const isForeign = "The event does not belong to the item that has it";
const isAhead = "The event is of a time that has not come";
const isTaken = "Another event is filed under the event's id";

/** Seconds by which the clock of the function that made an event may be ahead. */
const mostAhead = 60;

/**
 * Files the events of a stream's records in order, and puts those on the bus that wait for it. A record may be
 * delivered more than once. If the table fails, the stream redelivers from that record; if the bus fails, the events
 * stay marked in the table for the sweep, since the stream must not wait for the bus. A record that Latchkey did not
 * write is reported as a failure and skipped: redelivery would not change it. An event that is about something other
 * than its item is refused, and so is one of the future, which would stand before all others in every list until then.
 */
export async function project(
  ports: ProjectPorts,
  records: readonly DynamoDBRecord[],
  { clock, deadline: { signal } }: RequestContext,
): Promise<Projection> {
  /** By id: an item whose last change made no event still has the events of the change before. */
  const waiting = new Map<string, TrailEvent>();
  const batchItemFailures: DynamoDBBatchItemFailure[] = [];
  const failures: Failure[] = [];
  const refusals: Failure[] = [];
  // First, so that events come after their policies. Not a condition: the trail must not wait.
  await ports.keepPolicies(signal).catch((error: unknown) => failures.push(failureOf("keep", "policies", error)));
  for (const record of records) {
    // Without a number the whole batch is redelivered.
    const itemIdentifier = record.dynamodb?.SequenceNumber ?? "";
    let made: RecordEvents;
    try {
      made = ports.eventsIn(record);
    } catch (error) {
      failures.push(failureOf("read", itemIdentifier, error));
      continue;
    }
    const { item, events, foreign } = made;
    refusals.push(...Array.from({ length: foreign }, () => failureOf("refuse", item, new Error(isForeign))));
    try {
      const latest = secondsAfter(clock(), mostAhead);
      for (const event of events) {
        if (new Date(event.time) > latest) {
          refusals.push(failureOf("refuse", event.id, new Error(isAhead)));
          continue;
        }
        const filing = await ports.fileEvent(event, clock(), signal);
        if (filing === "waiting") waiting.set(event.id, event);
        if (filing === "refused") refusals.push(failureOf("refuse", event.id, new Error(isTaken)));
      }
    } catch (error) {
      failures.push(failureOf("file", itemIdentifier, error));
      // A stored item that cannot be read stays unreadable: the records after it must not wait for it.
      if (error instanceof Problem && error.code === "internal") continue;
      batchItemFailures.push({ itemIdentifier });
      break;
    }
  }
  const publication = await publish(ports, [...waiting.values()], signal);
  const breakGlass = [...waiting.values()].filter(({ type }) => type === "latchkey.break-glass.used").length;
  return {
    batchItemFailures,
    published: publication.published,
    breakGlass,
    failures: [...failures, ...publication.failures],
    refusals,
  };
}
