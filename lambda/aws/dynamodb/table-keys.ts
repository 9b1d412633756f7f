import { hash } from "node:crypto";
import { type InstanceKey, instanceKey } from "../../shared/instance.ts";

/**
 * The one table's keys: `pk` (partition) and `sk` (sort), both strings. Each function's role reaches only the prefixes of
 * `pk` that it works with.
 */
export const instanceKeyPrefix = "instance#";
export const connectionKeyPrefix = "connection#";
export const accessKeyPrefix = "access#";
export const denialKeyPrefix = "denial#";
export const eventKeyPrefix = "event#";
export const idempotencyKeyPrefix = "idempotency#";
export const cursorKeyPrefix = "cursor-key#";
export const personKeyPrefix = "person#";
export const suspensionKeyPrefix = "suspension#";
export const quotaKeyPrefix = "quota#";
export const policiesKeyPrefix = "policies#";
export const chatLinkKeyPrefix = "chat-link#";
export const chatReplayKeyPrefix = "chat-replay#";
export const linkVisitKeyPrefix = "link-visit#";
export const chatPostKeyPrefix = "chat-post#";
export const webhookKeyPrefix = "webhook#";

/** Of the items whose changes make events, each of which the item carries. */
export const eventfulKeyPrefixes: readonly string[] = [
  accessKeyPrefix,
  connectionKeyPrefix,
  denialKeyPrefix,
  instanceKeyPrefix,
  suspensionKeyPrefix,
  chatLinkKeyPrefix,
];

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** The part of a `pk` after its prefix: an instance's key, or the id of a connection, an access target or an event. */
export const idIn = (pk: string) => pk.slice(pk.indexOf("#") + 1);

/** An instance's host keys. */
export const hostKeysKey = (instance: InstanceKey) => ({
  pk: `${instanceKeyPrefix}${instanceKey(instance)}`,
  sk: "host-keys",
});

/** A connection's item. */
export const connectionKey = (connectionId: string) => ({
  pk: `${connectionKeyPrefix}${connectionId}`,
  sk: "connection",
});

/** The denials of one kind in one minute. */
export const denialKey = (id: string) => ({ pk: `${denialKeyPrefix}${id}`, sk: "denial" });

/** Of the slots of a subject's requests with a scope of tags: they are all in one partition. */
export const slotKeyPrefix = "slot#";

/** The newest access request of an access target. */
export function currentAccessKey(accessTargetId: string): ItemKey {
  const [partition = "", slot] = accessTargetId.split("-");
  return { pk: `${accessKeyPrefix}${partition}`, sk: slot === undefined ? "current" : `${slotKeyPrefix}${slot}` };
}

/** The access target whose newest access request has this key. */
export function accessTargetIdUnder({ pk, sk }: ItemKey): string {
  return sk.startsWith(slotKeyPrefix) ? `${idIn(pk)}-${idIn(sk)}` : idIn(pk);
}

/** An access request that has ended and been replaced. */
export const endedAccessKey = (accessTargetId: string, id: string): ItemKey => ({
  pk: currentAccessKey(accessTargetId).pk,
  sk: `ended#${id}`,
});

/** An event of the trail. */
export const eventKey = (eventId: string) => ({ pk: `${eventKeyPrefix}${eventId}`, sk: "event" });

/** The record of an Idempotency-Key. */
export const idempotencyKey = (hash: string) => ({ pk: `${idempotencyKeyPrefix}${hash}`, sk: "request" });

/** The key that encrypts the cursors of a period. */
export const cursorKeyKey = (period: number) => ({ pk: `${cursorKeyPrefix}${period}`, sk: "key" });

/** The policies of a digest. */
export const policiesKey = (digest: string) => ({ pk: `${policiesKeyPrefix}${digest}`, sk: "policies" });

/** A signed request of a chat that has been taken. */
export const chatReplayKey = (signature: string) => ({ pk: `${chatReplayKeyPrefix}${signature}`, sk: "replay" });

/** Whether a webhook's receiver is gone. */
export const webhookKey = (name: string) => ({ pk: `${webhookKeyPrefix}${name}`, sk: "webhook" });

/** What is known of a person. */
export const personKey = (id: string) => ({ pk: `${personKeyPrefix}${id}`, sk: "person" });

