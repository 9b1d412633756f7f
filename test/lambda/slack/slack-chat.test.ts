import { describe, expect, test } from "@jest/globals";
import { ChatFault, type Message } from "../../../lambda/chat/chat.ts";
import { ok, refused, type Scripted, scriptedSlack } from "../../support/scripted-slack.ts";

const { signal } = new AbortController();
const message: Message = { title: "Access request" };
const alice = { chat: "slack", workspace: "T0LOCAL", user: "U0ALICE" };
const at = new Date("2026-03-01T12:00:00Z");
const place = { channel: "C0ONCALL", ts: "1772366400.000100" };
const refusedConnection = new TypeError("fetch failed", {
  cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }),
});
const reset = new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) });

const faultOf = async (promise: Promise<unknown>): Promise<ChatFault> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ChatFault) return error;
  throw error ?? new Error("It has succeeded");
};

describe("a call that fails", () => {
  test.each<[string, Scripted, { retryAfter: number | undefined; unknownFor: number | undefined }]>([
    ["is refused for good", refused("invalid_blocks"), { retryAfter: undefined, unknownFor: undefined }],
    [
      "can be repeated once Slack says",
      new Response("", { status: 429, headers: { "Retry-After": "7" } }),
      { retryAfter: 7, unknownFor: undefined },
    ],
    [
      "can be repeated later if Slack does not say when",
      new Response("", { status: 429 }),
      { retryAfter: 60, unknownFor: undefined },
    ],
    ["can be repeated if it was too often", refused("ratelimited"), { retryAfter: 5, unknownFor: undefined }],
    [
      "waits for operators if the app is not in the channel",
      refused("not_in_channel"),
      { retryAfter: 60, unknownFor: undefined },
    ],
    ["has done nothing if there was no connection", refusedConnection, { retryAfter: 5, unknownFor: undefined }],
    ["may have done it if the connection broke", reset, { retryAfter: 5, unknownFor: 30 }],
    ["may have done it if Slack is down", new Response("", { status: 503 }), { retryAfter: 5, unknownFor: 0 }],
    ["may have done it if Slack failed", refused("internal_error"), { retryAfter: 5, unknownFor: 0 }],
    ["may have done it if the response is no JSON", new Response("<html>"), { retryAfter: 5, unknownFor: 0 }],
    ["may have done it if the response lacks the message's place", ok(), { retryAfter: 5, unknownFor: 0 }],
  ])("%s", async (_, response, expected) => {
    const { chat } = scriptedSlack([response]);
    const { retryAfter, unknownFor } = await faultOf(chat.post(place, message, "ar-1", signal));
    expect({ retryAfter, unknownFor }).toEqual(expected);
  });
});

test("a message is posted as it is, with what finds it again", async () => {
  const { chat, calls } = scriptedSlack([ok(place)]);
  expect(await chat.post({ channel: "C0ONCALL" }, message, "ar-1", signal)).toEqual(place);
  expect(calls).toMatchObject([
    {
      url: "https://slack.com/api/chat.postMessage",
      token: "Bearer xoxb-1",
      body: {
        ...{ channel: "C0ONCALL", text: "Access request", mrkdwn: false, parse: "none", link_names: false },
        ...{ unfurl_links: false, unfurl_media: false },
        metadata: { event_type: "latchkey_message", event_payload: { id: "ar-1" } },
      },
    },
  ]);
});

test("a user gets it in the conversation with the app", async () => {
  const { chat, calls } = scriptedSlack([ok({ channel: { id: "D1" } }), ok({ channel: "D1", ts: "2" })]);
  expect(await chat.post({ user: alice }, message, "ar-1", signal)).toEqual({ channel: "D1", ts: "2" });
  expect(calls.map(({ body }) => body)).toMatchObject([{ users: "U0ALICE" }, { channel: "D1" }]);
});

describe("a token that Slack refuses", () => {
  test("is read again, once", async () => {
    const { chat, calls } = scriptedSlack([refused("invalid_auth"), ok(place)]);
    await chat.post(place, message, "ar-1", signal);
    expect(calls.map(({ token }) => token)).toEqual(["Bearer xoxb-1", "Bearer xoxb-2"]);
  });

  test("fails the call if there is no other", async () => {
    const { chat, calls } = scriptedSlack([refused("invalid_auth")], { botToken: async () => "xoxb-1" });
    expect(await faultOf(chat.post(place, message, "ar-1", signal))).toMatchObject({
      message: "invalid_auth",
      retryAfter: 60,
    });
    expect(calls).toHaveLength(1);
  });
});

