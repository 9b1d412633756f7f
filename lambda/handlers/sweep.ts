import type { Context, ScheduledEvent } from "aws-lambda";
import { closeSuspension, endIfSuspended } from "../access/end-suspended.ts";
import { expireIfDue } from "../access/expire.ts";
import { accessChanges } from "../aws/dynamodb/access-table.ts";
import { chatLinkStore } from "../aws/dynamodb/chat-link-table.ts";
import { connectionOutcomes } from "../aws/dynamodb/connection-table.ts";
import { denialClosings } from "../aws/dynamodb/denial-table.ts";
import { dueIndex } from "../aws/dynamodb/due-items.ts";
import { waitingEvents } from "../aws/dynamodb/event-table.ts";
import { suspensionClosings } from "../aws/dynamodb/suspension-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { eventBus } from "../aws/eventbridge/event-bus.ts";
import { unlinkSuspended } from "../chat/links.ts";
import { closeIfDue } from "../connect/close-denials.ts";
import { environments } from "../shared/environment.ts";
import { workerContext } from "../shared/request-context.ts";
import { type SweepPorts, sweep } from "../workers/sweep.ts";
import { logWorker } from "../workers/worker-log.ts";

const { TABLE_NAME, EVENT_BUS_NAME, AWS_REGION: region } = environments.sweep.parse(process.env);

const table = tableOf({ region }, TABLE_NAME);
const requests = accessChanges(table);
const denials = denialClosings(table);
const suspensions = suspensionClosings(table);
const links = chatLinkStore(table);

const ports: SweepPorts = {
  ...dueIndex(table),
  expire: (accessTargetId, context) => expireIfDue(requests, accessTargetId, context),
  connections: connectionOutcomes(table),
  close: (denialId, context) => closeIfDue(denials, denialId, context),
  endSuspended: (accessTargetId, context) => endIfSuspended(requests, suspensions, accessTargetId, context),
  unlinkSuspended: (callerId, context) => unlinkSuspended({ links, suspensions }, callerId, context),
  closeSuspension: (callerId, now, signal) => closeSuspension(suspensions, callerId, { now, signal }),
  events: { ...waitingEvents(table), ...eventBus({ region }, EVENT_BUS_NAME) },
};

/**
 * Runs each minute: records what has expired, what a suspension has ended, and what has no outcome, closes denials, and publishes
 * again what the bus has not got.
 */
export async function handler(_: ScheduledEvent, context: Context): Promise<void> {
  const { expired, suspended, concluded, closed, published, waiting, failures } = await sweep(
    ports,
    workerContext(context),
  );
  const counts = { EventsPublished: published, EventsWaiting: waiting, EventsFailed: failures.length };
  logWorker("sweep", { requestId: context.awsRequestId, expired, suspended, concluded, closed }, counts, failures);
}
