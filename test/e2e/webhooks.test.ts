import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { bundleOf } from "../../lib/function-bundles.ts";
import { type FunctionProcess, startFunction } from "../../local/functions/function-process.ts";
import { linkBundles } from "../../local/functions/link-bundles.ts";
import { settings } from "../../local/shared/account.ts";
import { listen, type RunningServer, readBody } from "../../local/shared/loopback-server.ts";
import { startReceiver } from "../lambda/webhooks/receiver.ts";
import { created, secretOf } from "../lambda/webhooks/samples.ts";
import { awsEnvironment } from "../support/patient-clients.ts";
import { testBundles } from "./build-bundles.ts";

const queue = "https://sqs.us-east-1.amazonaws.com/111122223333/Latchkey-siem";
const calls: { readonly operation: string; readonly input: Record<string, unknown> }[] = [];
const lines: string[] = [];

/** What AWS responds. */
const responses: Readonly<Record<string, object>> = {
  "DynamoDB_20120810.GetItem": {},
  "secretsmanager.GetSecretValue": { SecretString: JSON.stringify({ siem: [secretOf("a")] }) },
  "AmazonSQS.SendMessage": {},
};
const aws = createServer(async (request, response) => {
  const operation = String(request.headers["x-amz-target"]);
  calls.push({ operation, input: JSON.parse(String(await readBody(request, 100_000))) });
  response.writeHead(operation in responses ? 200 : 400).end(JSON.stringify(responses[operation] ?? {}));
});

let directory: string;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let running: RunningServer;
let deployed: FunctionProcess<SQSEvent, SQSBatchResponse>;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-"));
  [receiver, running] = await Promise.all([startReceiver(), listen(aws, 0)]);
  const subscription = { name: "siem", url: receiver.url, events: ["*" as const] };
  // No build takes this host.
  const webhooks = { hosts: ["localhost"], subscriptions: [subscription] };
  await linkBundles(testBundles, directory, { ...settings, webhooks });
  const endpoint = `http://127.0.0.1:${running.port}`;
  deployed = await startFunction<SQSEvent, SQSBatchResponse>({
    directory: bundleOf(directory, "webhooks"),
    environment: {
      ...awsEnvironment,
      ...{ AWS_ENDPOINT_URL_SQS: endpoint, AWS_ENDPOINT_URL_DYNAMODB: endpoint },
      ...{ AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint, AWS_USE_FIPS_ENDPOINT: "false" },
      ...{ STACK_NAME: "latchkey", TABLE_NAME: "latchkey" },
      WEBHOOK_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:111122223333:secret:Latchkey-webhooks-AbCdEf",
      WEBHOOK_QUEUES: JSON.stringify({ siem: { queue, failures: `${queue}-failures` } }),
      // Even somebody who may set variables cannot open it.
      ...{ NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_OPTIONS: "--no-warnings" },
    },
    timeout: 30_000,
    onLogLine: (line) => lines.push(line),
  });
});
afterAll(async () => {
  await Promise.all([deployed.stop(), receiver.stop(), running.stop()]);
  await rm(directory, { recursive: true });
});

test("the deployed function connects to no receiver of this machine, buries an event after its last attempt, and logs why", async () => {
  const sentAt = "0";
  const record = {
    ...{ messageId: "message-1", receiptHandle: "receipt-1", body: JSON.stringify(created) },
    attributes: {
      ...{ ApproximateReceiveCount: "1", SenderId: "events", SentTimestamp: sentAt },
      ApproximateFirstReceiveTimestamp: sentAt,
    },
    ...{ messageAttributes: {}, md5OfBody: "", eventSource: "aws:sqs", awsRegion: "us-east-1" },
    eventSourceARN: "arn:aws:sqs:us-east-1:111122223333:Latchkey-siem",
  };
  expect(await deployed.invoke({ Records: [record] })).toEqual({ batchItemFailures: [] });
  expect(receiver.connections).toBe(0);
  expect(calls.map(({ operation }) => operation)).toEqual(Object.keys(responses));
  expect(calls.at(-1)?.input).toEqual({
    QueueUrl: `${queue}-failures`,
    MessageBody: JSON.stringify(created),
    MessageAttributes: { why: { DataType: "String", StringValue: "address-refused" } },
  });
  const [line] = lines.map((each) => JSON.parse(each));
  expect(line).toMatchObject({
    message: "webhooks.completed",
    outcomes: [{ subscription: "siem", outcome: "buried", why: "address-refused" }],
    ...{ WebhooksDelivered: 0, WebhooksBuried: 1 },
  });
});
