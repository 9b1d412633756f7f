import { expect, test } from "@jest/globals";
import { jsonCalls } from "../../../../lambda/aws/json-calls.ts";
import { webhookQueues } from "../../../../lambda/aws/sqs/webhook-queues.ts";
import { jsonError, useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("SQS");
const url = (name: string) => `https://sqs.us-east-1.amazonaws.com/111122223333/${name}`;
const arn = (name: string) => `arn:aws:sqs:us-east-1:111122223333:${name}`;
const { signal } = new AbortController();
const queues = () =>
  webhookQueues(jsonCalls("us-east-1"), {
    siem: { queue: url("Latchkey-siem-1"), failures: url("Latchkey-siem-2") },
    tickets: { queue: url("Latchkey-siem-10"), failures: url("Latchkey-siem-20") },
  });
const sent = () => service.requests.map(({ headers, body }) => [headers["x-amz-target"], JSON.parse(body)]);

test("a queue is of the subscription that has exactly its name", () => {
  const names = ["Latchkey-siem-1", "Latchkey-siem-10", "Latchkey-siem-2", "siem-1"];
  expect(names.map((name) => queues().nameOf(arn(name)))).toEqual(["siem", "tickets", undefined, undefined]);
});

test("a message is hidden in its own queue", async () => {
  service.respond({ body: "{}" });
  await queues().queueOf("siem").hide("receipt-1", 300, signal);
  const expected = { QueueUrl: url("Latchkey-siem-1"), ReceiptHandle: "receipt-1", VisibilityTimeout: 300 };
  expect(sent()).toEqual([["AmazonSQS.ChangeMessageVisibility", expected]]);
});

test("an event is buried in the dead-letter queue, with the reason", async () => {
  service.respond({ body: "{}" });
  await queues().queueOf("siem").bury("{}", "status-500", signal);
  const expected = {
    QueueUrl: url("Latchkey-siem-2"),
    MessageBody: "{}",
    MessageAttributes: { why: { DataType: "String", StringValue: "status-500" } },
  };
  expect(sent()).toEqual([["AmazonSQS.SendMessage", expected]]);
});

test("what fails is a fault of AWS's, or of our permissions", async () => {
  service.respond(jsonError("AccessDeniedException", 403));
  await expect(queues().queueOf("siem").bury("{}", "gone", signal)).rejects.toMatchObject({ code: "aws-refused" });
  service.respond(jsonError("MessageNotInflight", 400));
  await expect(queues().queueOf("siem").hide("r", 5, signal)).rejects.toMatchObject({ code: "upstream-failure" });
});

test("a subscription that is not there has no queue", () => {
  for (const name of ["other", "toString"]) expect(() => queues().queueOf(name)).toThrow();
});
