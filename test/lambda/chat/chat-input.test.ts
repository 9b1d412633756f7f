import { describe, expect, test } from "@jest/globals";
import { type ChatInput, readChatInput } from "../../../lambda/chat/chat-input.ts";

const from = { chat: "slack", workspace: "T0LOCAL", user: "U0ALICE" };
const receivedAt = "2026-03-01T12:00:00.000Z";
const command: ChatInput = { kind: "command", from, reply: { channel: "C0ONCALL" }, receivedAt, text: "help" };
const click: ChatInput = {
  ...{ kind: "click", from, reply: { responseUrl: "https://hooks.slack.com/actions/T0LOCAL/1/a" }, receivedAt },
  ...{ action: "approve", claimedId: "ar-1", message: { channel: "C0ONCALL", ts: "1772366400.000100" } },
};
const ask: ChatInput = {
  kind: "ask",
  from,
  reply: {},
  receivedAt,
  instance: "web-1",
  osUser: "",
  duration: "",
  reason: "",
};

test.each([command, click, ask])("a $kind is read as it was written", (input) => {
  expect(readChatInput(JSON.stringify(input))).toEqual(input);
});

describe("is no input:", () => {
  test.each<[string, unknown]>([
    ["text", "approve"],
    ["nothing", null],
    ["another kind", { ...command, kind: "shout" }],
    ["somebody without a workspace", { ...command, from: { ...from, workspace: "" } }],
    ["somebody whose id has a slash", { ...command, from: { ...from, user: "U0/ALICE" } }],
    ["a time that is none", { ...command, receivedAt: "yesterday" }],
    ["a click on another button", { ...click, action: "revoke" }],
    ["a click on nothing", { ...click, message: undefined }],
  ])("%s", (_, value) => {
    expect(readChatInput(JSON.stringify(value))).toBeUndefined();
  });

  test("what is not JSON", () => {
    expect(readChatInput("{")).toBeUndefined();
  });
});
