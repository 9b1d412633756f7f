import { beforeEach, expect, test } from "@jest/globals";
import type { SQSRecord } from "aws-lambda";
import { Problem } from "../../../lambda/shared/problem.ts";
import { PostFailure } from "../../../lambda/webhooks/guarded-post.ts";
import { type WebhookBatchPorts, webhookBatch } from "../../../lambda/workers/webhook-batch.ts";
import { testContext } from "../../support/test-context.ts";
import { created, secretOf } from "../webhooks/samples.ts";

const now = new Date("2026-01-02T03:04:05.678Z");

const message = (messageId: string, age = 0): SQSRecord => ({
  messageId,
  receiptHandle: `receipt of ${messageId}`,
  body: JSON.stringify({ ...created, id: messageId }),
  attributes: {
    ApproximateReceiveCount: "1",
    SentTimestamp: String(now.getTime() - age * 1000),
    SenderId: "events",
    ApproximateFirstReceiveTimestamp: String(now.getTime()),
  },
  messageAttributes: {},
  md5OfBody: "",
  eventSource: "aws:sqs",
  eventSourceARN: "arn:aws:sqs:us-east-1:111122223333:siem",
  awsRegion: "us-east-1",
});

/** Statuses by the id of the event. */
let statuses: Readonly<Record<string, number>>;
let isQueueDown: boolean;
beforeEach(() => {
  statuses = {};
  isQueueDown = false;
});

const ports: WebhookBatchPorts = {
  subscriptionOf: (arn) => {
    const name = arn.split(":").at(-1) ?? "";
    return { name, url: `https://${name}.example.com/` };
  },
  queueOf: () => ({
    hide: async () => {
      if (isQueueDown) throw new Problem("upstream-unavailable", { cause: new Error("The queue is down") });
    },
    bury: async () => {},
  }),
  gone: { isGone: async () => false, markGone: async () => {} },
  secretsOf: async () => [secretOf("a")],
  post: async (_, { body }) => {
    const status = statuses[JSON.parse(body).id];
    if (status === undefined) throw new PostFailure("unreachable");
    return { status, retryAfter: undefined };
  },
  holds: new Map(),
};

const run = (...messages: readonly SQSRecord[]) => webhookBatch(ports, messages, testContext({ clock: () => now }));

test("what is neither delivered nor buried stays in the queue, and each outcome is told and counted", async () => {
  statuses = { one: 204, two: 500, three: 500, four: 410 };
  const { batchItemFailures, outcomes, counts, failures } = await run(
    ...["one", "two", "four", "five"].map((id) => message(id)),
    message("three", 3 * 3600),
  );
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(["two", "five", "three"]);
  expect(outcomes).toMatchObject([
    { messageId: "one", subscription: "siem", outcome: "delivered" },
    { messageId: "two", outcome: "failed", why: "status-500" },
    { messageId: "four", outcome: "buried", why: "gone" },
    { messageId: "five", outcome: "failed", why: "unreachable" },
    { messageId: "three", outcome: "failed", age: 3 * 3600 },
  ]);
  expect(counts).toEqual({ WebhooksDelivered: 1, WebhooksFailed: 3, WebhooksLate: 1, WebhooksBuried: 1 });
  expect(failures).toEqual([]);
});

test("a message that cannot be hidden stays too, and is reported as a failure of ours", async () => {
  statuses = { one: 204, two: 500 };
  isQueueDown = true;
  const { batchItemFailures, failures } = await run(message("one"), message("two"));
  expect(batchItemFailures).toEqual([{ itemIdentifier: "two" }]);
  expect(failures).toMatchObject([{ step: "deliver", item: "two", code: "upstream-unavailable" }]);
});

test("what is logged has neither the URL nor anything of the event", async () => {
  statuses = { one: 500 };
  const report = JSON.stringify(await run(message("one")));
  for (const secret of ["example.com", "INC-42", secretOf("a")]) expect(report).not.toContain(secret);
});
