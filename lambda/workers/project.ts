import type { DynamoDBBatchItemFailure, DynamoDBRecord } from "aws-lambda";
import { Problem } from "../shared/problem.ts";
import type { TrailEvent } from "../shared/trail-event.ts";
import { type PublishPorts, publish } from "./publish.ts";
import { type Fault, faultOf } from "./worker-log.ts";

/** All that the projection of the table's stream reaches outside for. */
export interface ProjectPorts extends PublishPorts {
  clock(): Date;
  /** Throws a Problem where a record is not what Latchkey writes. */
  eventsIn(record: DynamoDBRecord): readonly TrailEvent[];
  /** Answers whether the event is waiting for the bus; rejects with a Problem. */
  fileEvent(event: TrailEvent, now: Date, signal: AbortSignal): Promise<boolean>;
}

export interface Projection {
  /** Where the stream has to go on from: the first record that could not be filed. Empty: all were. */
  readonly batchItemFailures: DynamoDBBatchItemFailure[];
  readonly published: number;
  readonly faults: readonly Fault[];
}

/**
 * Files the events of a stream's records in their order, and puts on the bus those that wait for it. A record may be
 * delivered more than once. What the table does not take stops the rest, and the stream brings it again; what the bus does
 * not take stays marked in the table for the sweep, since the stream must not wait for the bus. A record that is not what
 * Latchkey writes would be none the better for a second delivery: it is told as a fault, and passed over.
 */
export async function project(
  ports: ProjectPorts,
  records: readonly DynamoDBRecord[],
  signal: AbortSignal,
): Promise<Projection> {
  /** By id: a change that made no event has those of the change before it. */
  const waiting = new Map<string, TrailEvent>();
  const batchItemFailures: DynamoDBBatchItemFailure[] = [];
  const faults: Fault[] = [];
  for (const record of records) {
    // Without a number the whole batch comes again.
    const itemIdentifier = record.dynamodb?.SequenceNumber ?? "";
    let events: readonly TrailEvent[];
    try {
      events = ports.eventsIn(record);
    } catch (error) {
      faults.push(faultOf("read", itemIdentifier, error));
      continue;
    }
    try {
      for (const event of events) {
        if (await ports.fileEvent(event, ports.clock(), signal)) waiting.set(event.id, event);
      }
    } catch (error) {
      faults.push(faultOf("file", itemIdentifier, error));
      // What stands there already and cannot be read is no better the next time: what comes behind it must not wait for it.
      if (error instanceof Problem && error.code === "internal") continue;
      batchItemFailures.push({ itemIdentifier });
      break;
    }
  }
  const publication = await publish(ports, [...waiting.values()], signal);
  return { batchItemFailures, published: publication.published, faults: [...faults, ...publication.faults] };
}
