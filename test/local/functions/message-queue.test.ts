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
