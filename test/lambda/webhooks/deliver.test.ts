import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { secondsAfter } from "../../../lambda/shared/time.ts";
import { type Delivery, deliver } from "../../../lambda/webhooks/deliver.ts";
import { guardedPost, type Network, publicInternet } from "../../../lambda/webhooks/guarded-post.ts";
import type { Subscription, WebhookPorts } from "../../../lambda/webhooks/ports.ts";
import { longestHiding } from "../../../lambda/webhooks/timetable.ts";
import { testContext } from "../../support/test-context.ts";
import { reaching, startReceiver } from "./receiver.ts";
import { created, secretOf } from "./samples.ts";

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());

const sentAt = new Date("2026-01-02T03:04:05.678Z");
const [minute, hour] = [60, 3600];
const body = JSON.stringify(created);

let secrets: readonly string[];
let hidden: number[];
let buried: { readonly body: string; readonly why: string }[];
let gone: Set<string>;
let holds: Map<string, Date>;
beforeEach(() => {
  receiver.posted.length = 0;
  receiver.connections = 0;
  receiver.respond = () => ({ status: 204 });
  secrets = [secretOf("a")];
  hidden = [];
  buried = [];
  gone = new Set();
  holds = new Map();
});

afterEach(() => {
  jest.restoreAllMocks();
});

interface Changes {
  readonly body?: string;
  readonly network?: Network;
  readonly name?: string;
  /** Aborts when the receiver has had enough time. */
  readonly patience?: AbortSignal;
}

/** Receives the message at that age. */
function run(age = 0, { body: text = body, network = reaching(receiver), name = "siem", patience }: Changes = {}) {
  const nameIn = ({ name, url }: Subscription) => `${name} ${url}`;
  const ports: WebhookPorts = {
    queueOf: () => ({
      hide: async (receiptHandle, seconds) => {
        expect(receiptHandle).toBe("receipt-1");
        hidden.push(seconds);
      },
      bury: async (body, why) => void buried.push({ body, why }),
    }),
    gone: {
      isGone: async (subscription) => gone.has(nameIn(subscription)),
      markGone: async (subscription) => void gone.add(nameIn(subscription)),
    },
    secretsOf: async () => secrets,
    post: (url, message, signal) => guardedPost(network, url, message, patience ?? signal),
    holds,
  };
  const context = testContext({ clock: () => secondsAfter(sentAt, age) });
  return deliver(ports, { name, url: receiver.url }, { body: text, receiptHandle: "receipt-1", sentAt }, context);
}

describe("an event is delivered", () => {
  test("signed, so that the public library verifies it and gets the CloudEvent", async () => {
    // It takes nothing that is more than five minutes old.
    jest.spyOn(Date, "now").mockReturnValue(sentAt.getTime());
    expect(await run()).toEqual({ outcome: "delivered" });
    const [posted] = receiver.posted;
    const verified = new Webhook(secretOf("a")).verify(posted?.body ?? "", posted?.headers as Record<string, string>);
    expect(verified).toEqual(created);
    expect({ hidden, buried }).toEqual({ hidden: [], buried: [] });
  });

  test.each([200, 201, 202, 299])("if the receiver responds with %i", async (status) => {
    receiver.respond = () => ({ status });
    expect(await run()).toEqual({ outcome: "delivered" });
  });

  test("in a later attempt with the same id and body, and a new time", async () => {
    receiver.respond = () => ({ status: 500 });
    await run(0);
    await run(5);
    const [first, second] = receiver.posted;
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(second?.body).toBe(first?.body);
    expect(second?.headers["webhook-timestamp"]).not.toBe(first?.headers["webhook-timestamp"]);
  });
});

