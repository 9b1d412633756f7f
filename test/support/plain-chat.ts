import { type Audience, type Chat, ChatFault, type Message } from "../../lambda/chat/chat.ts";
import type { ChatInput, MessagePlace } from "../../lambda/chat/chat-input.ts";
import { chatUserId } from "../../lambda/chat/chat-user.ts";

/** A message of the plain chat, as it stands now. */
export interface PlainMessage extends MessagePlace {
  readonly id: string;
  message: Message;
  updates: number;
}

/** How a call fails: before or after it has done something. */
export interface PlainFault {
  readonly fault: ChatFault;
  readonly isDone: boolean;
}

/**
 * A second chat, which keeps messages as they are: what stories need of a chat is not Slack's alone. It can be told to fail. `during`
 * is called in the middle of each post and update.
 */
export class PlainChat implements Chat {
  readonly messages: PlainMessage[] = [];
  readonly replies: { readonly from: ChatInput["from"]; readonly message: Message }[] = [];
  readonly calls: string[] = [];
  readonly faults: PlainFault[] = [];
  /** Why users cannot be told anything directly, if they cannot. */
  cannotTell: string | undefined;
  during: () => Promise<void> = async () => {};
  #posted = 0;

  async post(audience: Audience, message: Message, id: string): Promise<MessagePlace> {
    if ("user" in audience && this.cannotTell) throw new ChatFault(this.cannotTell);
    const place = { channel: channelOf(audience), ts: String(++this.#posted) };
    await this.#call("post", () => void this.messages.push({ ...place, id, message, updates: 0 }));
    return place;
  }

  async update(place: MessagePlace, message: Message, id: string): Promise<void> {
    await this.#call("update", () => {
      const found = this.messages.find(({ channel, ts }) => channel === place.channel && ts === place.ts);
      if (found?.id !== id) throw new Error("The plain chat has no such message");
      found.message = message;
      found.updates += 1;
    });
  }

  async find(audience: Audience, id: string): Promise<MessagePlace | undefined> {
    await this.#call("find", () => {});
    const found = this.messages.find((one) => one.id === id && one.channel === channelOf(audience));
    return found && { channel: found.channel, ts: found.ts };
  }

  async reply({ from }: Pick<ChatInput, "from">, message: Message): Promise<void> {
    await this.#call("reply", () => void this.replies.push({ from, message }));
  }

  /** The messages in a channel, or to a user. */
  in(audience: Audience): readonly PlainMessage[] {
    return this.messages.filter(({ channel }) => channel === channelOf(audience));
  }

  /** The next calls fail. */
  fails(...faults: readonly PlainFault[]): void {
    this.faults.push(...faults);
  }

  async #call(name: string, act: () => void): Promise<void> {
    this.calls.push(name);
    const next = this.faults.shift();
    if (next && !next.isDone) throw next.fault;
    await this.during();
    act();
    if (next) throw next.fault;
  }
}

const channelOf = (audience: Audience) => ("channel" in audience ? audience.channel : chatUserId(audience.user));

/** It is down: nothing is done. */
export const down: PlainFault = { fault: new ChatFault("down", { retryAfter: 5, unknownFor: 0 }), isDone: false };

/** It says when to try again. */
export const tooMany: PlainFault = { fault: new ChatFault("ratelimited", { retryAfter: 7 }), isDone: false };

/** It is done, and the response is lost. */
export const lost: PlainFault = {
  fault: new ChatFault("no_response", { retryAfter: 5, unknownFor: 30 }),
  isDone: true,
};
