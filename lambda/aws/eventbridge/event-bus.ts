import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import type { BusResponse, EventBus } from "../../audit/ports.ts";
import { Problem } from "../../shared/problem.ts";
import type { TrailEvent } from "../../shared/trail-event.ts";
import { type ClientTarget, clientSettings } from "../clients.ts";
import { callDirectly } from "../direct-calls.ts";
import { awsProblem } from "../faults.ts";

/** EventBridge's limits on one call: entries, and bytes of all of them together. One entry may use all of it. */
const mostEntries = 10;
const mostBytes = 256 * 1024;

/** EventBridge counts 14 bytes for an entry's time. */
const timeBytes = 14;

/**
 * The bus of that name. Each event is put there as a CloudEvent in `detail`, with its type as `detail-type`. An event
 * that comes back with a fault may still have reached the bus.
 */
export function eventBus(target: ClientTarget, name: string): EventBus {
  const client = callDirectly(new EventBridgeClient(clientSettings(target)));
  return {
    async putEvents(events, signal) {
      const responses: BusResponse[] = [];
      for (const batch of batchesOf(events.map((event) => ({ event, entry: entryOf(name, event) })))) {
        responses.push(...(await putBatch(client, batch, signal)));
      }
      return responses;
    },
  };
}

interface Outgoing {
  readonly event: TrailEvent;
  readonly entry: PutEventsRequestEntry;
}

async function putBatch(
  client: EventBridgeClient,
  batch: readonly Outgoing[],
  signal: AbortSignal,
): Promise<readonly BusResponse[]> {
  const all = (fault: Problem) => batch.map(({ event }) => ({ event, fault }));
  if (batch.length === 1 && bytesOf(batch) >= mostBytes)
    return all(new Problem("internal", { cause: new Error("The event is too large for the bus") }));
  try {
    const command = new PutEventsCommand({ Entries: batch.map(({ entry }) => entry) });
    const { Entries = [] } = await client.send(command, { abortSignal: signal });
    return batch.map(({ event }, index) => {
      const entry = Entries[index];
      return entry?.EventId ? { event } : { event, fault: entryFault(entry?.ErrorCode) };
    });
  } catch (error) {
    return all(awsProblem(error, signal));
  }
}

/** An entry's error is known by its name, as a call's is. */
function entryFault(code = "NoResponse"): Problem {
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

/** The size of the entries, as EventBridge counts it. */
function bytesOf(batch: readonly Outgoing[]): number {
  const texts = batch.map(({ entry }) => `${entry.Source}${entry.DetailType}${entry.Detail}`);
  return texts.reduce((sum, text) => sum + timeBytes + Buffer.byteLength(text), 0);
}
