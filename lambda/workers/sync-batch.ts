import type { SQSBatchItemFailure, SQSRecord } from "aws-lambda";
import { dropTarget } from "../inventory/drop-target.ts";
import { type LookOutcome, lookAt } from "../inventory/look-at.ts";
import { readSyncMessage, type SyncMessage } from "../inventory/sync-message.ts";
import { type PageOutcome, syncPage } from "../inventory/sync-page.ts";
import type { FillPorts } from "../inventory/sync-ports.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { type TargetKey, targetKey } from "../shared/target.ts";
import { settle } from "./settle.ts";
import { type StartOutcome, type StartPorts, startSyncs } from "./start-syncs.ts";
import { type Failure, failureOf, type SyncCounts } from "./worker-log.ts";

export interface SyncPorts extends FillPorts, Omit<StartPorts, "store"> {
  readonly store: FillPorts["store"] & StartPorts["store"];
}

/** What became of one task, as it is logged. */
type TaskOutcome =
  | StartOutcome
  | PageOutcome
  | LookOutcome
  | { readonly outcome: "dropped"; readonly forgotten: number }
  /** It was no message, or of a target that is not served. */
  | { readonly outcome: "ignored" };

/** A target whose sync has failed. */
export interface FailingTarget {
  /** `<account>/<region>`. */
  readonly target: string;
  readonly code: string;
  /** How many have, in a row. */
  readonly failures: number;
}

export interface SyncReport {
  /** The messages that the queue has to redeliver. */
  readonly batchItemFailures: SQSBatchItemFailure[];
  readonly outcomes: readonly (TaskOutcome & { readonly target?: string })[];
  readonly failing: readonly FailingTarget[];
  readonly counts: SyncCounts;
  readonly failures: readonly Failure[];
}

/**
 * Does what each message asks for; all looks at instances of one target are one call. What a target fails at is noted, and its
 * message is done: its next sync sees everything. A message is redelivered only if something failed that all targets share.
 */
export async function syncBatch(
  ports: SyncPorts,
  records: readonly SQSRecord[],
  context: RequestContext,
): Promise<SyncReport> {
  const settled = await settle(tasksOf(records), (task) => perform(ports, task, context));
  const outcomes = settled.flatMap(({ item: { target }, value }) =>
    value ? [{ ...(target && { target: targetKey(target) }), ...value }] : [],
  );
  const failed = settled.flatMap(({ item, error }) => (error === undefined ? [] : [{ ...item, error }]));
  return {
    batchItemFailures: failed.flatMap(({ messageIds }) => messageIds.map((itemIdentifier) => ({ itemIdentifier }))),
    outcomes,
    failing: outcomes.flatMap((each) =>
      each.outcome === "failed" ? [{ target: each.target ?? "", code: each.code, failures: each.failures }] : [],
    ),
    counts: {
      TargetsSynced: outcomes.filter(({ outcome }) => outcome === "synced").length,
      UnitsFailed: outcomes.flatMap((each) => (each.outcome === "started" ? each.unlisted : [])).length,
    },
    failures: [
      ...outcomes.flatMap((each) => (each.outcome === "started" ? each.unlisted : [])),
      ...failed.map(({ messageIds, target, error }) =>
        failureOf("sync", target ? targetKey(target) : messageIds.join(), error),
      ),
    ],
  };
}

/** What some messages ask for, in one go. */
interface Task {
  readonly messageIds: readonly string[];
  readonly target?: TargetKey;
  readonly message?:
    | Exclude<SyncMessage, { kind: "look" }>
    | { readonly kind: "look"; readonly instanceIds: readonly string[] };
}

function tasksOf(records: readonly SQSRecord[]): readonly Task[] {
  const tasks: Task[] = [];
  const looks = new Map<string, { target: TargetKey; messageIds: string[]; instanceIds: Set<string> }>();
  for (const { messageId, body } of records) {
    const message = readSyncMessage(body);
    if (message?.kind !== "look") {
      tasks.push({
        messageIds: [messageId],
        ...(message && { message }),
        ...(message && message.kind !== "start" && { target: message }),
      });
      continue;
    }
    const look = looks.get(targetKey(message)) ?? { target: message, messageIds: [], instanceIds: new Set() };
    look.messageIds.push(messageId);
    look.instanceIds.add(message.instanceId);
    looks.set(targetKey(message), look);
  }
  return [
    ...tasks,
    ...[...looks.values()].map(({ target, messageIds, instanceIds }) => ({
      target,
      messageIds,
      message: { kind: "look", instanceIds: [...instanceIds] } as const,
    })),
  ];
}

async function perform(
  ports: SyncPorts,
  { message, target: key }: Task,
  context: RequestContext,
): Promise<TaskOutcome> {
  if (message?.kind === "start") return startSyncs(ports, message.hurry, context);
  if (message?.kind === "drop") return { outcome: "dropped", forgotten: await dropTarget(ports, message, context) };
  const target = key && ports.known.find(key);
  if (!message || !target) return { outcome: "ignored" };
  return message.kind === "page"
    ? syncPage(ports, target, message, context)
    : lookAt(ports, target, message.instanceIds, context);
}
