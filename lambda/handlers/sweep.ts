import type { Context, ScheduledEvent } from "aws-lambda";
import { expireIfDue } from "../access/expire.ts";
import { accessChanges } from "../aws/dynamodb/access-table.ts";
import { connectionOutcomes } from "../aws/dynamodb/connection-table.ts";
import { dueIndex } from "../aws/dynamodb/due-items.ts";
import { waitingEvents } from "../aws/dynamodb/event-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { eventBus } from "../aws/eventbridge/event-bus.ts";
import { deadlineOf } from "../shared/deadline.ts";
import { environments } from "../shared/environment.ts";
import { type SweepPorts, sweep } from "../workers/sweep.ts";
import { logWorker } from "../workers/worker-log.ts";

const { TABLE_NAME, EVENT_BUS_NAME } = environments.sweep.parse(process.env);

const table = tableOf(TABLE_NAME);
const requests = accessChanges(table);
const bound = {
  ...dueIndex(table),
  ...connectionOutcomes(table),
  ...waitingEvents(table),
  ...eventBus(EVENT_BUS_NAME),
};

const portsFor = (requestId: string): SweepPorts => ({
  clock: () => new Date(),
  ...bound,
  expire: (accessTargetId, now, signal) => expireIfDue(requests, accessTargetId, now, requestId, signal),
});

/** Runs each minute: ends what has expired, and publishes the events that the bus has not taken. */
export async function handler(_: ScheduledEvent, context: Context): Promise<void> {
  const report = await sweep(portsFor(context.awsRequestId), deadlineOf(context).signal);
  const { expired, concluded, published, waiting, faults } = report;
  const counts = { EventsPublished: published, EventsWaiting: waiting, EventsFailed: faults.length };
  logWorker("sweep", { requestId: context.awsRequestId, expired, concluded }, counts, faults);
}