/** Whether a caller is suspended. */
export const suspensionKey = (id: string) => ({ pk: `${suspensionKeyPrefix}${id}`, sk: "suspension" });

/** Who a user of a chat is. @param id `<chat>/<workspace>/<user>` */
export const chatLinkKey = (id: string) => ({ pk: `${chatLinkKeyPrefix}${id}`, sk: "link" });

/** A visit, by the hash of its secret: those who can read the table cannot go on with it. */
export const linkVisitKey = (secret: string) => ({
  pk: `${linkVisitKeyPrefix}${hash("sha256", secret)}`,
  sk: "visit",
});

/** What a message about an access request shows: that in its channel, or that to one user. */
export const chatPostKey = ({
  accessRequestId,
  user,
}: {
  readonly accessRequestId: string;
  readonly user?: string | undefined;
}) => ({
  pk: `${chatPostKeyPrefix}${accessRequestId}`,
  sk: user === undefined ? "channel" : `user#${user}`,
});

/** How often a caller has done something in a window. */
export const countKey = (callerId: string, counted: string, windowStart: Date) => ({
  pk: `${quotaKeyPrefix}${callerId}`,
  sk: `${counted}#${windowStart.toISOString()}`,
});

/** The places of a requester's open access requests, for all subjects or for one. */
export const placesKey = ({ requester, subject }: { readonly requester: string; readonly subject?: string }) => ({
  pk: `${quotaKeyPrefix}${requester}`,
  sk: subject === undefined ? "open-requests" : `open-requests#${subject}`,
});

/** What the indexes of events have of an event besides their keys. Its wait for the bus is no part of it: its end would be a write in each. */
const ofEvent = ["event", "aboutInstance", "aboutSubject", "aboutAccessRequest"];

/**
 * The table's indexes: name, and the attributes that are its partition and sort keys. Where one partition has all of an index,
 * `all` is that partition's value, and `projected` the attributes it has, if these are not all. Each is sparse: only items with both attributes are in it. Nothing is authorized by an index.
 */
export const indexes = {
  /**
   * What time will change: `due` says what (`expiry`, `outcome`, `closing`, `suspension`, `publication`), `dueAt` when
   * (ISO 8601).
   */
  due: { name: "due", partition: "due", sort: "dueAt" },
  /** All access requests: `listedAt` is the key that `indexKey` makes. */
  accessRequests: { name: "access-requests", partition: "listed", sort: "listedAt", all: "access-request" },
  /** Those of a status (where-to-list.ts), subject, requester and instance: others do not stand in a reader's way. */
  accessRequestsByStatus: { name: "access-requests-by-status", partition: "listedAs", sort: "listedAt" },
  accessRequestsBySubject: { name: "access-requests-by-subject", partition: "listedFor", sort: "listedAt" },
  accessRequestsByRequester: { name: "access-requests-by-requester", partition: "listedBy", sort: "listedAt" },
  accessRequestsByInstance: { name: "access-requests-by-instance", partition: "listedOn", sort: "listedAt" },
  /**
   * All events, and those of a type, in several partitions each (event-partitions.ts); those about an instance, a subject, an
   * access request, and those that somebody caused; `filedAt` is the key that `indexKey` makes.
   */
  events: { name: "events", partition: "trail", sort: "filedAt", projected: ofEvent },
  eventsByInstance: { name: "events-by-instance", partition: "aboutInstance", sort: "filedAt", projected: ofEvent },
  eventsBySubject: { name: "events-by-subject", partition: "aboutSubject", sort: "filedAt", projected: ofEvent },
  eventsByAccessRequest: {
    name: "events-by-access-request",
    partition: "aboutAccessRequest",
    sort: "filedAt",
    projected: ofEvent,
  },
  eventsByActor: { name: "events-by-actor", partition: "aboutActor", sort: "filedAt", projected: ofEvent },
  eventsByType: { name: "events-by-type", partition: "aboutType", sort: "filedAt", projected: ofEvent },
  /** The users of chats who are linked to a person, by when they were. */
  chatLinks: { name: "chat-links", partition: "linkedTo", sort: "changedAt" },
} as const;

/** The attributes that an index has besides the keys, the table's and its own. Undefined: all. */
export function projectedIn(index: (typeof indexes)[keyof typeof indexes]): readonly string[] | undefined {
  return "projected" in index ? index.projected.filter((name) => name !== index.partition) : undefined;
}
