import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { eventStore } from "../aws/dynamodb/event-table.ts";
import { policyKeeper } from "../aws/dynamodb/policy-table.ts";
import { eventReader } from "../aws/dynamodb/stream-record.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { eventBus } from "../aws/eventbridge/event-bus.ts";
import { readPolicyText } from "../policy/policy-text.ts";
import { environments } from "../shared/environment.ts";
import { workerContext } from "../shared/request-context.ts";
import { type ProjectPorts, project } from "../workers/project.ts";
import { logWorker } from "../workers/worker-log.ts";

const environment = environments.projector.parse(process.env);
const { TABLE_NAME, EVENT_BUS_NAME, STACK_NAME, LAMBDA_TASK_ROOT, AWS_REGION: region } = environment;

/** Milliseconds that the stream waits for the bus. The sweep publishes what it has not accepted by then. */
const busPatience = 5000;

const bus = eventBus({ region }, EVENT_BUS_NAME);

const table = tableOf({ region }, TABLE_NAME);

const ports: ProjectPorts = {
  eventsIn: eventReader(`latchkey/${STACK_NAME}`),
  ...eventStore(table),
  ...policyKeeper(table, () => readPolicyText(LAMBDA_TASK_ROOT)),
  putEvents: (events, signal) => bus.putEvents(events, AbortSignal.any([signal, AbortSignal.timeout(busPatience)])),
};

/** Keeps the deployed policies, files the events of the table's stream, and puts them on the bus. */
export async function handler(event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> {
  const { batchItemFailures, published, breakGlass, failures, refusals } = await project(
    ports,
    event.Records,
    workerContext(context),
  );
  const fields = { requestId: context.awsRequestId, records: event.Records.length };
  const counts = {
    EventsPublished: published,
    EventsFailed: failures.length,
    EventsRefused: refusals.length,
    BreakGlass: breakGlass,
  };
  logWorker("projection", fields, counts, [...refusals, ...failures]);
  return { batchItemFailures };
}
