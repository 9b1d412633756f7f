import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { fileEvent, markPublished } from "../aws/dynamodb/event-table.ts";
import { eventsIn } from "../aws/dynamodb/stream-record.ts";
import { putEvents } from "../aws/eventbridge/event-bus.ts";
import { deadlineOf } from "../shared/deadline.ts";
import { environments } from "../shared/environment.ts";
import { type ProjectPorts, project } from "../workers/project.ts";
import { logWorker } from "../workers/worker-log.ts";

const { TABLE_NAME, EVENT_BUS_NAME } = environments.projector.parse(process.env);

/** Milliseconds that the bus may keep the stream waiting: what it has not taken by then, the sweep brings it. */
const busPatience = 5000;

const ports: ProjectPorts = {
  clock: () => new Date(),
  eventsIn,
  fileEvent: (event, now, signal) => fileEvent(TABLE_NAME, event, now, signal),
  putEvents: (events, signal) =>
    putEvents(EVENT_BUS_NAME, events, AbortSignal.any([signal, AbortSignal.timeout(busPatience)])),
  markPublished: (eventId, signal) => markPublished(TABLE_NAME, eventId, signal),
};

/** The table's stream, on its way to the trail and the bus. */
export async function handler(event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> {
  const { signal } = deadlineOf(context);
  const { batchItemFailures, published, faults } = await project(ports, event.Records, signal);
  const facts = { requestId: context.awsRequestId, records: event.Records.length };
  logWorker("projection", facts, { EventsPublished: published, EventsFailed: faults.length }, faults);
  return { batchItemFailures };
}
