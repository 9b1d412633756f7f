import { beforeEach, describe, expect, test } from "@jest/globals";
import type { SQSRecord } from "aws-lambda";
import { ChatFault } from "../../../lambda/chat/chat.ts";
import type { ChatInput } from "../../../lambda/chat/chat-input.ts";
import type { ApiStories } from "../../../lambda/chat/ports.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { chatBatch } from "../../../lambda/workers/chat-batch.ts";
import { ChatWorld, onCall } from "../../support/chat-world.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { lost, PlainChat, tooMany } from "../../support/plain-chat.ts";

useEmbeddedTable();

let world: ChatWorld;
let chat: PlainChat;
let putOff: [messageId: string, seconds: number][];
beforeEach(async () => {
  world = new ChatWorld();
  chat = new PlainChat();
  putOff = [];
  await world.link("alice");
});

const record = (messageId: string, body: unknown, receives = 1) =>
  ({
    ...{ messageId, receiptHandle: messageId, body: typeof body === "string" ? body : JSON.stringify(body) },
    attributes: { ApproximateReceiveCount: String(receives) },
  }) as SQSRecord;

const command = (text: string): ChatInput => ({ kind: "command", ...world.input("alice"), text });

const event = (accessRequestId: string) => ({ detail: { data: { accessRequestId } } });

const work = (records: readonly SQSRecord[], api: Partial<ApiStories> = {}) => {
  const ports = world.ports(chat);
  return chatBatch(
    {
      ...ports,
      api: { ...ports.api, ...api },
      putOff: async ({ messageId }, seconds) => void putOff.push([messageId, seconds]),
    },
    world.settings,
    records,
    world.context(),
  );
};

const again = ({ batchItemFailures }: Awaited<ReturnType<typeof work>>) =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

const fails = (error: Error) => async () => {
  throw error;
};

test("an input is done and replied to, and all events of a request are one look at it", async () => {
  const { id } = await world.access.create("alice");
  const events = ["2", "3", "4"].map((messageId) => record(messageId, event(id)));
  const report = await work([record("1", command("requests")), ...events]);
  expect(report).toMatchObject({
    batchItemFailures: [],
    failures: [],
    counts: { ChatInputs: 1, ChatRequestsShown: 1, ChatPutOff: 0 },
  });
  expect(chat.replies.map(({ message }) => message.title)).toEqual(["Access requests"]);
  expect(chat.in(onCall)).toHaveLength(1);
});

test("events of requests that are gone, and of nothing that is shown, are done", async () => {
  const id = "ar-00000000000000000000000000000000-000000000000";
  expect(again(await work([record("1", event(id))]))).toEqual([]);
  expect(chat.calls).toEqual([]);
});

test("what is neither input nor event is logged, and not delivered again", async () => {
  const report = await work([record("1", "{"), record("2", { kind: "shout" }), record("3", { detail: null })]);
  expect(again(report)).toEqual([]);
  expect(report.failures).toHaveLength(3);
});

describe("what the chat fails at comes back:", () => {
  test("when the chat says", async () => {
    chat.fails(tooMany);
    expect(again(await work([record("1", command("help"))]))).toEqual(["1"]);
    expect(putOff).toEqual([["1", 7]]);
  });

  test("later each time, up to five minutes", async () => {
    for (const receives of [1, 5, 9, 500]) {
      chat.fails({ fault: new ChatFault("down", { retryAfter: 1, unknownFor: 0 }), isDone: false });
      await work([record("1", command("help"), receives)]);
    }
    expect(putOff.map(([, seconds]) => seconds)).toEqual([1, 16, 256, 300]);
  });

  test("and is not done again", async () => {
    const asks = record("1", command("ssh prod-1 because INC-42"));
    chat.fails(tooMany);
    await work([asks]);
    await work([asks]);
    expect(chat.replies.map(({ message }) => message.title)).toEqual(["Access asked for"]);
  });

  test("also if the chat refuses a message about a request for good: operators may fix that", async () => {
    const { id } = await world.access.create("alice");
    chat.fails({ fault: new ChatFault("is_archived"), isDone: false });
    const report = await work([record("1", event(id))]);
    expect([again(report), putOff]).toEqual([["1"], [["1", 300]]]);
    expect(report.failures).toMatchObject([{ step: "chat", item: id, cause: { message: "is_archived" } }]);
  });

  test("but not a reply that the chat refuses for good", async () => {
    chat.fails({ fault: new ChatFault("user_not_found"), isDone: false });
    const report = await work([record("1", command("help"))]);
    expect(again(report)).toEqual([]);
    expect(report.failures).toMatchObject([{ cause: { message: "user_not_found" } }]);
  });

  test("but not what somebody cannot be told: they may have left", async () => {
    const { id } = await world.access.create("chatbot", { subject: "alice" });
    chat.cannotTell = "user_not_found";
    const report = await work([record("1", event(id))]);
    expect(again(report)).toEqual([]);
    expect(report.failures).toMatchObject([{ item: id, cause: { message: "user_not_found" } }]);
    expect(chat.in(onCall)).toHaveLength(1);
  });

  test("one message of a batch, and none of the others", async () => {
    const { id } = await world.access.create("alice");
    chat.fails(lost);
    expect(again(await work([record("1", event(id)), record("2", event("none"))]))).toEqual(["1"]);
  });
});

describe("what AWS fails at", () => {
  const api = { listAccessRequests: fails(new Problem("upstream-unavailable")) };

  test("comes back", async () => {
    expect(again(await work([record("1", command("requests"))], api))).toEqual(["1"]);
    expect(chat.replies).toEqual([]);
  });

  test("is told once it has failed for a while, by the API's own words", async () => {
    const report = await work([record("1", command("requests"), 6)], api);
    expect(again(report)).toEqual([]);
    expect(report.failures).toMatchObject([{ code: "upstream-unavailable" }]);
    expect(chat.replies).toMatchObject([
      {
        message: {
          title: "Upstream unavailable",
          notes: [
            "An AWS service that Latchkey calls is unavailable. Wait, then try again.",
            expect.stringMatching(/^Request id: request-/),
          ],
        },
      },
    ]);
  });

  test("is told at once if it is a fault of ours, without a word of its cause", async () => {
    const report = await work([record("1", command("requests"))], { listAccessRequests: fails(new Error("secret")) });
    expect(report.failures).toMatchObject([{ cause: { message: "secret" } }]);
    expect(chat.replies).toMatchObject([{ message: { title: "Internal error" } }]);
    expect(JSON.stringify(chat.replies)).not.toContain("secret");
  });
});
