import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { CallLog } from "../../../local/aws/call-log.ts";
import { CredentialStore } from "../../../local/aws/credentials.ts";
import { functionRole } from "../../../local/aws/roles.ts";
import { queueArn, queueUrl, sqsService } from "../../../local/aws/sqs.ts";
import { startStandIn } from "../../../local/aws/stand-in.ts";
import type { RunningServer } from "../../../local/shared/loopback-server.ts";

const world = { clock: () => new Date(), latency: 0, log: new CallLog(), credentials: new CredentialStore() };
const sent: string[] = [];
const queues = {
  "latchkey-chat": {
    send: async (bodies: readonly string[]) => void sent.push(...bodies),
    changeVisibility: (receiptHandle: string, seconds: number) => receiptHandle === "in-flight" && seconds === 30,
  },
};

let server: RunningServer;
let client: SQSClient;
beforeAll(async () => {
  server = await startStandIn(sqsService(queues), world);
  const Action = ["sqs:SendMessage", "sqs:ChangeMessageVisibility"];
  const Resource = ["latchkey-chat", "latchkey-gone"].map(queueArn);
  const policies = [{ Version: "2012-10-17", Statement: { Effect: "Allow", Action, Resource } } as const];
  const { principal: _, ...credentials } = world.credentials.issue({ ...functionRole("sync"), policies });
  const endpoint = `http://127.0.0.1:${server.port}`;
  client = new SQSClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});
beforeEach(() => {
  sent.length = 0;
});

const send = (name: string) => client.send(new SendMessageCommand({ QueueUrl: queueUrl(name), MessageBody: "hello" }));

test("a message reaches the queue that it is sent to", async () => {
  await send("latchkey-chat");
  expect(sent).toEqual(["hello"]);
});

describe("nothing is sent", () => {
  test.each([
    ["to a queue that the role may not send to", "latchkey-sync", "AccessDeniedException"],
    ["to a queue that is not there", "latchkey-gone", "QueueDoesNotExist"],
  ])("%s", async (_, name, error) => {
    await expect(send(name)).rejects.toMatchObject({ name: error });
    expect(sent).toEqual([]);
  });
});

describe("a message", () => {
  const putOff = (ReceiptHandle: string) =>
    client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl("latchkey-chat"), ReceiptHandle, VisibilityTimeout: 30 }),
    );

  test("is put off while it is processed", async () => {
    await putOff("in-flight");
    expect(world.log.calls.at(-1)).toMatchObject({ operation: "ChangeMessageVisibility", status: 200 });
  });

  test("is not put off once it is done", async () => {
    await expect(putOff("done")).rejects.toMatchObject({ name: "MessageNotInflight" });
  });
});
