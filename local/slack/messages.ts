import type { Block } from "./blocks.ts";

/** What the app may say of a message that only apps read. */
export interface Metadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

export interface Content {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly metadata?: Metadata | undefined;
}

/** A message as it stands now. */
export interface Message extends Content {
  readonly channel: string;
  /** Its id in the channel: seconds, and a number that makes it the only one. */
  readonly ts: string;
  /** Who sees it, if that is one user. */
  readonly user?: string | undefined;
  /** Slack forgets it when the user's page is loaded again, and no app can read or change it by its id. */
  readonly ephemeral?: true | undefined;
  /** How often it was changed. */
  readonly updates: number;
}

/** All messages of the workspace, in the order in which they were posted. */
export class Messages {
  readonly #clock: () => Date;
  readonly #items: Message[] = [];
  #posted = 0;

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  get items(): readonly Message[] {
    return this.#items;
  }

  post(place: Pick<Message, "channel" | "user" | "ephemeral">, content: Content): Message {
    this.#posted += 1;
    const ts = `${Math.floor(this.#clock().getTime() / 1000)}.${String(this.#posted).padStart(6, "0")}`;
    const message = { ...place, ts, ...content, updates: 0 };
    this.#items.push(message);
    return message;
  }

  /** @returns undefined if there is no such message. */
  update(channel: string, ts: string, content: Content): Message | undefined {
    const index = this.#items.findIndex((one) => one.channel === channel && one.ts === ts && !one.ephemeral);
    const message = this.#items[index];
    if (message === undefined) return undefined;
    const updated = { ...message, ...content, updates: message.updates + 1 };
    this.#items[index] = updated;
    return updated;
  }

  find(channel: string, ts: string): Message | undefined {
    return this.#items.find((one) => one.channel === channel && one.ts === ts);
  }

  /** Newest first, as Slack lists them; without those that only one user of the channel sees. */
  history(channel: string): readonly Message[] {
    return this.#items.filter((one) => one.channel === channel && !one.ephemeral).toReversed();
  }

  /** As if a user had deleted it. */
  delete(channel: string, ts: string): void {
    const index = this.#items.findIndex((one) => one.channel === channel && one.ts === ts);
    if (index >= 0) this.#items.splice(index, 1);
  }
}
