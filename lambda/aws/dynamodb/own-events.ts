import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { accessTargetIdIn, accessTargetIdOf, slotIdOf } from "../../access/access-target.ts";
import { suspensionIdOf } from "../../access/suspension.ts";
import { chatUserIn } from "../../chat/chat-user.ts";
import { type DenialGroup, denialCodes, denialIdOf, isAboutOneInstance } from "../../connect/denial.ts";
import { instanceKey } from "../../shared/instance.ts";
import { instanceIn, isTagScope, scopeResponse } from "../../shared/scope.ts";
import { type EventOf, eventIdOf, type TrailEvent } from "../../shared/trail-event.ts";
import { storedScope } from "./access-item.ts";
import {
  accessKeyPrefix,
  chatLinkKey,
  chatLinkKeyPrefix,
  connectionKey,
  connectionKeyPrefix,
  currentAccessKey,
  denialKey,
  denialKeyPrefix,
  hostKeysKey,
  type ItemKey,
  idIn,
  suspensionKey,
  suspensionKeyPrefix,
} from "./table-keys.ts";

// A function may write any event into the items that it may write. What an event says is found and believed by its subject, its
// id and its facts, so these must be those of the item.

/** An item that makes events, as a change has left it. */
export type EventfulItem = ItemKey & Readonly<Record<string, unknown>>;

/** What every event of an item has. */
interface Origin extends Pick<EventOf, "collection" | "id"> {
  /** What its types begin with. */
  readonly types: readonly string[];
  /** Its data, as far as the item determines it. What is undefined must be absent. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The instances that it may be about, if it may be about several. */
  readonly instanceIds?: ReadonlySet<string>;
}

/**
 * Whether an event belongs to the item that has it: it has the item's subject, a type of such items, the id and number that are
 * next, and says about people and instances what the item's key says.
 *
 * @param sequence the number that the event must have. The last event of an item has the item's own.
 */
export function isOwnEvent(item: EventfulItem, { id, type, subject, data }: TrailEvent, sequence: number): boolean {
  const origin = originOf(item);
  return (
    origin !== undefined &&
    subject === `${origin.collection}/${origin.id}` &&
    data.sequence === sequence &&
    id === eventIdOf(origin.id, sequence) &&
    origin.types.some((each) => type.startsWith(`latchkey.${each}`)) &&
    Object.entries(origin.facts).every(([name, value]) => isDeepStrictEqual(data[name], value)) &&
    (origin.instanceIds?.has(String(data["instanceId"])) ?? true)
  );
}

/** Undefined if no item of Latchkey's has this key, or makes events under it. */
function originOf(item: EventfulItem): Origin | undefined {
  if (item.pk.startsWith(accessKeyPrefix)) return accessOrigin(item);
  if (item.pk.startsWith(denialKeyPrefix)) return denialOrigin(item);
  if (item.pk.startsWith(suspensionKeyPrefix)) return suspensionOrigin(item);
  if (item.pk.startsWith(chatLinkKeyPrefix)) return chatLinkOrigin(item);
  return item.pk.startsWith(connectionKeyPrefix) ? connectionOrigin(item) : instanceOrigin(item);
}

const accessItem = z.object({
  id: z.string(),
  subject: z.string(),
  requestedBy: z.string(),
  scope: storedScope,
  osUser: z.string(),
  startsAt: z.string().optional(),
});

const noInstance = { accountId: undefined, region: undefined, instanceId: undefined };

function accessOrigin(item: EventfulItem): Origin | undefined {
  const { data } = accessItem.safeParse(item);
  if (!data) return undefined;
  const { id, scope, startsAt, ...parties } = data;
  const accessTargetId = accessTargetIdIn(id);
  if (accessTargetId === undefined || !isUnder(currentAccessKey(accessTargetId), item)) return undefined;
  const expected = isTagScope(scope)
    ? slotIdOf(parties.subject, Number(accessTargetId.split("-")[1]))
    : accessTargetIdOf({ ...parties, ...scope }, { isScheduled: startsAt !== undefined });
  if (accessTargetId !== expected) return undefined;
  const facts = { ...parties, startsAt, ...noInstance, ...instanceIn(scope), scope: scopeResponse(scope) };
  const types = ["access-request.", "review.", "break-glass."];
  return { collection: "access-requests", id, types, facts: { ...facts, accessRequestId: id } };
}

/** No id of an access request or of denials, and no part of an instance's key: events of other items have other ids. */
const connectionId = /^(?!ar-|dn-|su-)[0-9a-z-]+$/;

function connectionOrigin(item: EventfulItem): Origin | undefined {
  const id = idIn(item.pk);
  if (!isUnder(connectionKey(id), item) || !connectionId.test(id)) return undefined;
  return { collection: "connections", id, types: ["connection."], facts: {} };
}

const denialItem = z.object({
  actor: z.string(),
  accountId: z.string(),
  region: z.string(),
  code: z.enum(denialCodes),
  osUser: z.string().optional(),
  minute: z.string(),
  instanceIds: z.set(z.string()),
});

function denialOrigin(item: EventfulItem): Origin | undefined {
  const { data } = denialItem.safeParse(item);
  if (!data) return undefined;
  const { instanceIds, minute, osUser, ...facts } = data;
  const isAboutOne = isAboutOneInstance(facts.code);
  // The others may name different OS users.
  const shared = isAboutOne ? { instanceId: [...instanceIds][0], osUser } : {};
  const group: DenialGroup = { ...facts, ...shared, minute };
  const id = denialIdOf(group);
  if (!isUnder(denialKey(id), item) || (isAboutOne && instanceIds.size > 1)) return undefined;
  const own = { ...facts, ...shared, subject: facts.actor };
  return { collection: "denials", id, types: ["connection.denied"], facts: own, instanceIds };
}

function suspensionOrigin(item: EventfulItem): Origin | undefined {
  const callerId = idIn(item.pk);
  if (!isUnder(suspensionKey(callerId), item)) return undefined;
  const facts = { subject: callerId, instanceId: undefined, accessRequestId: undefined };
  return { collection: "callers", id: suspensionIdOf(callerId), types: ["caller."], facts };
}

function chatLinkOrigin(item: EventfulItem): Origin | undefined {
  const id = idIn(item.pk);
  const { person } = item;
  if (!isUnder(chatLinkKey(id), item) || !chatUserIn(id) || typeof person !== "string") return undefined;
  const facts = { subject: person, chatUser: id, instanceId: undefined, accessRequestId: undefined };
  return { collection: "chat-links", id, types: ["chat."], facts };
}

function instanceOrigin(item: EventfulItem): Origin | undefined {
  const [accountId = "", region = "", instanceId = ""] = idIn(item.pk).split("/");
  const instance = { accountId, region, instanceId };
  if (!isUnder(hostKeysKey(instance), item)) return undefined;
  const facts = { ...instance, subject: undefined, accessRequestId: undefined };
  return { collection: "instances", id: instanceKey(instance), types: ["host-keys."], facts };
}

const isUnder = ({ pk, sk }: ItemKey, item: ItemKey) => pk === item.pk && sk === item.sk;
