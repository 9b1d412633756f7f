import { hash } from "node:crypto";
import type { APIGatewayProxyResult } from "aws-lambda";
import { securityHeaders } from "../../contract/headers.ts";
import { chatUserId } from "../chat/chat-user.ts";
import { Html, html } from "./html.ts";
import type { SignInFault } from "./sign-in.ts";
import type { SlackUser } from "./slack-sign-in.ts";

export interface Page {
  readonly status: 200 | 400 | 403 | 404 | 409 | 503;
  readonly title: string;
  /** @param home the URL where a visit starts. */
  readonly body: (home: string) => Html;
}

const style =
  ":root{color-scheme:light dark;font:1.1rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}" +
  "main{max-width:34rem;margin:3rem auto;padding:0 1rem}" +
  "dt{font-weight:600;margin-top:.8rem}dd{margin:0;overflow-wrap:anywhere}" +
  "button{font:inherit;padding:.6rem 1.2rem;margin-top:1rem}";

/** Nothing runs, nothing is loaded, no other page may show this one, and its form goes nowhere else. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${hash("sha256", style, "base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Of every response of the link function. */
export const pageHeaders = {
  ...securityHeaders,
  "Content-Security-Policy": policy,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  // The URLs have codes of providers.
  "Referrer-Policy": "no-referrer",
  "X-Frame-Options": "DENY",
} as const;

/** A page as a response, without the headers of all. @param home the URL where a visit starts. */
export function shown(
  { status, title, body }: Page,
  home: string,
): Pick<APIGatewayProxyResult, "statusCode" | "headers" | "body"> {
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${title} – Latchkey</title>
<style>${new Html(style)}</style>
<main>
<h1>${title}</h1>
${body(home)}
</main>
</html>
`;
  return { statusCode: status, headers: { "Content-Type": "text/html; charset=utf-8" }, body: page.text };
}

/** Characters of a name that are shown. */
const longestName = 200;

/** @param token which shows that it was this page that confirmed. */
export function question(person: string, { user, name, workspaceName }: SlackUser, token: string): Page {
  const named = (text: string | undefined, id: string) =>
    text === undefined ? html`${id}` : html`<bdi>${text.slice(0, longestName)}</bdi> (${id})`;
  return {
    status: 200,
    title: "Link your Slack user?",
    body: (home) => html`<p>You have signed in to both:</p>
<dl>
<dt>You</dt><dd>${person}</dd>
<dt>Slack user</dt><dd>${named(name, user.user)}</dd>
<dt>Workspace</dt><dd>${named(workspaceName, user.workspace)}</dd>
</dl>
<p>What this Slack user does with Latchkey then counts as done by ${person}: asking for access, and approving it.
Link them only if you opened this page yourself and the Slack user is yours. Otherwise close it.</p>
<form method="post" action="${home}"><input type="hidden" name="token" value="${token}"><button>Link</button></form>`,
  };
}

export const linked = (person: string, { user }: Pick<SlackUser, "user">): Page => ({
  status: 200,
  title: "Your Slack user is linked",
  body: () => html`<p>${chatUserId(user)} is ${person}. You can close this page and go on in Slack.</p>
<p>To end it, type <code>/latchkey unlink</code> there.</p>`,
});

const refusal = (status: Page["status"], title: string, text: string | Html): Page => ({
  status,
  title,
  body: (home) => html`<p role="alert">${text}</p>
${startAgain(home)}`,
});

const startAgain = (home: string) => html`<p><a href="${home}">Start again</a></p>`;

/** The request is of no visit of this browser, or of one that has ended. */
export const otherVisit = refusal(
  400,
  "This page is no longer valid",
  "It has been used before, it has expired, or the visit began in another browser.",
);

export const cancelled = refusal(403, "You are not signed in", "The provider ended the sign-in. Nothing has changed.");

export const suspended = refusal(403, "You are suspended", "You can do nothing with Latchkey until you are restored.");

export const otherPerson = refusal(
  409,
  "This Slack user is another person's",
  html`It is linked to somebody else. If that is you too, type <code>/latchkey unlink</code> in Slack first.`,
);

export const notFound: Page = { status: 404, title: "Not found", body: startAgain };

export const unavailable = refusal(
  503,
  "Try again",
  "Something that this needs does not respond. Start again in a minute.",
);

/** @param words of ours. */
export function failed(fault: SignInFault, words: string): Page {
  if (fault === "unavailable") return unavailable;
  if (fault === "no-person") return refusal(403, "Latchkey does not know you as a person", words);
  if (fault === "other-workspace") {
    return refusal(
      403,
      "This is another workspace",
      "The app does not serve the Slack workspace that you signed in to.",
    );
  }
  return refusal(
    400,
    "The sign-in is not valid",
    "What the provider returned is not for this visit. Nothing has changed.",
  );
}
