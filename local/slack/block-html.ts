import type { Block, Button } from "./blocks.ts";

/** Blocks as a page shows them. Every text in them is data; of Slack's markup, this page knows none. */
export const blocksHtml = (blocks: readonly Block[], press: (button: Button) => string): string =>
  blocks.map((block) => blockHtml(block, press)).join("\n");

function blockHtml(block: Block, press: (button: Button) => string): string {
  switch (block.type) {
    case "header":
      return `<h3>${escaped(block.text.text)}</h3>`;
    case "section":
      return [block.text, ...(block.fields ?? [])].map((text) => (text ? `<p>${escaped(text.text)}</p>` : "")).join("");
    case "context":
      return `<p class="context">${block.elements.map(({ text }) => escaped(text)).join(" ")}</p>`;
    case "rich_text":
      return block.elements.map(richText).join("");
    case "actions":
      return `<div class="actions">${block.elements.map(press).join("\n")}</div>`;
    case "divider":
      return "<hr>";
  }
}

type RichText = Extract<Block, { type: "rich_text" }>["elements"][number];

const tags = { rich_text_section: "p", rich_text_quote: "blockquote", rich_text_preformatted: "pre" } as const;

function richText({ type, elements }: RichText): string {
  const inner = elements.map((element) => {
    if (element.type === "user") return `<b>@${escaped(element.user_id)}</b>`;
    if (element.type === "link") return `<a href="${escaped(element.url)}">${escaped(element.text ?? element.url)}</a>`;
    return element.style?.bold ? `<b>${escaped(element.text)}</b>` : escaped(element.text);
  });
  return `<${tags[type]} dir="auto">${inner.join("")}</${tags[type]}>`;
}

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
