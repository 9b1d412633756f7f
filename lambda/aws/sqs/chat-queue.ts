import type { ChatInput } from "../../chat/chat-input.ts";
import { awsProblem } from "../faults.ts";
import type { JsonCall } from "../json-calls.ts";

/** Queues what somebody did in chat. Rejects with Problem of `awsProblem`. */
export function chatQueue(call: JsonCall, queueUrl: string) {
  return async (input: ChatInput, signal: AbortSignal): Promise<void> => {
    await call("sqs", "SendMessage", { QueueUrl: queueUrl, MessageBody: JSON.stringify(input) }, signal).catch(
      (error: unknown) => {
        throw awsProblem(error, signal);
      },
    );
  };
}
