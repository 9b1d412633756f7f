import { visible } from "../../contract/visible.ts";
import type { Button, Message } from "../chat/chat.ts";

/** What Slack takes at most: characters of a header, of a button's value and URL, of our own texts, and blocks of a message. */
const most = { header: 150, value: 2000, url: 3000, text: 3000, notification: 3000, blocks: 50, buttons: 25 } as const;

type Json = Readonly<Record<string, unknown>>;

/** A message as Slack's Web API takes it. */
export interface SlackMessage {
  /** Shown in notifications, where Slack reads it as markup. */
  readonly text: string;
  readonly blocks: readonly Json[];
}

/**
 * Renders a message as blocks. Only `plain_text` and `rich_text` have texts of people: Slack makes nothing of what they contain, so
 * that a reason cannot mention a channel, show a link as another, or look like a line of ours.
 */
export function slackMessage({ title, summary, facts = [], quotes = [], notes = [], ...more }: Message): SlackMessage {
  const blocks: Json[] = [
    { type: "header", text: plain(title, most.header) },
    ...lines(facts.map(({ name, value }) => [bold(`${name}: `), shown(value)])),
    ...quotes.flatMap(({ label, text }) =>
      richText([section([bold(label)]), { type: "rich_text_quote", elements: [shown(text)] }]),
    ),
    ...lines(notes.map((note) => [shown(note)])),
    ...(more.commands ?? []).flatMap((line) => richText([{ type: "rich_text_preformatted", elements: [shown(line)] }])),
  ];
  const actions = actionsOf(more.buttons ?? []);
  // If something has to give way it is not the buttons.
  return {
    text: escaped(cut(summary ?? title, most.notification)),
    blocks: [...blocks.slice(0, most.blocks - actions.length), ...actions],
  };
}

const plain = (text: string, length: number): Json => ({ type: "plain_text", text: cut(text, length), emoji: false });

const richText = (elements: readonly Json[]): Json[] =>
  elements.length === 0 ? [] : [{ type: "rich_text", elements }];

const section = (elements: readonly Json[]): Json => ({ type: "rich_text_section", elements });

/** In one section, since Slack does not say how it sets several. No text of ours or others has a line break of its own. */
const lines = (rows: readonly (readonly Json[])[]): Json[] =>
  richText(
    rows.length === 0
      ? []
      : [section(rows.flatMap((row, index) => (index === 0 ? row : [{ type: "text", text: "\n" }, ...row])))],
  );

/** Slack refuses an empty text. */
const shown = (text: string): Json => ({ type: "text", text: cut(text, most.text) || " " });

const bold = (text: string): Json => ({ ...shown(text), style: { bold: true } });

function actionsOf(buttons: readonly Button[]): Json[] {
  if (buttons.length === 0) return [];
  return [{ type: "actions", elements: buttons.slice(0, most.buttons).map(buttonOf) }];
}

const decisions = {
  approve: { label: "Approve", style: "primary", question: "Approve this access?" },
  deny: { label: "Deny", style: "danger", question: "Deny this access?" },
} as const;

function buttonOf(button: Button): Json {
  if (button.kind === "link") {
    return { type: "button", action_id: "link", text: plain(button.label, 75), url: button.url.slice(0, most.url) };
  }
  const { label, style, question } = decisions[button.kind];
  // A value that is cut would name another request.
  if (button.value.length > most.value) throw new Error("The value is too long for a button");
  return {
    ...{ type: "button", action_id: button.kind, style, value: button.value, text: plain(label, 75) },
    confirm: {
      title: plain(label, 100),
      text: plain(question, 300),
      confirm: plain(label, 30),
      deny: plain("Cancel", 30),
      ...(style === "danger" && { style }),
    },
  };
}

/** What does not show becomes visible, and what is too long ends with `…`. */
function cut(text: string, length: number): string {
  const all = visible(text);
  if (all.length <= length) return all;
  // Not between the halves of a surrogate pair.
  return `${all.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Slack reads these three characters as markup. */
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
