import { createHash, randomUUID } from "node:crypto";
import * as z from "zod";
import { json, readJson, targetBehind } from "./json-call.ts";
import { places, syncQueueUrl } from "./roles.ts";
import { ServiceError } from "./service-error.ts";
import type { Call, Reply, Service } from "./stand-in.ts";

/** The limits of SQS's API reference. */
const sendMessage = z.strictObject({
  QueueUrl: z.literal(syncQueueUrl),
  MessageBody: z.string().min(1).max(1_048_576),
  DelaySeconds: z.int().min(0).max(900),
});

/**
 * Stand-in for SQS: one queue, to which one function sends.
 *
 * @param take gets the body of each message, whose delay is not kept.
 */
export function sqsService(take: (body: string) => void): Service {
  return {
    name: "sqs",
    operationOf: (headers) => targetBehind("AmazonSQS.", headers),
    operations: { SendMessage: (call) => send(call, take) },
    describeError: ({ code, message, status }) => json("1.0", { __type: `com.amazonaws.sqs#${code}`, message }, status),
  };
}

function send(call: Call, take: (body: string) => void): Reply {
  const { MessageBody } = readJson(sendMessage, call);
  if (!call.allows("sqs:SendMessage", places.syncQueueArn)) {
    throw new ServiceError("AccessDeniedException", 403, "Not authorized to send to the queue");
  }
  take(MessageBody);
  const MD5OfMessageBody = createHash("md5").update(MessageBody).digest("hex");
  return json("1.0", { MessageId: randomUUID(), MD5OfMessageBody });
}
