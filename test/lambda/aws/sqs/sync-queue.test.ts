import { beforeEach, expect, jest, test } from "@jest/globals";
import { syncQueue } from "../../../../lambda/aws/sqs/sync-queue.ts";
import { jsonError, useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("SQS");
const url = "https://sqs.us-east-1.amazonaws.com/111122223333/latchkey-sync";
const message = { kind: "drop", accountId: "444455556666", region: "eu-west-1" } as const;
const send = (signal = new AbortController().signal) =>
  syncQueue({ region: "us-east-1" }, url).send({ message, delaySeconds: 7 }, signal);

beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

test.each([
  ["ThrottlingException", 400, "upstream-unavailable"],
  ["ServiceUnavailable", 503, "upstream-unavailable"],
  ["InternalFailure", 500, "upstream-failure"],
  ["AccessDeniedException", 403, "aws-refused"],
  ["QueueDoesNotExist", 400, "upstream-failure"],
])("a call that fails rejects: %s", async (name, status, code) => {
  service.respondAlways(jsonError(name, status));
  await expect(send()).rejects.toMatchObject({ code });
});

test("a call that is given up rejects", async () => {
  await expect(send(AbortSignal.abort())).rejects.toMatchObject({ code: "deadline-exceeded" });
});

test("a message goes to the queue as JSON, with its delay, in one signed call", async () => {
  service.respond({ body: JSON.stringify({ MessageId: "m1", MD5OfMessageBody: "0" }) });
  await send();
  const [request] = service.requests;
  expect(request?.headers["x-amz-target"]).toBe("AmazonSQS.SendMessage");
  expect(request?.headers["authorization"]).toContain("/us-east-1/sqs/aws4_request");
  expect(JSON.parse(request?.body ?? "")).toEqual({
    QueueUrl: url,
    MessageBody: JSON.stringify(message),
    DelaySeconds: 7,
  });
});