describe("an update", () => {
  test("keeps what finds the message", async () => {
    const { chat, calls } = scriptedSlack([ok()]);
    await chat.update(place, message, "ar-1", signal);
    expect(calls).toMatchObject([
      { url: "https://slack.com/api/chat.update", body: { ...place, metadata: { event_payload: { id: "ar-1" } } } },
    ]);
  });

  test("of a message that somebody has deleted is done", async () => {
    await expect(
      scriptedSlack([refused("message_not_found")]).chat.update(place, message, "ar-1", signal),
    ).resolves.toBeUndefined();
  });
});

describe("a message is found", () => {
  const posted = (id: string, more = {}) => ({
    ...{ ts: `ts of ${id}`, app_id: "A0LOCAL", metadata: { event_type: "latchkey_message", event_payload: { id } } },
    ...more,
  });
  const find = async (...pages: object[][]) => {
    const responses = pages.map((messages, index) =>
      ok({ messages, response_metadata: { next_cursor: index < pages.length - 1 ? `page ${index + 1}` : "" } }),
    );
    const slack = scriptedSlack(responses);
    return { found: await slack.chat.find({ channel: "C0ONCALL" }, "ar-1", at, signal), ...slack };
  };

  test("on a later page", async () => {
    const { found, calls } = await find([posted("ar-2")], [posted("ar-1")]);
    expect(found).toEqual({ channel: "C0ONCALL", ts: "ts of ar-1" });
    expect(calls.map(({ body }) => body)).toMatchObject([
      { channel: "C0ONCALL", oldest: "1772366100", include_all_metadata: true },
      { cursor: "page 1" },
    ]);
  });

  test.each([
    ["nowhere", []],
    ["not by another id", [posted("ar-10")]],
    ["not if another app says so", [posted("ar-1", { app_id: "A0OTHER" })]],
    ["not without its metadata", [{ ts: "1", text: "ar-1" }]],
  ])("%s", async (_, messages) => {
    expect((await find(messages)).found).toBeUndefined();
  });
});

describe("a reply", () => {
  const responseUrl = "https://hooks.slack.com/commands/T0LOCAL/1/secret";
  const input = { from: alice, kind: "command", reply: { channel: "C0ONCALL", responseUrl } } as const;

  test("is for the one who asked, beside the message", async () => {
    const { chat, calls } = scriptedSlack([new Response("ok")]);
    await chat.reply(input, message, signal);
    expect(calls).toMatchObject([
      {
        url: responseUrl,
        token: null,
        body: { response_type: "ephemeral", replace_original: false, text: "Access request" },
      },
    ]);
  });

  test("goes to the local stack's stand-in, if there is one", async () => {
    const { chat, calls } = scriptedSlack([new Response("ok")], { apiUrl: "http://127.0.0.1:1234" });
    await chat.reply(input, message, signal);
    expect(calls[0]?.url).toBe("http://127.0.0.1:1234/commands/T0LOCAL/1/secret");
  });

  test.each<[string, string | undefined, Scripted[]]>([
    ["if there is no address", undefined, []],
    ["if the address is not Slack's", "https://hooks.slack.com.evil.example/1", []],
    ["if the address is none", "hooks.slack.com", []],
    ["if the address is used up", responseUrl, [new Response("used_url", { status: 404 })]],
  ])("is a direct message %s", async (_, url, responses) => {
    const { chat, calls } = scriptedSlack([
      ...responses,
      ok({ channel: { id: "D1" } }),
      ok({ channel: "D1", ts: "2" }),
    ]);
    await chat.reply({ ...input, reply: { ...(url !== undefined && { responseUrl: url }) } }, message, signal);
    expect(calls.at(-1)).toMatchObject({ url: "https://slack.com/api/chat.postMessage", body: { channel: "D1" } });
  });

  test("is tried again if Slack is down", async () => {
    const { chat } = scriptedSlack([new Response("", { status: 503 })]);
    expect(await faultOf(chat.reply(input, message, signal))).toMatchObject({ retryAfter: 5 });
  });
});
