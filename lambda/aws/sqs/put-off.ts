import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { type ClientTarget, clientSettings } from "../clients.ts";
import { callDirectly } from "../direct-calls.ts";
import { awsProblem } from "../faults.ts";

/** Has messages that this function has received delivered again after some seconds. Rejects with Problem of `awsProblem`. */
export function putOff(target: ClientTarget) {
  // A record names its queue by ARN: SQS takes a URL with the same account and name, at any host.
  const client = callDirectly(new SQSClient({ ...clientSettings(target), useQueueUrlAsEndpoint: false }));
  return async ({ eventSourceARN, receiptHandle }: SQSRecord, seconds: number, signal: AbortSignal): Promise<void> => {
    const [, , , , account, name] = eventSourceARN.split(":");
    const command = new ChangeMessageVisibilityCommand({
      QueueUrl: `https://sqs.${target.region}.amazonaws.com/${account}/${name}`,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    });
    try {
      await client.send(command, { abortSignal: signal });
    } catch (error) {
      throw awsProblem(error, signal);
    }
  };
}