describe("an attempt fails, and the next is", () => {
  const elsewhere: Network = { ...publicInternet, authority: "" };
  test.each<[sentence: string, status: number, age: number, seconds: number]>([
    ["five seconds later", 500, 0, 5],
    ["five minutes later", 503, 5, 5 * minute],
    ["half an hour later, also if the receiver blames the request", 400, 5 + 5 * minute, 30 * minute],
    ["not at the place that a redirect names", 301, 0, 5],
    ["in a day, of which SQS waits for half", 500, 51 * hour + 35 * minute + 5, longestHiding],
  ])("%s", async (_, status, age, seconds) => {
    receiver.respond = () => ({ status, headers: { Location: receiver.url } });
    expect(await run(age)).toEqual({ outcome: "failed", why: `status-${status}`, age, seconds });
    expect({ hidden, buried }).toEqual({ hidden: [seconds], buried: [] });
    expect(receiver.posted).toHaveLength(1);
  });

  test("made without the one that was given up, because the receiver hung", async () => {
    const patience = new AbortController();
    receiver.respond = () => {
      patience.abort();
      return undefined;
    };
    expect(await run(0, { patience: patience.signal })).toMatchObject({
      outcome: "failed",
      why: "timed-out",
      seconds: 5,
    });
  });

  test("made after the receiver's address, which was private, is another", async () => {
    expect(await run(0, { network: elsewhere })).toMatchObject({ why: "address-refused", seconds: 5 });
    expect(receiver.connections).toBe(0);
    expect(await run(5)).toEqual({ outcome: "delivered" });
  });

  test("made once there is a secret: nothing is sent unsigned", async () => {
    secrets = [];
    expect(await run()).toMatchObject({ outcome: "failed", why: "no-secret", seconds: 5 });
    expect(receiver.connections).toBe(0);
  });
});

describe("a receiver that asks to wait", () => {
  beforeEach(() => {
    receiver.respond = () => ({ status: 429, headers: { "Retry-After": "90" } });
  });

  test("gets the event after that", async () => {
    expect(await run()).toMatchObject({ outcome: "failed", why: "status-429", seconds: 90 });
  });

  test("gets no other event until then", async () => {
    await run();
    expect(await run(30)).toEqual({ outcome: "waiting", seconds: 60 });
    expect(receiver.posted).toHaveLength(1);
    receiver.respond = () => ({ status: 204 });
    expect(await run(90)).toEqual({ outcome: "delivered" });
  });

  test("is tried again in half a day, however long it asks for: SQS hides no message for longer", async () => {
    receiver.respond = () => ({ status: 429, headers: { "Retry-After": "999999999" } });
    expect(await run()).toMatchObject({ outcome: "failed", seconds: longestHiding });
    expect(await run(30)).toEqual({ outcome: "waiting", seconds: longestHiding - 30 });
    receiver.respond = () => ({ status: 204 });
    expect(await run(longestHiding)).toEqual({ outcome: "delivered" });
  });

  test("holds back no other subscription", async () => {
    await run();
    receiver.respond = () => ({ status: 204 });
    expect(await run(30, { name: "tickets" })).toEqual({ outcome: "delivered" });
  });
});

test("in the middle of a long wait nothing is sent", async () => {
  const attempt = 51 * hour + 35 * minute + 5;
  expect(await run(attempt + longestHiding)).toEqual({ outcome: "waiting", seconds: longestHiding });
  expect(await run(attempt + 2 * longestHiding)).toEqual({ outcome: "waiting", seconds: 30 * minute });
  expect(receiver.connections).toBe(0);
});

describe("an event is buried, with the reason", () => {
  const dead = (why: string): Delivery => ({ outcome: "buried", why }) as Delivery;

  test.each<[sentence: string, age: number]>([
    ["after the last attempt", 75 * hour + 35 * minute + 5],
    ["also if the queue was late", 100 * hour],
  ])("%s", async (_, age) => {
    receiver.respond = () => ({ status: 500 });
    expect(await run(age)).toEqual(dead("status-500"));
    expect({ hidden, buried }).toEqual({ hidden: [], buried: [{ body, why: "status-500" }] });
  });

  test("not if that last attempt succeeds", async () => {
    expect(await run(100 * hour)).toEqual({ outcome: "delivered" });
  });

  test("if the receiver is gone; then nothing more is sent there", async () => {
    receiver.respond = () => ({ status: 410 });
    expect(await run()).toEqual(dead("gone"));
    receiver.respond = () => ({ status: 204 });
    expect(await run()).toEqual(dead("gone"));
    expect(receiver.posted).toHaveLength(1);
    expect(buried).toEqual([
      { body, why: "gone" },
      { body, why: "gone" },
    ]);
  });

  test.each([
    ["is empty", ""],
    ["is no JSON", "{"],
    ["is null", "null"],
    ["has no id", JSON.stringify({ ...created, id: undefined })],
    ["has an id with a dot, which would make what is signed ambiguous", JSON.stringify({ ...created, id: "a.b-1" })],
    ["has no number", JSON.stringify({ ...created, data: {} })],
  ])("if it %s", async (_, text) => {
    expect(await run(0, { body: text })).toEqual(dead("malformed"));
    expect(receiver.connections).toBe(0);
  });
});
