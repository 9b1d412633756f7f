import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SyncQueue } from "../../inventory/sync-message.ts";
import { type ClientTarget, clientSettings } from "../clients.ts";
import { callDirectly } from "../direct-calls.ts";
import { awsProblem } from "../faults.ts";

/** The queue at that URL. */
export function syncQueue(target: ClientTarget, queueUrl: string): SyncQueue {
  const client = callDirectly(new SQSClient(clientSettings(target)));
  return {
    async send({ message, delaySeconds }, signal) {
      const MessageBody = JSON.stringify(message);
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, DelaySeconds: delaySeconds });
      try {
        await client.send(command, { abortSignal: signal });
      } catch (error) {
        throw awsProblem(error, signal);
      }
    },
  };
}
