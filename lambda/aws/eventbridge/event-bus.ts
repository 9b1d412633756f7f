import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { Problem } from "../../shared/problem.ts";
import type { TrailEvent } from "../../shared/trail-event.ts";
import type { BusResponse } from "../../workers/publish.ts";
import { clientSettings } from "../client-settings.ts";
import { awsProblem } from "../faults.ts";

const eventBridge = new EventBridgeClient(clientSettings);

/** EventBridge's bounds on one call: entries, and bytes of them all together. One entry may fill it. */
const mostEntries = 10;
const mostBytes = 256 * 1024;

/** EventBridge counts 14 bytes for an entry's time. */
const timeBytes = 14;

/**
 * Puts events on the bus, each as a CloudEvent in `detail`, with the event's type as `detail-type`.
 *
 * @returns for each event whether the bus has it, in their order. It never rejects: a call that fails is a fault of each
 *   event in it. A fault does not say that the bus has not got the event.
 */
export async function putEvents(
  busName: string,
  events: readonly TrailEvent[],
  signal: AbortSignal,
): Promise<readonly BusResponse[]> {
  const answers: BusResponse[] = [];
  for (const batch of batchesOf(events.map((event) => ({ event, entry: entryOf(busName, event) })))) {
    answers.push(...(await putBatch(batch, signal)));
  }
  return answers;
}

interface Outgoing {
  readonly event: TrailEvent;
  readonly entry: PutEventsRequestEntry;
}

async function putBatch(batch: readonly Outgoing[], signal: AbortSignal): Promise<readonly BusResponse[]> {
  const all = (fault: Problem) => batch.map(({ event }) => ({ event, fault }));
  if (batch.length === 1 && bytesOf(batch) >= mostBytes)
    return all(new Problem("internal", { cause: new Error("The event is too large for the bus") }));
  try {
    const command = new PutEventsCommand({ Entries: batch.map(({ entry }) => entry) });
    const { Entries = [] } = await eventBridge.send(command, { abortSignal: signal });
    return batch.map(({ event }, index) => {
      const answer = Entries[index];
      return answer?.EventId ? { event } : { event, fault: entryFault(answer?.ErrorCode) };
    });
  } catch (error) {
    return all(awsProblem(error, signal));
  }
}

/** An entry's error is told by name, as a call's is. */
function entryFault(code = "NoAnswer"): Problem {
  return awsProblem(Object.assign(new Error("An entry was refused"), { name: code }));
}

function entryOf(busName: string, event: TrailEvent): PutEventsRequestEntry {
  return {
    EventBusName: busName,
    Source: event.source,
    DetailType: event.type,
    Time: new Date(event.time),
    Detail: JSON.stringify(event),
  };
}

function* batchesOf(outgoing: readonly Outgoing[]): Generator<readonly Outgoing[]> {
  let batch: Outgoing[] = [];
  for (const each of outgoing) {
    if (batch.length === mostEntries || (batch.length > 0 && bytesOf([...batch, each]) >= mostBytes)) {
      yield batch;
      batch = [];
    }
    batch.push(each);
  }
  if (batch.length > 0) yield batch;
}

/** As EventBridge reckons an entry's size. */
function bytesOf(batch: readonly Outgoing[]): number {
  const texts = batch.map(({ entry }) => `${entry.Source}${entry.DetailType}${entry.Detail}`);
  return texts.reduce((sum, text) => sum + timeBytes + Buffer.byteLength(text), 0);
}
