import * as z from "zod";
import { messageBlocks, modalView } from "./blocks.ts";
import type { Content, Message, Messages } from "./messages.ts";
import type { SentRequests } from "./response-urls.ts";
import { app, directChannel, onCallChannel, users, workspace } from "./workspace.ts";

/** A modal that the app has opened. */
export type OpenedView = z.infer<typeof modalView> & { readonly id: string; readonly trigger: string };

/** What the Web API reads and changes. */
export interface WorkspaceState {
  readonly messages: Messages;
  readonly views: OpenedView[];
  readonly sent: SentRequests;
}

/** An error of a method: the code in the response's `error`. */
export class MethodError extends Error {
  constructor(code: string) {
    super(code);
  }
}

/** A stand-in never guesses: what it does not know is an error that nobody can overlook. */
export function refuse(code: string, what: string): MethodError {
  console.error(`Slack's stand-in refuses a call: ${what}`);
  return new MethodError(code);
}

const ts = z.string().regex(/^[0-9]+\.[0-9]{6}$/);
/** Only for apps: `event_type` and `event_payload` of 16 KiB at most. */
const metadata = z.strictObject({
  event_type: z.string().min(1).max(255),
  event_payload: z.record(z.string(), z.unknown()).refine((payload) => JSON.stringify(payload).length <= 16_384),
});
const content = {
  text: z.string().max(40_000).optional(),
  blocks: z.unknown().optional(),
  metadata: metadata.optional(),
};
/** How text is read. An app that turns names and links into more than text does not know what people write. */
const asIs = { parse: z.literal("none").optional(), link_names: z.literal(false).optional() };
const unfurl = { unfurl_links: z.literal(false).optional(), unfurl_media: z.literal(false).optional() };

const postMessage = z.strictObject({
  channel: z.string(),
  ...content,
  ...asIs,
  ...unfurl,
  mrkdwn: z.boolean().optional(),
});
const update = z.strictObject({ channel: z.string(), ts, ...content, ...asIs });
const postEphemeral = z.strictObject({
  channel: z.string(),
  user: z.string(),
  text: content.text,
  blocks: z.unknown().optional(),
});
const open = z.strictObject({ users: z.string(), return_im: z.boolean().optional() });
const history = z.strictObject({
  channel: z.string(),
  oldest: z.string().optional(),
  latest: z.string().optional(),
  inclusive: z.boolean().optional(),
  limit: z.int().min(1).max(999).default(100),
  cursor: z.string().optional(),
  include_all_metadata: z.boolean().default(false),
});
const openView = z.strictObject({ trigger_id: z.string().min(1), view: z.unknown() });

/** https://docs.slack.dev/reference/methods */
export const methods: Readonly<Record<string, (input: unknown, state: WorkspaceState) => object>> = {
  "chat.postMessage": (input, { messages, sent }) => {
    const { channel, ...given } = read(postMessage, input);
    const message = messages.post(placeOf(channel, sent), contentOf(given));
    return { channel: message.channel, ts: message.ts, message: shown(message, true) };
  },
  "chat.update": (input, { messages }) => {
    const { channel, ts, ...given } = read(update, input);
    const before = messages.history(channel).find((one) => one.ts === ts);
    if (!before) throw new MethodError("message_not_found");
    // Metadata that an update leaves out stays.
    const message = messages.update(channel, ts, { ...contentOf(given), metadata: given.metadata ?? before.metadata });
    return { channel, ts, text: message?.text };
  },
  "chat.postEphemeral": (input, { messages, sent }) => {
    const { channel, user, ...given } = read(postEphemeral, input);
    if (!users.includes(user)) throw new MethodError("user_not_in_channel");
    const { ts } = messages.post({ ...placeOf(channel, sent), user, ephemeral: true }, contentOf(given));
    return { message_ts: ts };
  },
  "conversations.open": (input) => {
    const { users: user } = read(open, input);
    if (!users.includes(user)) throw new MethodError("user_not_found");
    return { channel: { id: directChannel(user) } };
  },
  "conversations.history": (input, { messages, sent }) => {
    const wanted = read(history, input);
    const { channel } = placeOf(wanted.channel, sent);
    const { oldest = "0", latest = "9", inclusive = false, limit } = wanted;
    const isIn = ({ ts }: Message) => (ts > oldest && ts < latest) || (inclusive && [oldest, latest].includes(ts));
    const found = messages.history(channel).filter(isIn);
    const start = Number(wanted.cursor ?? 0);
    const hasMore = found.length > start + limit;
    return {
      messages: found.slice(start, start + limit).map((message) => shown(message, wanted.include_all_metadata)),
      has_more: hasMore,
      ...(hasMore && { response_metadata: { next_cursor: String(start + limit) } }),
    };
  },
  "views.open": (input, { views }) => {
    const { trigger_id: trigger, view } = read(openView, input);
    const parsed = modalView.safeParse(view);
    if (!parsed.success) throw refuse("invalid_arguments", z.prettifyError(parsed.error));
    if (views.some((one) => one.trigger === trigger)) throw new MethodError("exchanged_trigger_id");
    const opened = { ...parsed.data, id: `V0${views.length}`, trigger };
    views.push(opened);
    return { view: { ...parsed.data, id: opened.id } };
  },
};

function read<Input>(schema: z.ZodType<Input>, input: unknown): Input {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw refuse("invalid_arguments", z.prettifyError(parsed.error));
  return parsed.data;
}

/** @throws MethodError if it has neither text nor blocks, or blocks that Slack refuses. */
export function contentOf({
  text = "",
  blocks = [],
  metadata,
}: {
  text?: string | undefined;
  blocks?: unknown;
  metadata?: Content["metadata"];
}): Content {
  const parsed = messageBlocks.safeParse(blocks);
  if (!parsed.success) throw refuse("invalid_blocks", z.prettifyError(parsed.error));
  if (text === "" && parsed.data.length === 0) throw new MethodError("no_text");
  return { text, blocks: parsed.data, ...(metadata && { metadata }) };
}

/** A channel by its id, or the direct messages of a user by theirs. */
function placeOf(channel: string, sent: SentRequests): Pick<Message, "channel" | "user"> {
  const user = users.find((one) => [one, directChannel(one)].includes(channel));
  if (user !== undefined) return { channel: directChannel(user), user };
  if (channel !== onCallChannel && !sent.hasChannel(channel)) throw new MethodError("channel_not_found");
  return { channel };
}

const shown = ({ ts, text, blocks, metadata }: Message, withMetadata: boolean) => ({
  ...{ type: "message", user: app.botUser, bot_id: "B0LOCAL", app_id: app.id, team: workspace, ts, text, blocks },
  ...(withMetadata && metadata && { metadata }),
});
