import { randomUUID } from "node:crypto";
import type { EventBridgeEvent } from "aws-lambda";
import * as z from "zod";
import { account, region } from "../shared/account.ts";
import { type EventPattern, fitsPattern } from "./event-pattern.ts";
import { json, readJson, targetBehind } from "./json-call.ts";
import { eventBusName, places } from "./roles.ts";
import { ServiceError } from "./service-error.ts";
import type { Call, Reply, Service } from "./stand-in.ts";

/** An event as consumers of the bus see it. */
export interface BusEvent {
  readonly bus: string;
  readonly source: string;
  readonly "detail-type": string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event as a rule delivers it to its target. */
export type DeliveredEvent = EventBridgeEvent<string, BusEvent["detail"]>;

interface Rule {
  readonly pattern: EventPattern;
  readonly deliver: (event: DeliveredEvent) => void;
}

/** How the bus fails: it rejects the call, or accepts the call and none of its entries, which the SDK reports as success. */
export type BusFault = "calls" | "entries";

/** Stand-in for the event bus. It keeps accepted events in order, and delivers them by rules. */
export class EventBus {
  readonly events: BusEvent[] = [];
  readonly #rules: Rule[] = [];
  /** Set by tests. */
  fault: BusFault | undefined;
  readonly #onEvent: (event: BusEvent) => void;

  constructor(onEvent: (event: BusEvent) => void = () => {}) {
    this.#onEvent = onEvent;
  }

  /** Delivers each later event that fits the pattern to the target, in the order in which they come. */
  addRule(pattern: EventPattern, deliver: Rule["deliver"]): void {
    this.#rules.push({ pattern, deliver });
  }

  /** @param accepted the id that EventBridge gave it, and its time without fractions of a second */
  take(event: BusEvent, accepted: Pick<DeliveredEvent, "id" | "time">): void {
    this.events.push(event);
    this.#onEvent(event);
    const { source, "detail-type": type, detail } = event;
    const delivered = { version: "0", resources: [], "detail-type": type, source, account, region, detail };
    for (const { pattern, deliver } of this.#rules) {
      if (fitsPattern(pattern, delivered)) deliver({ ...delivered, ...accepted });
    }
  }
}

/** The service's limit on entries per call. */
const maxEntries = 10;

const putEvents = z.strictObject({
  Entries: z
    .array(
      z.strictObject({
        EventBusName: z.literal(eventBusName),
        Source: z.string().min(1),
        DetailType: z.string().min(1).max(128),
        Detail: z.string(),
        /** Epoch seconds. */
        Time: z.number(),
      }),
    )
    .min(1)
    .max(maxEntries),
});

/** Stand-in for EventBridge. */
export function eventsService(bus: EventBus): Service {
  return {
    name: "events",
    operationOf: (headers) => targetBehind("AWSEvents.", headers),
    operations: { PutEvents: (call) => put(call, bus) },
    describeError: ({ code, message, status }) => json("1.1", { __type: code, message }, status),
  };
}

function put(call: Call, bus: EventBus): Reply {
  const { Entries } = readJson(putEvents, call);
  if (!call.allows("events:PutEvents", places.eventBusArn)) {
    throw new ServiceError("AccessDeniedException", 400, "Not authorized to put events on this bus");
  }
  if (bus.fault === "calls") throw new ServiceError("ServiceUnavailable", 503, "The bus is down");
  const entries = Entries.map(({ Source, DetailType, Detail, Time }) => {
    if (bus.fault === "entries") return { ErrorCode: "InternalFailure", ErrorMessage: "The bus is down" };
    const detail = readDetail(Detail);
    if (!detail) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
    const id = randomUUID();
    const time = new Date(Math.floor(Time) * 1000).toISOString().replace(".000Z", "Z");
    bus.take({ bus: eventBusName, source: Source, "detail-type": DetailType, detail }, { id, time });
    return { EventId: id };
  });
  return json("1.1", { Entries: entries, FailedEntryCount: entries.filter((entry) => "ErrorCode" in entry).length });
}

/** Undefined if it is not a JSON object. */
function readDetail(text: string): Record<string, unknown> | undefined {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
