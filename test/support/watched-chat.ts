import type { Audience, Chat, Message } from "../../lambda/chat/chat.ts";
import { slackChat } from "../../lambda/slack/slack-chat.ts";
import type { RunningSlack } from "../../local/slack/slack.ts";
import { app, directChannel } from "../../local/slack/workspace.ts";
import { down, lost, PlainChat } from "./plain-chat.ts";

/** A chat with what stands in it, as far as all chats have that. */
export interface WatchedChat {
  readonly chat: Chat;
  readonly name: string;
  /** Each message's title with the kinds of its buttons that review. */
  shown(audience: Audience): readonly string[];
  /** The texts of the only message. */
  textOf(audience: Audience): string;
  /** Until it works again, each call fails before it does anything, or after. */
  fail(how: "down" | "lost" | undefined): void;
}

/** The second chat. */
export function watchedPlainChat(): WatchedChat {
  const chat = new PlainChat();
  const messages = (audience: Audience) => chat.in(audience).map(({ message }) => message);
  const reviewing = ({ buttons = [] }: Message) => buttons.map(({ kind }) => kind).filter((kind) => kind !== "link");
  return {
    chat,
    name: "plain",
    shown: (audience) => messages(audience).map((message) => [message.title, ...reviewing(message)].join(" ")),
    textOf: (audience) => JSON.stringify(onlyOf(messages(audience))),
    fail: (how) => {
      chat.faults.splice(0);
      if (how) chat.fails(...Array.from({ length: 100 }, () => (how === "down" ? down : lost)));
    },
  };
}

/** Slack, as its Web API is in the local stack. */
export function watchedSlack(slack: RunningSlack): WatchedChat {
  const chat = slackChat({ apiUrl: slack.url, appId: app.id, botToken: async () => app.botToken, fetch });
  const messages = (audience: Audience) => {
    const channel = "channel" in audience ? audience.channel : directChannel(audience.user.user);
    return slack.messages.items.filter((one) => one.channel === channel && !one.ephemeral);
  };
  return {
    chat,
    name: "slack",
    shown: (audience) =>
      messages(audience).map(({ blocks }) => {
        const [title, ...buttons] =
          JSON.stringify(blocks).match(
            /(?<="type":"header","text":\{"type":"plain_text","text":")[^"]*|(?<="action_id":")(?:approve|deny)/g,
          ) ?? [];
        return [title, ...buttons].join(" ");
      }),
    textOf: (audience) => JSON.stringify(onlyOf(messages(audience)).blocks),
    fail: (how) => (how ? slack.faults.set({ kind: how }) : slack.faults.clear()),
  };
}

function onlyOf<T>(all: readonly T[]): T {
  const [first, ...more] = all;
  if (first === undefined || more.length > 0) throw new Error(`There are ${all.length} messages`);
  return first;
}
