import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { listen, type RunningServer, readBody } from "../../../local/shared/loopback-server.ts";
import type { Block } from "../../../local/slack/blocks.ts";
import { type RunningSlack, startSlack } from "../../../local/slack/slack.ts";

/** What the app was sent, and what it responds. */
let received: URLSearchParams[];
let response: string;
let app: RunningServer;
let slack: RunningSlack;
beforeEach(async () => {
  [received, response] = [[], ""];
  const server = createServer(async (request, reply) => {
    received.push(new URLSearchParams((await readBody(request, 100_000))?.toString("utf8")));
    reply.end(response);
  });
  app = await listen(server, 0);
  slack = await startSlack(0, () => new Date());
  slack.appUrl = `http://127.0.0.1:${app.port}/slack`;
});
afterEach(async () => {
  await slack.stop();
  await app.stop();
});

const send = (path: string, fields: Record<string, string>, origin = slack.url) =>
  fetch(`${slack.url}${path}`, {
    method: "POST",
    headers: { Origin: origin },
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
const pageOf = async (user: string) => (await fetch(`${slack.url}/?as=${user}`)).text();
const button = {
  type: "button",
  text: { type: "plain_text", text: "Approve" },
  action_id: "approve",
  value: "ar-1",
} as const;
const blocks: Block[] = [
  { type: "rich_text", elements: [{ type: "rich_text_quote", elements: [{ type: "text", text: "<script>" }] }] },
  { type: "actions", elements: [button] },
];

test("a user sees what is in the channel and what only they see, and every text as data", async () => {
  slack.messages.post({ channel: "C0ONCALL" }, { text: "", blocks });
  slack.messages.post({ channel: "D0BOB", user: "U0BOB" }, { text: "for bob", blocks: [] });
  const [alices, bobs] = [await pageOf("U0ALICE"), await pageOf("U0BOB")];
  expect(alices).toContain("&#60;script&#62;");
  expect(alices).not.toMatch(/<script>|for bob/);
  expect(bobs).toContain("for bob");
});

test("a command is sent in the user's name, and what the app says at once only they see", async () => {
  response = JSON.stringify({ response_type: "ephemeral", text: "Not now" });
  expect((await send("/type", { as: "U0ALICE", text: "help" })).status).toBe(303);
  expect(Object.fromEntries(received[0] ?? [])).toMatchObject({
    command: "/latchkey",
    text: "help",
    user_id: "U0ALICE",
  });
  expect(slack.messages.items).toMatchObject([{ user: "U0ALICE", ephemeral: true, text: "Not now" }]);
});

test("a press sends the message's own button", async () => {
  const { channel, ts } = slack.messages.post({ channel: "C0ONCALL" }, { text: "", blocks });
  await send("/press", { as: "U0BOB", channel, ts, action: "approve", value: "ar-2" });
  expect(JSON.parse(received[0]?.get("payload") ?? "")).toMatchObject({
    type: "block_actions",
    user: { id: "U0BOB" },
    container: { channel_id: channel, message_ts: ts },
    actions: [{ action_id: "approve", value: "ar-1" }],
  });
});

test("a modal is shown to the one who has opened it, and sent with its fields", async () => {
  const label = { type: "plain_text", text: "Why" } as const;
  const element = { type: "plain_text_input", action_id: "value" } as const;
  const view = {
    type: "modal",
    title: label,
    blocks: [{ type: "input", block_id: "reason", label, element }],
  } as const;
  slack.views.push({ ...view, blocks: [...view.blocks], id: "V1", trigger: "1" });
  expect(await (await fetch(`${slack.url}/?as=U0BOB&view=V1`)).text()).toContain('name="reason/value"');
  await send("/submit", { as: "U0BOB", view: "V1", "reason/value": "INC-42" });
  expect(JSON.parse(received[0]?.get("payload") ?? "")).toMatchObject({
    type: "view_submission",
    view: { id: "V1", state: { values: { reason: { value: { value: "INC-42" } } } } },
  });
});

describe("nothing is sent", () => {
  test.each<
    [sentence: string, path: string, fields: Record<string, string>, origin: string | undefined, status: number]
  >([
    ["for a page of another origin", "/type", { as: "U0ALICE", text: "help" }, "http://evil.example", 403],
    ["for somebody who is not there", "/type", { as: "U0MALLORY", text: "help" }, undefined, 400],
    [
      "for a button of no message",
      "/press",
      { as: "U0BOB", channel: "C0ONCALL", ts: "1", action: "approve" },
      undefined,
      400,
    ],
    ["for a modal that was not opened", "/submit", { as: "U0BOB", view: "V9" }, undefined, 400],
  ])("%s", async (_, path, fields, origin, status) => {
    expect((await send(path, fields, origin)).status).toBe(status);
    expect(received).toEqual([]);
  });
});
