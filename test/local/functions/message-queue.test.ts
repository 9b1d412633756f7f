import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { MessageQueue } from "../../../local/functions/message-queue.ts";
import { settle } from "../../support/crash.ts";

/** What the function was handed, each message as its body and how often it has come. */
let handed: string[][];
beforeEach(() => {
  handed = [];
  jest.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

const delivery = { name: "starts", visibilityTimeout: 60, maxReceiveCount: 16, batchSize: 10 };

/** Which messages the function leaves undone, by their bodies; or it fails. */
type Left = readonly string[] | "fault";

/** A queue whose function leaves so many undone each time, and in the end none. */
function queueLeaving(...left: readonly Left[]): MessageQueue {
  const rest = [...left];
  const capture = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    handed.push(Records.map(({ body, attributes }) => `${body} ${attributes.ApproximateReceiveCount}`));
    const bodies = rest.shift() ?? [];
    if (bodies === "fault") throw new Error("It failed");
    const failed = Records.filter(({ body }) => bodies.includes(body));
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
  return new MessageQueue(capture, delivery, () => setImmediate());
}

test.each<[sentence: string, left: readonly Left[], expected: string[][]]>([
  ["messages that are done do not come again", [[]], [["a 1", "b 1"]]],
  ["one that is not done comes again, alone", [["b"]], [["a 1", "b 1"], ["b 2"]]],
  [
    "all come again where the function fails",
    ["fault"],
    [
      ["a 1", "b 1"],
      ["a 2", "b 2"],
    ],
  ],
])("%s", async (_, left, expected) => {
  await queueLeaving(...left).send(["a", "b"]);
  await settle();
  expect(handed).toEqual(expected);
});

test("a sender waits for three deliveries", async () => {
  const queue = queueLeaving(["a"], "fault", ["a"]);
  await queue.send(["a"]);
  await queue.stop();
  expect(handed).toEqual([["a 1"], ["a 2"], ["a 3"]]);
});

test("ten are handed over at a time", async () => {
  await queueLeaving().send(Array.from({ length: 12 }, (_, index) => `${index}`));
  expect(handed.map((batch) => batch.length)).toEqual([10, 2]);
});

test("a message is given up after as many times as the stack's queue brings it", async () => {
  await queueLeaving(...Array.from({ length: 40 }, () => ["a"])).send(["a"]);
  await settle();
  expect(handed).toHaveLength(16);
  expect(console.error).toHaveBeenCalledWith(expect.stringContaining("Giving up"));
});

test("one that is given up is a dead letter", async () => {
  const queue = new MessageQueue(
    async ({ Records }) => ({ batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })) }),
    { ...delivery, maxReceiveCount: 2 },
    () => setImmediate(),
  );
  await queue.send(["a"]);
  expect(queue.deadLetters).toEqual(["a"]);
});

test("one that its function puts off comes again after that time, and not before", async () => {
  const waits: { seconds: number; end: () => void }[] = [];
  const queue: MessageQueue = new MessageQueue(
    async ({ Records: [record] }) => {
      handed.push([record?.attributes.ApproximateReceiveCount ?? ""]);
      if (record === undefined || handed.length > 1) return { batchItemFailures: [] };
      expect(queue.changeVisibility(record.receiptHandle, 30)).toBe(true);
      return { batchItemFailures: [{ itemIdentifier: record.messageId }] };
    },
    delivery,
    (seconds) => new Promise<void>((end) => waits.push({ seconds, end })),
  );
  await queue.send(["a"]);
  await queue.settled();
  expect({ handed, waits }).toEqual({ handed: [["1"]], waits: [{ seconds: 30, end: expect.any(Function) }] });
  waits[0]?.end();
  await settle();
  await queue.settled();
  expect(handed).toEqual([["1"], ["2"]]);
});

test("a message that is not being processed cannot be put off", async () => {
  let handle = "";
  const queue = new MessageQueue(
    async ({ Records }) => {
      handle = Records[0]?.receiptHandle ?? "";
      return { batchItemFailures: [] };
    },
    delivery,
    () => setImmediate(),
  );
  await queue.send(["a"]);
  expect(["", handle].map((each) => queue.changeVisibility(each, 1))).toEqual([false, false]);
});

test("it has settled when what was sent meanwhile is done too", async () => {
  const queue = new MessageQueue(
    async ({ Records: [record] }) => {
      handed.push([record?.body ?? ""]);
      if (record?.body === "a") void queue.send(["b"]);
      return { batchItemFailures: [] };
    },
    delivery,
    () => setImmediate(),
  );
  void queue.send(["a"]);
  await queue.settled();
  expect(handed).toEqual([["a"], ["b"]]);
});

describe("stopped", () => {
  test("it hands over nothing any more", async () => {
    const queue = queueLeaving(["a"]);
    await queue.send(["a"]);
    await queue.stop();
    await queue.send(["b"]);
    await settle();
    expect(handed[0]).toEqual(["a 1"]);
    expect(handed.flat()).not.toContain("b 1");
  });
});
