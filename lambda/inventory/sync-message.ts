import * as z from "zod";
import { instanceId } from "../../contract/fields.ts";
import type { InstanceKey } from "../shared/instance.ts";
import type { TargetKey } from "../shared/target.ts";

/** Account and region, as EventBridge and this project write them. */
export const targetFields = {
  accountId: z.string().regex(/^[0-9]{12}$/),
  region: z.string().regex(/^[a-z0-9-]{1,32}$/),
};

/** Begins a sync of every target. */
const start = z.strictObject({
  kind: z.literal("start"),
  /** Whether also of those that have failed so often that they should wait. */
  hurry: z.boolean(),
});

/** Goes on with the sync of a target by one page. */
const page = z.strictObject({
  kind: z.literal("page"),
  ...targetFields,
  /** How many syncs of the target have failed in a row before. */
  failures: z.int().min(0),
  /** From the second page on: when the sync began, EC2's token, and `SeenInstances`. */
  next: z.strictObject({ startedAt: z.iso.datetime(), token: z.string().min(1), seen: z.base64() }).optional(),
});

/** Forgets a target that is no longer served. */
const drop = z.strictObject({ kind: z.literal("drop"), ...targetFields });

const ownMessage = z.discriminatedUnion("kind", [start, page, drop]);

export type StartMessage = z.infer<typeof start>;
export type PageMessage = z.infer<typeof page>;
export type DropMessage = z.infer<typeof drop>;

/** Looks at one instance. */
export interface LookMessage extends InstanceKey {
  readonly kind: "look";
}

/** Everything that the queue may hold. */
export type SyncMessage = z.infer<typeof ownMessage> | LookMessage;

/**
 * The envelope of an event of EC2 about instances: a change of state or of tags. EventBridge writes account, region and source,
 * and takes no source of AWS's from anybody else. Nothing but the instance's id is read of what the event says.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
 */
const instanceEvent = z.object({
  source: z.enum(["aws.ec2", "aws.tag"]),
  account: targetFields.accountId,
  region: targetFields.region,
  /** ARNs. */
  resources: z.tuple([z.string()]),
});

/** @returns undefined for text that is none of these. An event of EventBridge has no `kind`. */
export function readSyncMessage(text: string): SyncMessage | undefined {
  const json = parsed(text);
  return ownMessage.safeParse(json).data ?? readInstanceEvent(json);
}

function readInstanceEvent(json: unknown): LookMessage | undefined {
  const { data } = instanceEvent.safeParse(json);
  if (!data) return undefined;
  const [, id] = /^arn:[^:]*:ec2:[^:]*:[^:]*:instance\/(.*)$/.exec(data.resources[0]) ?? [];
  const checked = instanceId.safeParse(id);
  return checked.success
    ? { kind: "look", accountId: data.account, region: data.region, instanceId: checked.data }
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A message on its way to the queue. */
export interface DelayedMessage {
  readonly message: StartMessage | PageMessage | DropMessage;
  /** Whole seconds until it is delivered, 900 at most. */
  readonly delaySeconds: number;
}

/** Sends messages to the queue that this function is fed by. Rejects with a Problem, and stops when its signal aborts. */
export interface SyncQueue {
  send(message: DelayedMessage, signal: AbortSignal): Promise<void>;
}

/** The target of a message, without the rest. */
export const targetOf = ({ accountId, region }: TargetKey): TargetKey => ({ accountId, region });
