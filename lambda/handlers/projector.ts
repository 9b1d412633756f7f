import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { eventStore } from "../aws/dynamodb/event-table.ts";
import { eventsIn } from "../aws/dynamodb/stream-record.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { eventBus } from "../aws/eventbridge/event-bus.ts";
import { deadlineOf } from "../shared/deadline.ts";
import { environments } from "../shared/environment.ts";
import { type ProjectPorts, project } from "../workers/project.ts";
import { logWorker } from "../workers/worker-log.ts";

const { TABLE_NAME, EVENT_BUS_NAME } = environments.projector.parse(process.env);

/** Milliseconds that the stream waits for the bus: the sweep publishes what the bus has not taken by then. */
const busPatience = 5000;

const bus = eventBus(EVENT_BUS_NAME);

const ports: ProjectPorts = {
  clock: () => new Date(),
  eventsIn,
  ...eventStore(tableOf(TABLE_NAME)),
  putEvents: (events, signal) => bus.putEvents(events, AbortSignal.any([signal, AbortSignal.timeout(busPatience)])),
};

/** Files the events of the table's stream in the trail, and publishes them. */
export async function handler(event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> {
  const { signal } = deadlineOf(context);
  const { batchItemFailures, published, faults } = await project(ports, event.Records, signal);
  const facts = { requestId: context.awsRequestId, records: event.Records.length };
  logWorker("projection", facts, { EventsPublished: published, EventsFailed: faults.length }, faults);
  return { batchItemFailures };
}
