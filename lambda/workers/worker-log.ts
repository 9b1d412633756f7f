import { describeFault } from "../shared/describe-fault.ts";
import { logLine } from "../shared/log-line.ts";
import { Problem } from "../shared/problem.ts";

/** What failed with one item, as it may be logged. */
export interface Failure {
  readonly step:
    | "read"
    | "refuse"
    | "file"
    | "keep"
    | "publish"
    | "mark"
    | "find"
    | "expiry"
    | "outcome"
    | "closing"
    | "suspension"
    | "capture"
    | "chat"
    | "accounts"
    | "sync"
    | "deliver";
  /** The id of the event, or of what else the step worked on. */
  readonly item: string;
  readonly code?: string;
  readonly cause: ReturnType<typeof describeFault>;
}

export function failureOf(step: Failure["step"], item: string, error: unknown): Failure {
  if (!(error instanceof Problem)) return { step, item, cause: describeFault(error) };
  return { step, item, code: error.code, cause: describeFault(error.cause ?? error) };
}

/** Failures that one line shows: when a service is down they are all alike. */
const mostFailures = 5;

// Each count is a CloudWatch metric of that name in the namespace `Latchkey`, with the one dimension `service`. Alarms refer to
// these names.

/** Counts of the trail's workers. */
export interface TrailCounts {
  /** Events that the bus has accepted, including repeated ones. */
  readonly EventsPublished: number;
  /** Items that failed. */
  readonly EventsFailed: number;
  /** Events that were neither filed nor published, because they are not their item's. */
  readonly EventsRefused?: number;
  /** Events that have waited for the bus for a minute or more, after a sweep. */
  readonly EventsWaiting?: number;
  /** Uses of break-glass among the filed events. */
  readonly BreakGlass?: number;
}

/** Counts of the captures of host keys. */
export interface CaptureCounts {
  /** Instances whose host keys were captured. */
  readonly HostKeysCaptured: number;
  /** Consoles that showed other keys than those captured before. */
  readonly HostKeysChanged: number;
  /** Consoles that showed something other than host keys in their place. */
  readonly HostKeysRefused: number;
  /** Starts of instances in accounts and regions that are not served. */
  readonly StartsIgnored: number;
}

/** Counts of the syncs of targets. */
export interface SyncCounts {
  /** Syncs that have seen all of their target. */
  readonly TargetsSynced: number;
  /** Organizational units whose accounts could not be listed. */
  readonly UnitsFailed: number;
}

/** Counts of the deliveries to webhooks. */
export interface WebhookCounts {
  readonly WebhooksDelivered: number;
  /** Attempts that failed, and are followed by another. */
  readonly WebhooksFailed: number;
  /** Those of them that came an hour or more after the event. */
  readonly WebhooksLate: number;
  /** Events that went to a dead-letter queue. */
  readonly WebhooksBuried: number;
}

/** Counts of the work for chats. */
export interface ChatCounts {
  /** What people have done in chats. */
  readonly ChatInputs: number;
  /** Access requests whose messages show them as they are. */
  readonly ChatRequestsShown: number;
  /** Messages of the queues that come back later, because a chat or AWS has failed. */
  readonly ChatPutOff: number;
}

export type WorkerCount =
  | keyof TrailCounts
  | keyof CaptureCounts
  | keyof SyncCounts
  | keyof WebhookCounts
  | keyof ChatCounts;

/** With the further dimension `target`: how many syncs of it have failed in a row. */
export type TargetCount = "SyncFailures";

/** Writes the log line of a target whose sync has failed. */
export function logFailingTarget({
  target,
  failures,
  ...fields
}: {
  /** `<account>/<region>`. */
  readonly target: string;
  readonly code: string;
  readonly failures: number;
}): void {
  const counts: Readonly<Record<TargetCount, number>> = { SyncFailures: failures };
  logLine("warn", "target.failing", { target, ...fields }, { target, counts });
}

/**
 * Writes the one log line of a worker's invocation: `<worker>.completed` at info, or `<worker>.failed` at error if anything
 * failed.
 */
export function logWorker(
  worker: "projection" | "sweep" | "capture" | "sync" | "webhooks" | "chat",
  fields: Readonly<Record<string, unknown>>,
  counts: TrailCounts | CaptureCounts | SyncCounts | WebhookCounts | ChatCounts,
  failures: readonly Failure[],
): void {
  const measurements = { counts: { ...counts } };
  if (failures.length === 0) {
    logLine("info", `${worker}.completed`, fields, measurements);
    return;
  }
  logLine("error", `${worker}.failed`, { ...fields, failures: failures.slice(0, mostFailures) }, measurements);
}
