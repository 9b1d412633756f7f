import { createHash } from "node:crypto";
import type { RequestContext } from "../shared/request-context.ts";
import { secondsAfter } from "../shared/time.ts";
import { type Audience, type Chat, ChatFault, type Message } from "./chat.ts";
import type { Post, PostKey, PostStore } from "./ports.ts";

export interface ShowPorts {
  readonly chat: Chat;
  readonly posts: PostStore;
}

/** What a message is to show. */
export interface Desired {
  /** Finds the message again. Another id is another message: the earlier one stays as it is. */
  readonly messageId: string;
  readonly audience: Audience;
  readonly message: Message;
}

/** Seconds that one worker has a message to itself: longer than its function runs. */
const leaseLength = 45;

/** Seconds until a message is worth trying that another worker has, or that may still arrive in the chat. */
const whileBusy = 3;

/**
 * Makes a message show what it is to show: posts it, replaces it, or leaves it alone. However often this is called, and at the same
 * time, there is one message, and in the end it shows what `desire` said last. If it is not known whether an earlier attempt has
 * posted it, it is looked for first.
 *
 * @param desire reads what to show, given the channel that was chosen before. Undefined: nothing. It may be called twice.
 * @throws ChatFault if it has to be tried again, or the chat refuses it; and as `desire` and the store do.
 */
export async function show(
  ports: ShowPorts,
  key: PostKey,
  desire: (channel: string | undefined) => Promise<Desired | undefined>,
  context: RequestContext,
): Promise<void> {
  const { chat, posts } = ports;
  const { clock, deadline } = context;
  const { signal } = deadline;
  // First the record, then what it is compared with: what changes after that has an event of its own.
  const found = await posts.readPost(key, signal);
  const first = await desire(found?.channel);
  if (!first || isShown(found, first)) return;
  const now = clock();
  if (found && new Date(found.leasedUntil) > now) throw busy();

  const earlier = found?.messageId === first.messageId ? found : undefined;
  const leased: Post = {
    ...next(found, first, secondsAfter(now, leaseLength)),
    place: earlier?.place,
    shown: earlier?.shown,
    // As long as nobody says otherwise, this attempt may have posted it.
    tried: earlier?.place ? undefined : triedUntil(earlier, now, leaseLength),
  };
  if (!(await posts.writePost(key, found, leased, signal))) throw busy();
  const release = (outcome: Outcome) =>
    posts.writePost(key, leased, {
      ...leased,
      ...outcome,
      leasedUntil: clock().toISOString(),
      version: leased.version + 1,
    });
  /** What is known in any case, also if something fails from here on. */
  let known: Outcome = { tried: earlier?.tried };
  try {
    // What was read before the lease may be older than what another worker has shown since.
    const desired = await desire(leased.channel);
    if (desired?.messageId !== leased.messageId) throw busy();
    const { audience, message, messageId } = desired;
    const shown = digestOf(message);
    if (leased.place) {
      if (shown !== leased.shown) await chat.update(leased.place, message, messageId, signal);
      known = { shown };
    } else {
      const place = earlier?.tried && (await chat.find(audience, messageId, new Date(earlier.tried.since), signal));
      // What it shows is not known: it is replaced.
      if (place) known = { place, tried: undefined };
      else if (earlier?.tried && new Date(earlier.tried.until) > clock()) throw busy();
      else known = { place: await chat.post(audience, message, messageId, signal), shown, tried: undefined };
    }
    await release(known);
  } catch (error) {
    const isOpen = !leased.place && !known.place && error instanceof ChatFault && error.unknownFor !== undefined;
    const tried = isOpen ? { tried: triedUntil(leased, clock(), error.unknownFor) } : {};
    // If even this fails, the lease ends by itself, and the message is looked for.
    await release({ ...known, ...tried }).catch(() => {});
    throw error;
  }
  if (known.place && known.shown === undefined) await show(ports, key, desire, context);
}

type Outcome = Partial<Pick<Post, "place" | "shown" | "tried">>;

const busy = () => new ChatFault("busy", { retryAfter: whileBusy });

const isShown = (post: Post | undefined, { messageId, message }: Desired): boolean =>
  post?.messageId === messageId && post.shown === digestOf(message);

const digestOf = (message: Message): string => createHash("sha256").update(JSON.stringify(message)).digest("hex");

function next(before: Post | undefined, { messageId, audience }: Desired, leasedUntil: Date) {
  const channel = "channel" in audience ? audience.channel : undefined;
  return { messageId, channel, leasedUntil: leasedUntil.toISOString(), version: (before?.version ?? 0) + 1 };
}

const triedUntil = (
  before: Pick<Post, "tried"> | undefined,
  now: Date,
  seconds: number,
): NonNullable<Post["tried"]> => ({
  since: before?.tried?.since ?? now.toISOString(),
  until: secondsAfter(now, seconds).toISOString(),
});
