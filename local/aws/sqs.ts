import { createHash, randomUUID } from "node:crypto";
import * as z from "zod";
import { account, region } from "../shared/account.ts";
import { json, readJson, targetBehind } from "./json-call.ts";
import { ServiceError } from "./service-error.ts";
import type { Call, Reply, Service } from "./stand-in.ts";

/** A queue that functions send to, or whose messages they put off. */
export interface Queue {
  send(bodies: readonly string[]): Promise<void>;
  /**
   * Has a message come again after so many seconds if it is not done.
   *
   * @returns whether it is being processed.
   */
  changeVisibility(receiptHandle: string, seconds: number): boolean;
}

const urlPrefix = `https://sqs.${region}.amazonaws.com/${account}/`;

export const queueUrl = (name: string): string => `${urlPrefix}${name}`;
export const queueArn = (name: string): string => `arn:aws:sqs:${region}:${account}:${name}`;

const QueueUrl = z.string().startsWith(urlPrefix);

/** The limits of SQS's API reference. */
const sendMessage = z.strictObject({
  QueueUrl,
  MessageBody: z.string().min(1).max(1_048_576),
  DelaySeconds: z.int().min(0).max(900).optional(),
});
const changeVisibility = z.strictObject({
  QueueUrl,
  ReceiptHandle: z.string().min(1),
  VisibilityTimeout: z.int().min(0).max(43_200),
});

/**
 * Stand-in for SQS: functions send messages, whose delay is not kept, and put off those that they process.
 *
 * @param queues by name.
 */
export function sqsService(queues: Readonly<Record<string, Queue>>): Service {
  return {
    name: "sqs",
    operationOf: (headers) => targetBehind("AmazonSQS.", headers),
    operations: {
      SendMessage: (call) => send(call, queues),
      ChangeMessageVisibility: (call) => putOff(call, queues),
    },
    describeError: ({ code, message, status }) => json("1.0", { __type: `com.amazonaws.sqs#${code}`, message }, status),
  };
}

function send(call: Call, queues: Readonly<Record<string, Queue>>): Reply {
  const { QueueUrl, MessageBody } = readJson(sendMessage, call);
  void permitted("SendMessage", call, QueueUrl, queues).send([MessageBody]);
  const MD5OfMessageBody = createHash("md5").update(MessageBody).digest("hex");
  return json("1.0", { MessageId: randomUUID(), MD5OfMessageBody });
}

function putOff(call: Call, queues: Readonly<Record<string, Queue>>): Reply {
  const { QueueUrl, ReceiptHandle, VisibilityTimeout } = readJson(changeVisibility, call);
  const queue = permitted("ChangeMessageVisibility", call, QueueUrl, queues);
  if (!queue.changeVisibility(ReceiptHandle, VisibilityTimeout)) {
    throw new ServiceError("MessageNotInflight", 400, "The message is not being processed");
  }
  return json("1.0", {});
}

function permitted(action: string, call: Call, url: string, queues: Readonly<Record<string, Queue>>): Queue {
  const name = url.slice(urlPrefix.length);
  if (!call.allows(`sqs:${action}`, queueArn(name))) {
    throw new ServiceError("AccessDeniedException", 403, `Not authorized to ${action} at this queue`);
  }
  const queue = Object.hasOwn(queues, name) ? queues[name] : undefined;
  if (!queue) throw new ServiceError("QueueDoesNotExist", 400, "There is no such queue");
  return queue;
}
