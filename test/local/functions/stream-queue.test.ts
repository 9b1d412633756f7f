import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { StreamQueue } from "../../../local/functions/stream-queue.ts";

const record = (number: number, pk = `access#${number}`): DynamoDBRecord => ({
  eventName: "MODIFY",
  dynamodb: { Keys: { pk: { S: pk }, sk: { S: "current" } }, SequenceNumber: String(number) },
});
const failures = (...numbers: readonly number[]): DynamoDBBatchResponse => ({
  batchItemFailures: numbers.map((number) => ({ itemIdentifier: String(number) })),
});
const fault = () => Promise.reject(new Error("The table is down"));

let handed: string[][];
let paused: number[];
beforeEach(() => {
  [handed, paused] = [[], []];
  jest.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** A queue whose projector answers in turn, and then well. */
function queueAnswering(...answers: readonly (() => Promise<unknown>)[]): StreamQueue {
  const rest = [...answers];
  const project = ({ Records }: DynamoDBStreamEvent) => {
    handed.push(Records.map(({ dynamodb }) => String(dynamodb?.SequenceNumber)));
    return (rest.shift() ?? (async () => failures()))();
  };
  return new StreamQueue(project, async (count) => {
    paused.push(count);
  });
}

describe("records that the projector is not handed", () => {
  test.each([
    ["an event's", "event#1"],
    ["an Idempotency-Key's", "idempotency#1"],
    ["one whose key only has the word in it", "other#access#1"],
  ])("%s", async (_, pk) => {
    const queue = queueAnswering();
    queue.add(record(1, pk));
    await queue.settled();
    expect(handed).toEqual([]);
  });

  test("any, once it has been stopped", async () => {
    const queue = queueAnswering();
    await queue.stop();
    queue.add(record(1));
    await queue.settled();
    expect(handed).toEqual([]);
  });
});

describe("a batch that fails is handed over again", () => {
  test("whole, where the projector throws, after longer and longer pauses", async () => {
    const queue = queueAnswering(fault, fault);
    queue.add(record(1));
    await queue.settled();
    expect(handed).toEqual([["1"], ["1"], ["1"]]);
    expect(paused).toEqual([1, 2]);
  });

  test.each<[sentence: string, answer: DynamoDBBatchResponse, again: string[]]>([
    ["from its first failed record on", failures(3), ["3", "4"]],
    ["from the first of several, named in any order", failures(4, 2), ["2", "3", "4"]],
    ["whole, where the failure's name is none of its own", failures(9), ["2", "3", "4"]],
    [
      "whole, where the failure has no name",
      { batchItemFailures: [{ itemIdentifier: "" }, { itemIdentifier: "4" }] },
      ["2", "3", "4"],
    ],
  ])("%s", async (_, answer, again) => {
    const queue = queueAnswering(
      async () => failures(),
      async () => answer,
    );
    for (const number of [1, 2, 3, 4]) queue.add(record(number));
    await queue.settled();
    expect(handed).toEqual([["1"], ["2", "3", "4"], again]);
    expect(paused).toEqual([1]);
  });

  test("before any later one", async () => {
    const queue: StreamQueue = queueAnswering(async () => {
      queue.add(record(2));
      throw new Error("The table is down");
    });
    queue.add(record(1));
    await queue.settled();
    expect(handed).toEqual([["1"], ["1", "2"]]);
  });

  test("and not for ever: stopped, it begins no further attempt", async () => {
    const queue: StreamQueue = queueAnswering(async () => {
      await queue.stop();
      return fault();
    });
    queue.add(record(1));
    await queue.settled();
    expect(handed).toEqual([["1"]]);
  });
});

describe("a batch that is done", () => {
  test.each([
    ["an empty list of failures", async () => failures()],
    ["nothing at all", async () => undefined],
    ["null", async () => null],
  ])("is one with %s for a response", async (_, answer) => {
    const queue = queueAnswering(answer);
    queue.add(record(1));
    await queue.settled();
    expect([handed, paused]).toEqual([[["1"]], []]);
  });

  test("has 100 records at most, in the order of the stream", async () => {
    const queue = queueAnswering();
    for (let number = 1; number <= 102; number++) queue.add(record(number));
    await queue.settled();
    expect(handed.map((batch) => batch.length)).toEqual([1, 100, 1]);
    expect(handed.flat()).toEqual(Array.from({ length: 102 }, (_, index) => String(index + 1)));
  });
});

test("with nothing to do it is settled", async () => {
  await expect(queueAnswering().settled()).resolves.toBeUndefined();
});
