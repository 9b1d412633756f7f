import { slackChat } from "../../lambda/slack/slack-chat.ts";
import type { SlackAccess } from "../../lambda/slack/web-api.ts";

/** A call that Slack has got. */
export interface SlackCall {
  readonly url: string;
  readonly token: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What Slack responds next: a response, or that none comes. */
export type Scripted = Response | Error;

export const ok = (more: object = {}) => Response.json({ ok: true, ...more });
export const refused = (error: string) => Response.json({ ok: false, error });

/** Slack's Web API as it responds by a script, in order. A call that the script has no response for fails the test. */
export function scriptedSlack(script: readonly Scripted[], more: Partial<SlackAccess> = {}) {
  const responses = [...script];
  const calls: SlackCall[] = [];
  const access: SlackAccess = {
    apiUrl: "https://slack.com",
    appId: "A0LOCAL",
    botToken: async (_, rejected) => (rejected === undefined ? "xoxb-1" : "xoxb-2"),
    fetch: async (url, { headers, body } = {}) => {
      calls.push({
        url: String(url),
        token: new Headers(headers).get("Authorization"),
        body: JSON.parse(String(body)),
      });
      const next = responses.shift();
      if (!next) throw new Error(`The script has no response for ${url}`);
      if (next instanceof Error) throw next;
      return next;
    },
    ...more,
  };
  return { chat: slackChat(access), access, calls, left: () => responses.length };
}
