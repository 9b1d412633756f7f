import type { Message } from "./messages.ts";

/** Where what is posted to a `response_url` appears. */
export interface Origin extends Pick<Message, "channel" | "user"> {
  /** Of the message whose button was pressed. */
  readonly ts?: string | undefined;
}

/** Slack's limit on one of them. */
const mostUses = 5;

/**
 * What Slack has sent to the app, and so knows: whom each `response_url` answers, and which channels there are. The local stack's
 * gateway tells it, because tests and newcomers send requests in its place.
 */
export class SentRequests {
  readonly #origins = new Map<string, { readonly origin: Origin; uses: number }>();
  readonly #channels = new Set<string>();

  /** @param body a form, as Slack posts it. What is not one is ignored. */
  add(body: string): void {
    const fields = new URLSearchParams(body);
    const { channel, user, ts, responseUrl } = fields.has("payload")
      ? ofPayload(fields.get("payload"))
      : ofCommand(fields);
    if (!channel) return;
    this.#channels.add(channel);
    const path = responseUrl && URL.canParse(responseUrl) && new URL(responseUrl).pathname;
    if (path) this.#origins.set(path, { origin: { channel, user, ts }, uses: 0 });
  }

  hasChannel(channel: string): boolean {
    return this.#channels.has(channel);
  }

  /** @returns undefined if nobody was sent it, or it was used five times. */
  use(path: string): Origin | undefined {
    const found = this.#origins.get(path);
    if (found === undefined || found.uses >= mostUses) return undefined;
    found.uses += 1;
    return found.origin;
  }
}

interface Told {
  readonly channel: string | undefined;
  readonly user: string | undefined;
  readonly ts?: string | undefined;
  readonly responseUrl: string | undefined;
}

function ofCommand(fields: URLSearchParams): Told {
  const [channel, user, responseUrl] = ["channel_id", "user_id", "response_url"].map(
    (name) => fields.get(name) ?? undefined,
  );
  return { channel, user, responseUrl };
}

function ofPayload(text: string | null): Told {
  try {
    const { channel, container, message, user, response_url } = JSON.parse(text ?? "") as Payload;
    const ts = container?.message_ts ?? message?.ts;
    return { channel: channel?.id ?? container?.channel_id, user: user?.id, ts, responseUrl: response_url };
  } catch {
    return { channel: undefined, user: undefined, responseUrl: undefined };
  }
}

/** Of what Slack sends as `payload`, what is read here. */
interface Payload {
  readonly channel?: { readonly id?: string };
  readonly container?: { readonly channel_id?: string; readonly message_ts?: string };
  readonly message?: { readonly ts?: string };
  readonly user?: { readonly id?: string };
  readonly response_url?: string;
}
