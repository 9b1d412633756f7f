import { type Audience, type Chat, ChatFault } from "../chat/chat.ts";
import { slackMessage } from "./blocks.ts";
import { callSlack, type Result, respondAt, type SlackAccess } from "./web-api.ts";

/** Names what our messages carry, unseen: Slack's API shows it to apps alone. */
const metadataType = "latchkey_message";

const metadataOf = (id: string) => ({ event_type: metadataType, event_payload: { id } });

/** Slack keeps text as it is, and looks nothing up for a link. */
const asIs = { mrkdwn: false, parse: "none", link_names: false, unfurl_links: false, unfurl_media: false } as const;

/** Pages of a channel's newest messages that are looked through, and messages of each. */
const mostPages = 10;
const pageSize = 200;

/** Milliseconds that Slack's clock may be behind ours. */
const skew = 300_000;

/** Slack, by its Web API. */
export function slackChat(access: SlackAccess): Chat {
  const call = (method: string, body: object, signal: AbortSignal) => callSlack(access, method, body, signal);
  const channelOf = async (audience: Audience, signal: AbortSignal) => {
    if ("channel" in audience) return audience.channel;
    const { channel } = await call("conversations.open", { users: audience.user.user }, signal);
    return textIn(channel, "id");
  };
  const postTo = async (audience: Audience, body: object, signal: AbortSignal) => {
    const channel = await channelOf(audience, signal);
    const posted = await call("chat.postMessage", { channel, ...body, ...asIs }, signal);
    return { channel: textIn(posted, "channel"), ts: textIn(posted, "ts") };
  };
  return {
    post: (audience, message, id, signal) =>
      postTo(audience, { ...slackMessage(message), metadata: metadataOf(id) }, signal),

    async update({ channel, ts }, message, id, signal) {
      const { parse, link_names } = asIs;
      const body = { channel, ts, ...slackMessage(message), metadata: metadataOf(id), parse, link_names };
      try {
        await call("chat.update", body, signal);
      } catch (error) {
        if (!(error instanceof ChatFault && error.message === "message_not_found")) throw error;
      }
    },

    async find(audience, id, since, signal) {
      const channel = await channelOf(audience, signal);
      const oldest = String((since.getTime() - skew) / 1000);
      let cursor: string | undefined;
      for (let page = 0; page < mostPages; page += 1) {
        const body = { channel, oldest, limit: pageSize, include_all_metadata: true, ...(cursor && { cursor }) };
        const { messages, response_metadata: next } = await call("conversations.history", body, signal);
        const found = listOf(messages).find((message) => isOurs(message, id, access.appId));
        if (found) return { channel, ts: textIn(found, "ts") };
        cursor = isObject(next) && typeof next["next_cursor"] === "string" ? next["next_cursor"] : undefined;
        if (!cursor) return undefined;
      }
      return undefined;
    },

    async reply({ from, reply: { responseUrl } }, message, signal) {
      const body = slackMessage(message);
      if (responseUrl !== undefined) {
        try {
          return await respondAt(
            access,
            responseUrl,
            { response_type: "ephemeral", replace_original: false, ...body },
            signal,
          );
        } catch (error) {
          // It takes few responses, and none after half an hour.
          if (!(error instanceof ChatFault) || error.retryAfter !== undefined) throw error;
        }
      }
      await postTo({ user: from }, body, signal);
    },
  };
}

/** Whether a message is the one with this id, and posted by this app. */
function isOurs(message: Result, id: string, appId: string): boolean {
  const { metadata, app_id: app = appId } = message;
  if (app !== appId || !isObject(metadata) || metadata["event_type"] !== metadataType) return false;
  const payload = metadata["event_payload"];
  return isObject(payload) && payload["id"] === id;
}

const isObject = (value: unknown): value is Result => typeof value === "object" && value !== null;

const listOf = (value: unknown): readonly Result[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** @throws ChatFault if Slack's response lacks it: the call may have been done. */
function textIn(result: unknown, name: string): string {
  const value = isObject(result) ? result[name] : undefined;
  if (typeof value === "string") return value;
  throw new ChatFault("no_result", { retryAfter: 5, unknownFor: 0 });
}
