import type { ChatInput, MessagePlace } from "./chat-input.ts";
import type { ChatUser } from "./chat-user.ts";

/**
 * A message as plain data, which each chat renders in its own way. Every text in it is shown as it is: none of it is markup, a
 * mention or a link.
 */
export interface Message {
  /** What it is about, in a few words of ours. */
  readonly title: string;
  /** A sentence for where there is room for one line: a notification. Left out: the title. */
  readonly summary?: string | undefined;
  readonly facts?: readonly Fact[];
  /** What people have written. */
  readonly quotes?: readonly Quote[];
  readonly notes?: readonly string[];
  /** Lines to type into a terminal. */
  readonly commands?: readonly string[];
  readonly buttons?: readonly Button[];
}

export interface Fact {
  readonly name: string;
  readonly value: string;
}

export interface Quote {
  /** Whose words, and about what. */
  readonly label: string;
  readonly text: string;
}

export type Button =
  /** A click comes back as an input, with `value` as its `claimedId`. */
  | { readonly kind: "approve" | "deny"; readonly value: string }
  | { readonly kind: "link"; readonly label: string; readonly url: string };

/** Who gets a message: everybody in a channel, or one user directly. */
export type Audience = { readonly channel: string } | { readonly user: ChatUser };

/** What the stories need of a chat. Each method rejects with `ChatFault`, and stops when its signal aborts. */
export interface Chat {
  /** @param id finds the message again if it is not known whether it was posted. */
  post(audience: Audience, message: Message, id: string, signal: AbortSignal): Promise<MessagePlace>;
  /** Replaces a message. Nothing happens if somebody has deleted it. */
  update(place: MessagePlace, message: Message, id: string, signal: AbortSignal): Promise<void>;
  /** The message that was posted with this id at `since` or later. */
  find(audience: Audience, id: string, since: Date, signal: AbortSignal): Promise<MessagePlace | undefined>;
  /** Replies to what somebody did, so that only they see it. */
  reply(input: Pick<ChatInput, "from" | "reply" | "kind">, message: Message, signal: AbortSignal): Promise<void>;
}

interface ChatFaultOptions {
  readonly retryAfter?: number | undefined;
  readonly unknownFor?: number | undefined;
  readonly cause?: unknown;
}

/** A call to a chat that failed. The message is the chat's own code for it, or one of ours. */
export class ChatFault extends Error {
  /** Seconds until it is worth trying again. Undefined: the chat has refused it for good. */
  readonly retryAfter: number | undefined;
  /** Seconds in which the chat may still do it, if it may have done it all the same. Undefined: it has done nothing. */
  readonly unknownFor: number | undefined;

  constructor(code: string, { retryAfter, unknownFor, cause }: ChatFaultOptions = {}) {
    super(code, { cause });
    this.name = "ChatFault";
    this.retryAfter = retryAfter;
    this.unknownFor = unknownFor;
  }
}
