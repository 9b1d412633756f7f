import { createHash } from "node:crypto";
import type { SQSBatchItemFailure, SQSRecord } from "aws-lambda";
import { problems } from "../../contract/problem.ts";
import { ChatFault, type Message } from "../chat/chat.ts";
import { type ChatInput, readChatInput } from "../chat/chat-input.ts";
import { perform } from "../chat/perform.ts";
import type { ChatPorts, ChatSettings } from "../chat/ports.ts";
import { problemMessage } from "../chat/problem-message.ts";
import { type ShowRequestPorts, type ShowSettings, showRequest } from "../chat/show-request.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { settle } from "./settle.ts";
import { type ChatCounts, type Failure, failureOf } from "./worker-log.ts";

export interface ChatBatchPorts extends ChatPorts, ShowRequestPorts {
  readonly posts: ShowRequestPorts["posts"];
  /** Has a message delivered again after some seconds. */
  putOff(record: SQSRecord, seconds: number, signal: AbortSignal): Promise<void>;
}

export interface ChatReport {
  /** The messages that their queue has to redeliver. */
  readonly batchItemFailures: SQSBatchItemFailure[];
  readonly counts: ChatCounts;
  readonly failures: readonly Failure[];
}

/** What one input, or all events of one access request, ask for. */
type Task =
  | { readonly records: readonly SQSRecord[]; readonly input: ChatInput }
  | { readonly records: readonly SQSRecord[]; readonly accessRequestId: string }
  /** Nothing that this version of Latchkey knows. */
  | { readonly records: readonly SQSRecord[] };

/**
 * Does what people have asked for in chats, and makes messages show what has happened to access requests. What a chat or AWS fails at
 * is delivered again: when the chat says, else later each time. What is wrong for good is told to whom it is for, or logged.
 */
export async function chatBatch(
  ports: ChatBatchPorts,
  settings: ChatSettings & ShowSettings,
  records: readonly SQSRecord[],
  context: RequestContext,
): Promise<ChatReport> {
  const settled = await settle(tasksOf(records), (task) => performTask(ports, settings, task, context));
  const { signal } = context.deadline;
  const failed = settled.flatMap(({ item, error }) => (error === undefined ? [] : [{ ...item, error }]));
  const again = failed.flatMap((task) =>
    task.records.map((record) => ({ record, seconds: delayOf(task.error, record) })),
  );
  // If it cannot be put off, it comes back later.
  await Promise.all(again.map(({ record, seconds }) => ports.putOff(record, seconds, signal).catch(() => {})));
  return {
    batchItemFailures: again.map(({ record }) => ({ itemIdentifier: record.messageId })),
    counts: {
      ChatInputs: settled.filter(({ item }) => "input" in item).length,
      ChatRequestsShown: settled.filter(({ item, error }) => "accessRequestId" in item && error === undefined).length,
      ChatPutOff: again.length,
    },
    failures: [
      ...failed.filter(({ error }) => !isBusy(error)).map((task) => failureOf("chat", nameOf(task), task.error)),
      ...settled.flatMap(({ item, value }) => (value === undefined ? [] : [failureOf("chat", nameOf(item), value)])),
    ],
  };
}

/** Another worker has the message: that is no failure. */
const isBusy = (error: unknown) => error instanceof ChatFault && error.message === "busy";

const nameOf = (task: Task): string =>
  "accessRequestId" in task ? task.accessRequestId : task.records.map(({ messageId }) => messageId).join();

function tasksOf(records: readonly SQSRecord[]): readonly Task[] {
  const tasks: Task[] = [];
  const shown = new Map<string, SQSRecord[]>();
  for (const record of records) {
    const input = readChatInput(record.body);
    const accessRequestId = input ? undefined : accessRequestIn(record.body);
    if (input) tasks.push({ records: [record], input });
    else if (accessRequestId === undefined) tasks.push({ records: [record] });
    else shown.set(accessRequestId, [...(shown.get(accessRequestId) ?? []), record]);
  }
  return [...tasks, ...[...shown].map(([accessRequestId, all]) => ({ accessRequestId, records: all }))];
}

/** The access request that an event of the bus is about. */
function accessRequestIn(body: string): string | undefined {
  try {
    const { detail } = JSON.parse(body);
    const id: unknown = detail?.data?.accessRequestId;
    return typeof id === "string" ? id : undefined;
  } catch {
    return undefined;
  }
}

/** @returns what has failed without being worth another try. @throws any error after which there is to be one. */
async function performTask(
  ports: ChatBatchPorts,
  settings: ChatSettings & ShowSettings,
  task: Task,
  context: RequestContext,
): Promise<unknown> {
  if ("accessRequestId" in task) return showRequest(ports, settings, task.accessRequestId, context);
  if (!("input" in task)) return new Error("The message is neither an input nor an event");
  const [record] = task.records;
  const { input } = task;
  const key = `chat-${createHash("sha256")
    .update(record?.body ?? "")
    .digest("hex")}`;
  const here = { ...context, via: input.from.chat };
  let failed: unknown;
  const message = await perform(ports, settings, { input, key }, here).catch((error: unknown): Message => {
    if (error instanceof ChatFault || (isPassing(error) && attemptOf(record) < mostAttempts)) throw error;
    failed = error;
    return problemMessage(error instanceof Problem ? error : new Problem("internal"), context.requestId);
  });
  try {
    await ports.chat.reply(input, message, context.deadline.signal);
  } catch (error) {
    if (!(error instanceof ChatFault) || error.retryAfter !== undefined) throw error;
    // There is nobody to tell.
    failed ??= error;
  }
  return failed;
}

/** Deliveries after which somebody is told that AWS fails, rather than left to wait. */
const mostAttempts = 6;

const isPassing = (error: unknown) => error instanceof Problem && problems[error.code].retryable;

const attemptOf = (record: SQSRecord | undefined) => Number(record?.attributes.ApproximateReceiveCount ?? 1) || 1;

/** Seconds: five minutes. */
const longestDelay = 300;

/** Seconds until a message is delivered again: at first soon, then later each time, but not before the chat says. */
function delayOf(error: unknown, record: SQSRecord): number {
  const growing = 2 ** Math.min(attemptOf(record) - 1, 10);
  const asked = error instanceof ChatFault ? (error.retryAfter ?? longestDelay) : 0;
  // SQS takes twelve hours at most.
  return Math.min(Math.max(asked, Math.min(growing, longestDelay)), 3600);
}
