// The attributes that writes of each kind of item name, in what they set and in their conditions. A function's role may name no
// others, so that no function can put an item into an index, or an event into a trail, that is not its own.

const everyItem = ["pk", "sk", "v"];
const dueIndex = ["due", "dueAt"];
const listIndexes = ["listedAs", "listedFor", "listedBy", "listedOn"];

/** Of an access request, as its transitions write it. */
const changed = [
  "status",
  "sequence",
  "reviews",
  "reviewers",
  "activatedAt",
  "expiresAt",
  "endedAt",
  "isEndedBySuspension",
  "extension",
  "extendedBy",
  "pushBy",
  "events",
];
const proposed = ["subject", "requestedBy", "scope", "osUser"];
const terms = ["durationSeconds", "reason", "breakGlass", "requirements", "createdAt", "pendingUntil", "startsAt"];

const chatLinkEnd = [...everyItem, "isLinked", "linkedTo", "changedAt", "sequence", "events"];

export const writtenAttributes = {
  accessRequest: [
    ...everyItem,
    ...dueIndex,
    ...listIndexes,
    ...["id", ...proposed, ...terms, ...changed],
    ...["listed", "listedAt"],
  ],
  /** What the conditions of a change look at, and what it sets. */
  accessChange: [
    ...everyItem,
    ...dueIndex,
    ...listIndexes,
    ...["id", "subject", "requestedBy", "pendingUntil", "startsAt", ...changed],
  ],
  /** Of a connection on an access request: it can make no event. */
  reservation: [...everyItem, "id", "status", "startsAt", "expiresAt", "pushBy"],
  connection: [...everyItem, ...dueIndex, "status", "sequence", "pushBy", "events"],
  denial: [
    ...everyItem,
    ...dueIndex,
    ...["actor", "accountId", "region", "code", "osUser", "minute"],
    ...["instanceIds", "count", "sequence", "events", "deleteAt"],
  ],
  /** Of denials that are closed: who was denied what stays. */
  denialClosing: [...everyItem, ...dueIndex, "count", "sequence", "events"],
  hostKeys: [...everyItem, "hostKeys", "sequence", "events"],
  event: [
    ...everyItem,
    ...dueIndex,
    "event",
    "trail",
    "filedAt",
    "aboutInstance",
    "aboutSubject",
    "aboutAccessRequest",
    "aboutActor",
    "aboutType",
    "deleteAt",
  ],
  /** Of an event that the bus has accepted: the event itself stays as it was filed. */
  publication: [...everyItem, ...dueIndex],
  idempotency: [...everyItem, "status", "fingerprint", "claim", "resultId", "lockedUntil", "response", "deleteAt"],
  person: [...everyItem, "kind", "groups", "frontDoor", "seenAt"],
  suspension: [...everyItem, ...dueIndex, "isSuspended", "reason", "changedBy", "changedAt", "sequence", "events"],
  /** Of a suspension whose requests have ended. */
  suspensionClosing: [...everyItem, ...dueIndex, "changedAt"],
  chatLink: [...chatLinkEnd, "person"],
  /** Of a link that is ended: whose it was stays. */
  chatLinkEnd,
  linkVisit: [...everyItem, "visit", "deleteAt"],
  /** How often a caller has done something. */
  count: [...everyItem, "count", "deleteAt"],
  /** Who has the places of a requester's open access requests. */
  places: [...everyItem, "taken", "deleteAt"],
  policies: [...everyItem, "text"],
  chatPost: [
    ...everyItem,
    ...["messageId", "channel", "place", "shown", "tried", "leasedUntil", "version", "claim", "deleteAt"],
  ],
  cursorKey: [...everyItem, "key", "deleteAt"],
  chatReplay: [...everyItem, "claim", "deleteAt"],
  webhook: [...everyItem, "url", "goneAt"],
} as const satisfies Record<string, readonly string[]>;
