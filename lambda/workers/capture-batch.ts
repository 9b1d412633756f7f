import type { SQSBatchItemFailure, SQSRecord } from "aws-lambda";
import { type CaptureOutcome, type CapturePorts, captureHostKeys } from "../host-keys/capture.ts";
import { secondsAfter } from "../shared/time.ts";
import { settle } from "./settle.ts";
import { readStartEvent } from "./start-event.ts";
import { type CaptureCounts, type Fault, faultOf } from "./worker-log.ts";

/** Seconds for which the console of an instance that has started is looked at: more than a boot takes to show its keys. */
export const patience = 600;

/** What came of one message, as the log tells it: `instanceId` where it could be read. */
export interface MessageOutcome {
  readonly messageId: string;
  readonly instanceId?: string;
  /** Those of a capture; of a message that cannot be read; of one whose time is over. */
  readonly outcome: CaptureOutcome["outcome"] | "malformed" | "given-up";
  readonly why?: string;
  readonly fingerprints?: readonly string[];
}

export interface CaptureReport {
  /** The messages that the queue is to bring again. */
  readonly batchItemFailures: SQSBatchItemFailure[];
  readonly outcomes: readonly MessageOutcome[];
  readonly counts: CaptureCounts;
  readonly faults: readonly Fault[];
}

/**
 * Looks at the console of each instance that a message of the queue tells of. A message comes again where something went wrong,
 * for as long as the queue brings it; and where the console does not show the keys yet, until ten minutes after the queue got
 * it. One that cannot be read would be none the better for that.
 */
export async function captureBatch(
  ports: CapturePorts,
  records: readonly SQSRecord[],
  requestId: string,
  signal: AbortSignal,
): Promise<CaptureReport> {
  const settled = await settle(records, (record) => lookOnce(ports, record, requestId, signal));
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
    },
    faults: settled.flatMap(({ item, error }) =>
      error === undefined ? [] : [faultOf("capture", item.messageId, error)],
    ),
  };
}

async function lookOnce(
  ports: CapturePorts,
  { messageId, body, attributes, eventSourceARN }: SQSRecord,
  requestId: string,
  signal: AbortSignal,
): Promise<MessageOutcome> {
  // arn:<partition>:sqs:<region>:<account>:<name>: the queue is where the instances are.
  const [, , , region = "", accountId = ""] = eventSourceARN.split(":");
  const start = readStartEvent(body, { accountId, region });
  if (!start) return { messageId, outcome: "malformed" };
  const told = { messageId, instanceId: start.instanceId };
  const capture = await captureHostKeys(ports, start, requestId, signal);
  const until = secondsAfter(new Date(Number(attributes.SentTimestamp)), patience);
  const isOver = capture.outcome === "pending" && ports.clock() >= until;
  return { ...told, ...capture, ...(isOver && { outcome: "given-up" }) };
}
