import type { SQSBatchItemFailure, SQSRecord } from "aws-lambda";
import { type BootReader, type CaptureOutcome, type CapturePorts, captureHostKeys } from "../host-keys/capture.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { Target } from "../shared/target.ts";
import { secondsAfter } from "../shared/time.ts";
import type { Locate } from "../targets/locate.ts";
import { settle } from "./settle.ts";
import { readStartEvent } from "./start-event.ts";
import { type CaptureCounts, type Failure, failureOf } from "./worker-log.ts";

/** Seconds after its start for which an instance's console is read: longer than a boot takes to print its keys. */
export const patience = 600;

export interface CaptureBatchPorts extends Pick<CapturePorts, "hostKeys"> {
  readonly locate: Locate;
  bootsIn(target: Target): BootReader;
}

/** The outcome of one message, as it is logged. `instanceId` is set if the message could be read. */
export interface MessageOutcome {
  readonly messageId: string;
  readonly instanceId?: string;
  /**
   * That of the capture; `malformed` if the message cannot be read; `unknown-target` if it is of an account and region that are not
   * served; `given-up` after `patience`.
   */
  readonly outcome: CaptureOutcome["outcome"] | "malformed" | "unknown-target" | "given-up";
  readonly why?: string;
  readonly fingerprints?: readonly string[];
}

export interface CaptureReport {
  /** The messages that the queue has to redeliver. */
  readonly batchItemFailures: SQSBatchItemFailure[];
  readonly outcomes: readonly MessageOutcome[];
  readonly counts: CaptureCounts;
  readonly failures: readonly Failure[];
}

/**
 * Reads the console of each instance that a message names. A message is redelivered if something failed, as often as the queue
 * allows, and if the console does not show the keys yet, until ten minutes after it was sent. A message that cannot be read,
 * or is of a target that is not served, is dropped: redelivery would not change it.
 */
export async function captureBatch(
  ports: CaptureBatchPorts,
  records: readonly SQSRecord[],
  context: RequestContext,
): Promise<CaptureReport> {
  const settled = await settle(records, (record) => captureOne(ports, record, context));
  const again = settled.filter(({ error, value }) => error !== undefined || value?.outcome === "pending");
  const outcomes = settled.flatMap(({ value }) => (value ? [value] : []));
  const count = (outcome: MessageOutcome["outcome"]) => outcomes.filter((each) => each.outcome === outcome).length;
  return {
    batchItemFailures: again.map(({ item }) => ({ itemIdentifier: item.messageId })),
    outcomes,
    counts: {
      HostKeysCaptured: count("captured"),
      HostKeysChanged: count("changed"),
      HostKeysRefused: count("refused"),
      StartsIgnored: count("unknown-target"),
    },
    failures: settled.flatMap(({ item, error }) =>
      error === undefined ? [] : [failureOf("capture", item.messageId, error)],
    ),
  };
}

async function captureOne(
  { locate, bootsIn, hostKeys }: CaptureBatchPorts,
  { messageId, body, attributes }: SQSRecord,
  context: RequestContext,
): Promise<MessageOutcome> {
  const start = readStartEvent(body);
  if (!start) return { messageId, outcome: "malformed" };
  const message = { messageId, instanceId: start.instanceId };
  const { target, isAbsent } = await locate(start, context);
  if (isAbsent) return { ...message, outcome: "unknown-target" };
  const capture = await captureHostKeys({ boots: bootsIn(target), hostKeys }, start, context);
  const until = secondsAfter(new Date(Number(attributes.SentTimestamp)), patience);
  const isOver = capture.outcome === "pending" && context.clock() >= until;
  return { ...message, ...capture, ...(isOver && { outcome: "given-up" }) };
}
