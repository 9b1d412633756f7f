import { ownId } from "../../contract/person-id.ts";
import type { SuspensionReader } from "../access/suspend.ts";
import type { Suspensions } from "../access/suspension.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import { type TrailEvent, trailEvent } from "../shared/trail-event.ts";
import { type ChatUser, chatUserId } from "./chat-user.ts";

/** Whom a user of a chat was last linked to, and whether they still are. */
export interface ChatLink {
  readonly user: ChatUser;
  /** The person's id. */
  readonly person: string;
  readonly isLinked: boolean;
  /** ISO 8601. */
  readonly changedAt: string;
  /** Number of its last event. */
  readonly sequence: number;
}

export interface ChatLinkChange {
  readonly next: ChatLink;
  readonly event: TrailEvent;
}

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface ChatLinkStore {
  /** By a consistent read. Undefined: the user was never linked. */
  readLink(user: ChatUser, signal: AbortSignal): Promise<ChatLink | undefined>;
  /** @returns false if it has changed since it was read: then nothing has been written. */
  writeLink(change: ChatLinkChange, signal: AbortSignal): Promise<boolean>;
  /** Who may be linked to a person, by an index that may lag behind the links. */
  findUsers(person: string, signal: AbortSignal): Promise<readonly ChatUser[]>;
}

export interface LinkPorts {
  readonly links: ChatLinkStore;
  readonly suspensions: SuspensionReader;
}

/** In these stories, a suspension ends every link of its person at once. The sweep records that later. */
type Reads = Pick<RequestContext, "deadline">;

/**
 * Who a user of a chat is.
 *
 * @returns the id of a person who is not suspended; undefined for everybody else: nobody may act in the user's name then.
 * @throws Problem as the ports do.
 */
export async function personOf({ links, suspensions }: LinkPorts, user: ChatUser, { deadline: { signal } }: Reads) {
  const link = await links.readLink(user, signal);
  if (!link?.isLinked) return undefined;
  const found = await suspensions.readSuspensions([link.person], signal);
  return counts(link, found) ? link.person : undefined;
}

/** The users of chats who are linked to a person. @throws Problem as the ports do. */
export async function usersOf({ links, suspensions }: LinkPorts, person: string, { deadline: { signal } }: Reads) {
  const users = await links.findUsers(person, signal);
  const [found, ...read] = await Promise.all([
    suspensions.readSuspensions([person], signal),
    ...users.map((user) => links.readLink(user, signal)),
  ]);
  return read.flatMap((link) => (link?.person === person && counts(link, found) ? [link.user] : []));
}

/**
 * Links a user of a chat to a person. The caller has seen both of them sign in, and the person has agreed. Nothing changes, and
 * there is no event, if they are linked already.
 *
 * @returns whether they are linked now; false if the user is another person's, who has to end that first.
 * @throws Problem `caller-suspended`; and as the ports do.
 */
export async function link(
  ports: LinkPorts,
  { user, person }: Pick<ChatLink, "user" | "person">,
  context: RequestContext,
): Promise<boolean> {
  const { clock, requestId, deadline } = context;
  const { signal } = deadline;
  const { links, suspensions } = ports;
  const read = () => links.readLink(user, signal);
  const { isLinked } = await retryOnConflict(await read(), read, async (current) => {
    // Before the read: a suspension that it does not see is a later one.
    const at = clock();
    const found = await suspensions.readSuspensions([...new Set([person, current?.person ?? person])], signal);
    if (found.get(person)?.isSuspended) throw new Problem("caller-suspended");
    if (current && counts(current, found)) return { isLinked: current.person === person };
    if (current?.isLinked) {
      await links.writeLink(changed(current, { isLinked: false, actor: ownId, at, requestId }), signal);
      return undefined;
    }
    const before = { user, person, sequence: current?.sequence ?? 0 };
    const change = changed(before, { isLinked: true, actor: person, at, requestId });
    return (await links.writeLink(change, signal)) ? { isLinked: true } : undefined;
  });
  return isLinked;
}

/**
 * Ends the link of a user of a chat, whom the chat has authenticated.
 *
 * @returns whether there was one.
 * @throws Problem as the ports do.
 */
export async function unlink(
  { links }: Pick<LinkPorts, "links">,
  user: ChatUser,
  { clock, requestId, deadline: { signal } }: RequestContext,
): Promise<boolean> {
  return end(links, user, signal, async (current) => {
    const { person: actor } = current;
    return changed(current, { isLinked: false, actor, at: clock(), requestId, via: user.chat });
  });
}

/**
 * Records that the links of a person have ended, as far as a suspension has ended them.
 *
 * @returns whether any was recorded.
 * @throws Problem as the ports do.
 */
export async function unlinkSuspended(
  { links, suspensions }: LinkPorts,
  person: string,
  { clock, requestId, deadline: { signal } }: RequestContext,
): Promise<boolean> {
  const users = await links.findUsers(person, signal);
  const ended = users.map((user) =>
    end(links, user, signal, async (current) => {
      const at = clock();
      const found = await suspensions.readSuspensions([current.person], signal);
      return counts(current, found) ? undefined : changed(current, { isLinked: false, actor: ownId, at, requestId });
    }),
  );
  return (await Promise.all(ended)).includes(true);
}

/** Whether a link holds: a suspension of the person ends those that it finds, for ever. */
function counts({ isLinked, person, changedAt }: ChatLink, suspensions: Suspensions): boolean {
  const suspension = suspensions.get(person);
  return isLinked && (!suspension || (!suspension.isSuspended && changedAt > suspension.changedAt));
}

/** @param decide undefined: the link stays. */
async function end(
  links: ChatLinkStore,
  user: ChatUser,
  signal: AbortSignal,
  decide: (current: ChatLink) => Promise<ChatLinkChange | undefined>,
): Promise<boolean> {
  const read = () => links.readLink(user, signal);
  const { isEnded } = await retryOnConflict(await read(), read, async (current) => {
    const change = current?.isLinked ? await decide(current) : undefined;
    if (!change) return { isEnded: false };
    return (await links.writeLink(change, signal)) ? { isEnded: true } : undefined;
  });
  return isEnded;
}

interface Act {
  readonly isLinked: boolean;
  readonly actor: string;
  readonly at: Date;
  readonly requestId: string;
  /** The chat, if somebody has done it there. */
  readonly via?: string;
}

function changed(
  before: Pick<ChatLink, "user" | "person" | "sequence">,
  { isLinked, at, ...facts }: Act,
): ChatLinkChange {
  const { user, person } = before;
  const id = chatUserId(user);
  const sequence = before.sequence + 1;
  const type = isLinked ? "chat.linked" : "chat.unlinked";
  return {
    next: { user, person, isLinked, changedAt: at.toISOString(), sequence },
    event: trailEvent(
      { collection: "chat-links", id, sequence, type, at },
      { subject: person, chatUser: id, ...facts },
    ),
  };
}
