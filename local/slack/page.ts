import { blocksHtml, escaped } from "./block-html.ts";
import type { Button } from "./blocks.ts";
import type { Message } from "./messages.ts";
import type { OpenedView } from "./web-api.ts";
import { onCallChannel, users } from "./workspace.ts";

/** What the page shows to one of the users. */
export interface SlackPage {
  readonly user: string;
  readonly messages: readonly Message[];
  /** The modal that is open for the user. */
  readonly view: OpenedView | undefined;
  /** Whether the app may still have something to say: then the page loads itself again. */
  readonly isWaiting: boolean;
}

/** The workspace as one of its users sees it: a page without scripts, whose forms do what a user can do. */
export function slackPage({ user, messages, view, isWaiting }: SlackPage): string {
  const as = `<input type="hidden" name="as" value="${user}">`;
  const seen = messages.filter((message) => message.user === undefined || message.user === user);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${isWaiting ? '<meta http-equiv="refresh" content="1">\n' : ""}<link rel="icon" href="data:,">
<title>A stand-in for Slack</title>
<style>${style}</style>
<header>
<h1>A stand-in for Slack</h1>
<nav>${users.map((one) => (one === user ? `<b>${one}</b>` : `<a href="/?as=${one}">${one}</a>`)).join(" ")}</nav>
<form method="post" action="/type">${as}<label for="text">/latchkey</label>
<input id="text" name="text" placeholder="ssh prod-1 for 1h because INC-42" autocomplete="off"><button>Send</button></form>
</header>
<main>
${seen.map((message) => messageHtml(message, as)).join("\n")}
</main>
${view ? viewHtml(view, as) : ""}
</html>
`;
}

function messageHtml({ channel, ts, user, text, blocks, ephemeral }: Message, as: string): string {
  const where =
    channel === onCallChannel ? "#on-call" : ephemeral || user === undefined ? `#${channel}` : "Direct message";
  const hidden = `${as}<input type="hidden" name="channel" value="${channel}"><input type="hidden" name="ts" value="${ts}">`;
  const press = (button: Button) =>
    button.url === undefined
      ? `<form method="post" action="/press">${hidden}<button name="action" value="${escaped(button.action_id ?? "")}" class="${button.style ?? ""}">${escaped(button.text.text)}</button></form>`
      : `<a class="button" href="${escaped(button.url)}">${escaped(button.text.text)}</a>`;
  return `<article id="${channel}-${ts}">
<p class="from"><b>Latchkey</b> <small>APP</small> <span>${escaped(where)}</span></p>
${ephemeral ? '<p class="context">Only visible to you</p>' : ""}
${blocks.length > 0 ? blocksHtml(blocks, press) : `<p>${escaped(text)}</p>`}
</article>`;
}

function viewHtml({ id, title, submit, blocks }: OpenedView, as: string): string {
  const fields = blocks.map((block, index) => {
    if (block.type !== "input") return blocksHtml([block], () => "");
    const { element, label, optional = false } = block;
    const attributes = `id="field-${index}" name="${escaped(`${block.block_id}/${element.action_id}`)}"${optional ? "" : " required"}`;
    const value = element.type === "plain_text_input" ? escaped(element.initial_value ?? "") : "";
    const field =
      element.type === "plain_text_input" && element.multiline
        ? `<textarea ${attributes}>${value}</textarea>`
        : `<input ${attributes} value="${value}" autocomplete="off">`;
    return `<label for="field-${index}">${escaped(label.text)}</label>${field}`;
  });
  return `<dialog open><form method="post" action="/submit">${as}<input type="hidden" name="view" value="${id}">
<h2>${escaped(title.text)}</h2>
${fields.join("\n")}
<p class="actions"><button class="primary">${escaped(submit?.text ?? "Submit")}</button></p></form></dialog>`;
}

const style = `
:root { font: 15px/1.46 system-ui, sans-serif; color: #1d1c1d; background: #fff }
body { max-width: 44rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1rem; margin: 0 }
nav { margin: .4rem 0 }
header form { display: flex; gap: .5rem; align-items: center }
header input { flex: 1 }
input, textarea, button, .button { font: inherit; padding: .3rem .7rem; border: 1px solid #8d8d8d; border-radius: 4px; box-sizing: border-box }
article { margin: 1rem 0; padding-left: 3rem; position: relative }
article::before { content: "L"; font-weight: 700; color: #5b3fa0; position: absolute; left: 0; width: 2.2rem; height: 2.2rem; border-radius: 6px; background: #e8e3f3; text-align: center; line-height: 2.2rem }
article > * { margin: .25rem 0 }
.from small { background: #e8e8e8; color: #5c5a5c; border-radius: 2px; padding: 0 3px; font-size: .65rem }
.from span, .context { color: #5c5a5c; font-size: .85rem }
h3 { font-size: 1.15rem }
article p, blockquote { white-space: pre-wrap; overflow-wrap: anywhere }
blockquote { border-left: 4px solid #ddd; padding-left: .8rem }
pre { background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: .5rem; white-space: pre-wrap; font-size: .8rem; color: #c01343 }
.actions { display: flex; gap: .5rem; white-space: normal; margin-top: .6rem }
button, .button { background: #fff; color: inherit; text-decoration: none; font-weight: 600; cursor: pointer }
.primary { background: #007a5a; border-color: #007a5a; color: #fff }
.danger { color: #c01343; border-color: #c01343 }
dialog { position: fixed; top: 4rem; width: min(30rem, 90vw); border: 1px solid #8d8d8d; border-radius: 8px }
dialog label, dialog input, dialog textarea { display: block; width: 100% }
dialog label { margin-top: .7rem; font-weight: 600 }
`;
