import { describe, expect, test } from "@jest/globals";
import type { Message } from "../../../lambda/chat/chat.ts";
import { slackMessage } from "../../../lambda/slack/blocks.ts";

const full: Message = {
  title: "Access request",
  summary: "alice asks for access to web-1",
  facts: [
    { name: "Who", value: "alice" },
    { name: "For", value: "1h" },
  ],
  quotes: [{ label: "Reason", text: "INC-42" }],
  notes: ["Pending"],
  commands: ["latchkey ssh web-1"],
  buttons: [
    { kind: "approve", value: "ar-1" },
    { kind: "deny", value: "ar-1" },
    { kind: "link", label: "Open", url: "https://console.example.com/#/requests/ar-1" },
  ],
};

/** Every text that Slack would read as markup. */
function markup(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  if ("type" in value && value.type === "mrkdwn" && "text" in value) return [String(value.text)];
  return Object.values(value).flatMap(markup);
}

test("facts come first, then what people have written, notes, commands and buttons", () => {
  const { text, blocks } = slackMessage(full);
  expect(text).toBe("alice asks for access to web-1");
  expect(blocks.map(({ type }) => type)).toEqual([
    ...["header", "rich_text", "rich_text", "rich_text", "rich_text", "actions"],
  ]);
  expect(JSON.stringify(blocks.slice(1, 3))).toBe(
    JSON.stringify([
      {
        type: "rich_text",
        elements: [
          {
            type: "rich_text_section",
            elements: [
              { type: "text", text: "Who: ", style: { bold: true } },
              { type: "text", text: "alice" },
              { type: "text", text: "\n" },
              { type: "text", text: "For: ", style: { bold: true } },
              { type: "text", text: "1h" },
            ],
          },
        ],
      },
      {
        type: "rich_text",
        elements: [
          { type: "rich_text_section", elements: [{ type: "text", text: "Reason", style: { bold: true } }] },
          { type: "rich_text_quote", elements: [{ type: "text", text: "INC-42" }] },
        ],
      },
    ]),
  );
});

test("a button says what it does, asks before it does it, and has the value that it was given", () => {
  const actions = slackMessage(full).blocks.at(-1) as { readonly elements: readonly object[] };
  const [approve, deny, link] = actions.elements;
  expect(approve).toMatchObject({ action_id: "approve", style: "primary", value: "ar-1" });
  expect(approve).toHaveProperty("confirm.text.text", "Approve this access?");
  expect(deny).toMatchObject({ action_id: "deny", style: "danger", value: "ar-1" });
  expect(deny).toHaveProperty("confirm.style", "danger");
  expect(link).toMatchObject({ action_id: "link", url: "https://console.example.com/#/requests/ar-1" });
  expect(link).not.toHaveProperty("value");
});

describe("what people write is data, wherever it stands:", () => {
  test.each([
    ["a mention of everybody", "<!channel> and <@U0BOB>"],
    ["a link that shows another", "<https://evil.example|https://latchkey.example>"],
    ["a bare link", "https://evil.example"],
    ["markup", "*bold* _and_ `code` ~no~ > quote :boom:"],
    ["entities", "&lt;!here&gt; & co"],
    ["text from right to left", "גישה לשרת הייצור"],
  ])("%s", (_, text) => {
    const hostile = {
      ...{ title: text, summary: text, facts: [{ name: "Who", value: text }], quotes: [{ label: text, text }] },
      ...{ notes: [text], commands: [text] },
    };
    const message = slackMessage(hostile);
    expect(markup(message.blocks)).toEqual([]);
    expect(message.text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
    // In blocks it is exactly what was written.
    expect(JSON.stringify(message.blocks).split(JSON.stringify(text).slice(1, -1))).toHaveLength(7);
  });

  test("what turns or hides text becomes visible, and a line break makes no line", () => {
    const text = JSON.stringify(slackMessage({ ...full, quotes: [{ label: "Reason", text: "a\u202Eb\nApproved" }] }));
    expect(text).toContain(String.raw`a\\u{202e}b\\u{a}Approved`);
  });
});

describe("Slack's limits:", () => {
  test("a title of 150 characters, and texts of 3,000", () => {
    const long = "x".repeat(3001);
    const message = slackMessage({ title: long, quotes: [{ label: "Reason", text: long }] });
    expect(message.blocks[0]).toHaveProperty("text.text", `${"x".repeat(149)}…`);
    expect(message.blocks[1]).toHaveProperty("elements.1.elements.0.text", `${"x".repeat(2999)}…`);
    expect(message.text).toHaveLength(3000);
  });

  test("no half of a character", () => {
    expect(slackMessage({ title: "😀".repeat(100) }).blocks[0]).toHaveProperty("text.text", `${"😀".repeat(74)}…`);
  });

  test("50 blocks, of which the buttons are the last", () => {
    const quotes = Array.from({ length: 100 }, () => ({ label: "Comment", text: "fine" }));
    const { blocks } = slackMessage({ ...full, quotes });
    expect(blocks).toHaveLength(50);
    expect(blocks.at(-1)).toMatchObject({ type: "actions" });
  });

  test("no empty text", () => {
    expect(slackMessage({ title: "A", notes: [""] }).blocks[1]).toHaveProperty("elements.0.elements.0.text", " ");
  });

  test("a value that is too long for a button is not cut, since it would name something else", () => {
    const buttons = [{ kind: "approve", value: "x".repeat(2001) }] as const;
    expect(() => slackMessage({ title: "A", buttons })).toThrow("too long for a button");
  });
});
