import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { type RunningSlack, startSlack } from "../../../local/slack/slack.ts";
import { app } from "../../../local/slack/workspace.ts";

let slack: RunningSlack;
beforeEach(async () => {
  slack = await startSlack(0, () => new Date("2026-03-04T05:06:07Z"));
  jest.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(async () => {
  jest.restoreAllMocks();
  await slack.stop();
});

async function call(
  method: string,
  input: object,
  token: string | undefined = app.botToken,
): Promise<Record<string, unknown>> {
  const authorization = token && { Authorization: `Bearer ${token}` };
  const headers = { "Content-Type": "application/json; charset=utf-8", ...authorization };
  const response = await fetch(`${slack.url}/api/${method}`, { method: "POST", headers, body: JSON.stringify(input) });
  const content = (await response.json()) as Record<string, unknown>;
  return { status: response.status, ...content };
}

const listed = async () => (await (await fetch(`${slack.url}/messages`)).json()) as { items: unknown[] };
const blocks = [{ type: "section", text: { type: "plain_text", text: "A request" } }];
const toChannel = { channel: "C0ONCALL", text: "A request", blocks };

describe("a call is refused", () => {
  test.each<[sentence: string, method: string, input: object, token: string | undefined, error: string]>([
    ["without a token", "chat.postMessage", toChannel, "", "not_authed"],
    ["with another token than the app's", "chat.postMessage", toChannel, "xoxb-other", "invalid_auth"],
    ["of a method that it does not know", "chat.delete", {}, undefined, "unknown_method"],
    ["of what every object inherits", "toString", {}, undefined, "unknown_method"],
    [
      "with a field that it does not know",
      "chat.postMessage",
      { ...toChannel, as_user: true },
      undefined,
      "invalid_arguments",
    ],
    [
      "to a channel that is not there",
      "chat.postMessage",
      { ...toChannel, channel: "C0OTHER" },
      undefined,
      "channel_not_found",
    ],
    ["without text and blocks", "chat.postMessage", { channel: "C0ONCALL" }, undefined, "no_text"],
    ["to a user who is not there", "conversations.open", { users: "U0MALLORY" }, undefined, "user_not_found"],
    [
      "to change a message that is not there",
      "chat.update",
      { channel: "C0ONCALL", ts: "1.000001", text: "x" },
      undefined,
      "message_not_found",
    ],
  ])("%s", async (_, method, input, token, error) => {
    expect(await call(method, input, token)).toEqual({ status: 200, ok: false, error });
    expect(await listed()).toEqual({ items: [] });
  });

  test.each<[sentence: string, block: object]>([
    ["a block of a type that Latchkey does not use", { type: "video" }],
    ["a section of 3,001 characters", { type: "section", text: { type: "plain_text", text: "x".repeat(3001) } }],
    ["an empty text", { type: "section", text: { type: "plain_text", text: "" } }],
    [
      "an empty text in rich text",
      { type: "rich_text", elements: [{ type: "rich_text_quote", elements: [{ type: "text", text: "" }] }] },
    ],
    ["markup in a header", { type: "header", text: { type: "mrkdwn", text: "x" } }],
    ["a section without text", { type: "section" }],
  ])("with %s", async (_, block) => {
    expect(await call("chat.postMessage", { ...toChannel, blocks: [block] })).toMatchObject({
      error: "invalid_blocks",
    });
  });
});

describe("messages", () => {
  test("stand in the channel as they were posted", async () => {
    const { channel, ts } = await call("chat.postMessage", toChannel);
    expect(channel).toBe("C0ONCALL");
    expect(await listed()).toEqual({ items: [{ ...toChannel, ts, updates: 0 }] });
  });

  test("are changed in place, with the metadata that they had", async () => {
    const metadata = { event_type: "latchkey", event_payload: { id: "1" } };
    const { ts } = await call("chat.postMessage", { ...toChannel, metadata });
    await call("chat.update", { channel: "C0ONCALL", ts, text: "Approved" });
    expect(await listed()).toEqual({
      items: [{ channel: "C0ONCALL", ts, text: "Approved", blocks: [], metadata, updates: 1 }],
    });
  });

  test("of a moment have ids of their own, in order", async () => {
    const first = await call("chat.postMessage", toChannel);
    const second = await call("chat.postMessage", toChannel);
    expect(String(first["ts"]) < String(second["ts"])).toBe(true);
  });

  test("go to one user directly, whose channel has an id of its own", async () => {
    expect(await call("conversations.open", { users: "U0ALICE" })).toMatchObject({ channel: { id: "D0ALICE" } });
    await call("chat.postMessage", { channel: "D0ALICE", text: "one" });
    await call("chat.postMessage", { channel: "U0ALICE", text: "two" });
    const direct = { channel: "D0ALICE", user: "U0ALICE", ts: expect.any(String), blocks: [], updates: 0 };
    expect(await listed()).toEqual({ items: ["one", "two"].map((text) => ({ ...direct, text })) });
  });

  test("that only one user sees cannot be found or changed by apps", async () => {
    const { message_ts: ts } = await call("chat.postEphemeral", { ...toChannel, user: "U0BOB" });
    expect(await listed()).toMatchObject({ items: [{ channel: "C0ONCALL", user: "U0BOB", ephemeral: true }] });
    expect(await call("chat.update", { channel: "C0ONCALL", ts, text: "x" })).toMatchObject({
      error: "message_not_found",
    });
    expect(await call("conversations.history", { channel: "C0ONCALL" })).toMatchObject({ messages: [] });
  });

  test("are listed newest first and by pages, with metadata only if it is asked for", async () => {
    const metadata = { event_type: "latchkey", event_payload: { id: "1" } };
    await call("chat.postMessage", { ...toChannel, text: "one", metadata });
    await call("chat.postMessage", { ...toChannel, text: "two" });
    const page = { channel: "C0ONCALL", limit: 1 };
    expect(await call("conversations.history", page)).toMatchObject({
      messages: [{ text: "two" }],
      has_more: true,
      response_metadata: { next_cursor: "1" },
    });
    const second = await call("conversations.history", { ...page, cursor: "1" });
    expect(second).toMatchObject({ messages: [{ text: "one" }], has_more: false });
    expect(JSON.stringify(second)).not.toContain("event_payload");
    const all = await call("conversations.history", { channel: "C0ONCALL", include_all_metadata: true });
    expect(all).toMatchObject({ messages: [{ text: "two" }, { metadata }] });
  });
});

describe("a modal", () => {
  const view = { type: "modal", title: { type: "plain_text", text: "Ask" }, blocks };

  test("opens once by each trigger", async () => {
    expect(await call("views.open", { trigger_id: "1.2.abc", view })).toMatchObject({ ok: true });
    expect(await call("views.open", { trigger_id: "1.2.abc", view })).toMatchObject({ error: "exchanged_trigger_id" });
    expect(slack.views).toMatchObject([view]);
  });

  test("does not open with a title of 25 characters", async () => {
    const long = { ...view, title: { type: "plain_text", text: "x".repeat(25) } };
    expect(await call("views.open", { trigger_id: "1.2.abc", view: long })).toMatchObject({
      error: "invalid_arguments",
    });
  });
});

describe("a response URL", () => {
  const respondAt = async (path: string, content: object) => {
    const response = await fetch(`${slack.url}${path}`, { method: "POST", body: JSON.stringify(content) });
    return response.status;
  };
  const fields = {
    channel_id: "C0GENERAL",
    user_id: "U0ALICE",
    response_url: "https://hooks.slack.com/commands/T0LOCAL/1/a",
  };
  const click = {
    container: { channel_id: "C0ONCALL", message_ts: "" },
    user: { id: "U0BOB" },
    response_url: "https://hooks.slack.com/actions/T0LOCAL/1/b",
  };

  test("that nobody was sent takes nothing", async () => {
    expect(await respondAt("/commands/T0LOCAL/1/a", { text: "hello" })).toBe(404);
  });

  test("answers the one who has sent the command, in their channel, and five times", async () => {
    slack.sent.add(`${new URLSearchParams(fields)}`);
    for (const text of ["1", "2", "3", "4", "5"]) expect(await respondAt("/commands/T0LOCAL/1/a", { text })).toBe(200);
    expect(await respondAt("/commands/T0LOCAL/1/a", { text: "6" })).toBe(404);
    expect((await listed()).items).toHaveLength(5);
    expect((await listed()).items[0]).toMatchObject({
      channel: "C0GENERAL",
      user: "U0ALICE",
      ephemeral: true,
      text: "1",
    });
  });

  test("answers the one who has pressed a button, or replaces the message", async () => {
    const { ts } = await call("chat.postMessage", toChannel);
    const payload = { ...click, container: { channel_id: "C0ONCALL", message_ts: ts } };
    slack.sent.add(`${new URLSearchParams({ payload: JSON.stringify(payload) })}`);
    expect(await respondAt("/actions/T0LOCAL/1/b", { text: "You cannot" })).toBe(200);
    expect(await respondAt("/actions/T0LOCAL/1/b", { text: "Approved", replace_original: true })).toBe(200);
    expect(await listed()).toMatchObject({
      items: [
        { ts, text: "Approved", updates: 1 },
        { channel: "C0ONCALL", user: "U0BOB", ephemeral: true, text: "You cannot" },
      ],
    });
  });

  test.each(["", "payload=%7B", "payload=null", "channel_id=&user_id=U0ALICE"])("is not in %j", (body) => {
    expect(() => slack.sent.add(body)).not.toThrow();
    expect(slack.sent.use("/")).toBeUndefined();
  });
});

describe("a fault", () => {
  test("of limits says when to come again", async () => {
    slack.faults.set({ kind: "limited", retryAfter: 30 }, { times: 1 });
    const response = await fetch(`${slack.url}/api/chat.postMessage`, { method: "POST" });
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "30"]);
    expect(await call("chat.postMessage", toChannel)).toMatchObject({ ok: true });
  });

  test("of one method leaves the others alone", async () => {
    slack.faults.set({ kind: "down" }, { methods: ["chat.update"] });
    expect(await call("chat.postMessage", toChannel)).toMatchObject({ ok: true });
    expect((await fetch(`${slack.url}/api/chat.update`, { method: "POST" })).status).toBe(503);
    slack.faults.clear();
    expect(await call("chat.update", {})).toMatchObject({ status: 200 });
  });

  test("that loses answers loses nothing else", async () => {
    slack.faults.set({ kind: "lost" }, { times: 1 });
    await expect(call("chat.postMessage", toChannel)).rejects.toThrow("fetch failed");
    expect((await listed()).items).toHaveLength(1);
    expect(slack.calls).toEqual([{ method: "chat.postMessage", status: 0 }]);
  });

  test("of slowness ends when the test says so", async () => {
    const { promise: until, resolve: end } = Promise.withResolvers<void>();
    slack.faults.set({ kind: "slow", until }, { times: 1 });
    const slow = call("chat.postMessage", toChannel);
    expect(await call("chat.postMessage", { ...toChannel, text: "first" })).toMatchObject({ ok: true });
    end();
    expect(await slow).toMatchObject({ ok: true });
    expect(await listed()).toMatchObject({ items: [{ text: "first" }, { text: "A request" }] });
  });
});
