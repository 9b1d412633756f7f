import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach } from "@jest/globals";
import type { Button } from "../../../local/slack/blocks.ts";
import type { Message } from "../../../local/slack/messages.ts";
import { buttonPress, type SlackRequest, signed, slashCommand } from "../../../local/slack/requests.ts";
import type { RunningSlack } from "../../../local/slack/slack.ts";
import { end } from "../access-client.ts";
import { callApi } from "../api-client.ts";
import { type TestStack, type TestStackOptions, useLocalStack } from "../test-stack.ts";

/** Seconds after which messages of the chat come again, by a clock that only tests advance. */
export class Redelivery {
  readonly #waiting: { readonly at: number; readonly end: () => void }[] = [];
  #now = 0;

  readonly wait = (seconds: number): Promise<void> =>
    new Promise((end) => this.#waiting.push({ at: this.#now + seconds, end }));

  /** How many messages, or batches of them, wait to come again. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Lets time pass in which nothing happens but that messages come again. @param settled after each has come */
  async pass(seconds: number, settled: () => Promise<void>): Promise<void> {
    const end = this.#now + seconds;
    for (;;) {
      this.#waiting.sort((a, b) => a.at - b.at);
      const next = this.#waiting[0];
      if (!next || next.at > end) break;
      this.#waiting.shift();
      this.#now = next.at;
      next.end();
      // The queue takes it from there.
      await setImmediate();
      await settled();
    }
    this.#now = end;
  }
}

export interface SlackWorld {
  readonly local: TestStack;
  readonly slack: RunningSlack;
  readonly redelivery: Redelivery;
  /** Sends what Slack would, and waits until all that comes of it is done. */
  send(request: SlackRequest): Promise<{ readonly status: number; readonly text: string }>;
  /** `/latchkey TEXT` by a user. */
  type(user: string, text: string): Promise<void>;
  /** A click on a button of a message. @param more replaces what the payload has */
  press(user: string, message: Message, button: string, more?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Every message as it stands, as `GET /messages` lists them. */
  messages(): Promise<readonly Message[]>;
  /** Those of the channel that all its members see. */
  announced(): Promise<readonly Message[]>;
  /** What only one user was told since the test began, as text. */
  toldTo(user: string): Promise<readonly string[]>;
}

/** A local stack with the Slack app, for all tests of a file. */
export function useSlack(options: TestStackOptions = {}): SlackWorld {
  const redelivery = new Redelivery();
  const local = useLocalStack({ slack: true, openIdProvider: true, redelivery: redelivery.wait, ...options });
  const slackOf = () => {
    const { slack } = local.stack;
    if (!slack) throw new Error("The stack has no Slack app");
    return slack;
  };
  // A request that a test has left open would be found by the next one.
  afterEach(async () => {
    slackOf().faults.clear();
    for (const as of ["alice", "dave"]) {
      for (const [status, how] of [
        ["pending", "cancel"],
        ["active", "revoke"],
      ] as const) {
        const { body } = await callApi(local.stack.url, {
          path: `/v1/access-requests?status=${status}&subject=${as}`,
          as,
        });
        for (const { id } of (body as { items: { id: string }[] }).items) await end(local.stack.url, as, id, how);
      }
    }
    await local.stack.settled();
    await redelivery.pass(86_400, local.stack.settled);
  });
  let before = 0;
  beforeEach(() => {
    slackOf().faults.clear();
    before = slackOf().messages.items.length;
  });
  const listed = async () => {
    const response = await fetch(`${slackOf().url}/messages`);
    return ((await response.json()) as { items: readonly Message[] }).items.slice(before);
  };
  const world: SlackWorld = {
    local,
    redelivery,
    get slack() {
      return slackOf();
    },
    async send({ headers, body }) {
      const response = await fetch(local.stack.slackUrl ?? "", { method: "POST", headers, body });
      const text = await response.text();
      await local.stack.settled();
      return { status: response.status, text };
    },
    async type(user, text) {
      await world.send(signed(slashCommand(user, text)));
    },
    async press(user, message, button, more) {
      const action = buttonsOf(message).find(({ action_id }) => action_id === button) ?? { action_id: button };
      await world.send(signed(buttonPress(user, message, action, more)));
    },
    messages: listed,
    announced: async () => (await listed()).filter(({ channel, ephemeral }) => channel === "C0ONCALL" && !ephemeral),
    toldTo: async (user) => (await listed()).filter((message) => message.user === user).map(wordsOf),
  };
  return world;
}

/** The buttons of a message. */
export const buttonsOf = ({ blocks }: Pick<Message, "blocks">): readonly Button[] =>
  blocks.flatMap((block) => (block.type === "actions" ? block.elements : []));

/** Every text of a message, in its order: of its blocks, or its own if it has none. */
export function wordsOf({ text, blocks }: Pick<Message, "text" | "blocks">): string {
  return blocks.length === 0 ? text : blocks.map(textsIn).join("\n");
}

function textsIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(textsIn).join("");
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .map(([name, content]) => (name === "text" && typeof content === "string" ? content : textsIn(content)))
    .join("");
}

/** The one message in the channel. @throws Error if there are others, or none */
export async function onlyAnnouncement(world: Pick<SlackWorld, "announced">): Promise<Message> {
  const [message, ...others] = await world.announced();
  if (!message || others.length > 0) throw new Error(`The channel has ${message ? others.length + 1 : 0} messages`);
  return message;
}
