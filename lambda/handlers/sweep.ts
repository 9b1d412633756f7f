import type { Context, ScheduledEvent } from "aws-lambda";
import { expireIfDue } from "../access/expire.ts";
import { accessChanges } from "../aws/dynamodb/access-table.ts";
import { readConnection, writeOutcome } from "../aws/dynamodb/connection-table.ts";
import { findDue } from "../aws/dynamodb/due-items.ts";
import { markPublished, readWaitingEvent } from "../aws/dynamodb/event-table.ts";
import { putEvents } from "../aws/eventbridge/event-bus.ts";
import { deadlineOf } from "../shared/deadline.ts";
import { environments } from "../shared/environment.ts";
import { type SweepPorts, sweep } from "../workers/sweep.ts";
import { logWorker } from "../workers/worker-log.ts";

const { TABLE_NAME, EVENT_BUS_NAME } = environments.sweep.parse(process.env);

const requests = accessChanges(TABLE_NAME);

const portsFor = (requestId: string): SweepPorts => ({
  clock: () => new Date(),
  findDue: (due, until, signal) => findDue(TABLE_NAME, due, until, signal),
  expire: (accessTargetId, now, signal) => expireIfDue(requests, accessTargetId, now, requestId, signal),
  readConnection: (connectionId, signal) => readConnection(TABLE_NAME, connectionId, signal),
  writeOutcome: (connectionId, state) => writeOutcome(TABLE_NAME, connectionId, state),
  readWaitingEvent: (eventId, signal) => readWaitingEvent(TABLE_NAME, eventId, signal),
  putEvents: (events, signal) => putEvents(EVENT_BUS_NAME, events, signal),
  markPublished: (eventId, signal) => markPublished(TABLE_NAME, eventId, signal),
});

/** Rung each minute: what time has done becomes state and event, and what the bus has not got is brought to it again. */
export async function handler(_: ScheduledEvent, context: Context): Promise<void> {
  const report = await sweep(portsFor(context.awsRequestId), deadlineOf(context).signal);
  const { expired, concluded, published, waiting, faults } = report;
  const counts = { EventsPublished: published, EventsWaiting: waiting, EventsFailed: faults.length };
  logWorker("sweep", { requestId: context.awsRequestId, expired, concluded }, counts, faults);
}
