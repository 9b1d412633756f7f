import type { AccessRequest, AccessTarget } from "../../access/access-request.ts";
import { accessTargetIdOf } from "../../access/access-target.ts";
import { countedReviews } from "../../access/extension.ts";
import { isGranted } from "../../access/status.ts";
import { partiesOf, type Suspensions, withoutSuspended } from "../../access/suspension.ts";
import type { AccessLedger } from "../../connect/ports.ts";
import { readAccessItem } from "./access-item.ts";
import { slotReader } from "./access-reads.ts";
import { batchGet } from "./batch-get.ts";
import { readHostKeysItem } from "./host-key-reads.ts";
import type { Attributes } from "./items.ts";
import { peopleIn } from "./person-table.ts";
import { suspensionsIn } from "./suspension-table.ts";
import type { Table } from "./table.ts";
import { currentAccessKey, hostKeysKey, type ItemKey, personKey, suspensionKey } from "./table-keys.ts";

/**
 * What deciding about a connection reads of access: one batch with the access target's own request, one query of its subject's
 * requests for tags, and one more batch only where others have a part in them. Every call rejects with Problem of `awsProblem`,
 * and with `internal` if an item is not what Latchkey writes.
 */
export function connectReads(
  table: Table,
): Pick<AccessLedger, "readForConnection" | "readCurrentAccess" | "readSlots" | "readParties"> {
  /** As far as they count. Their parties other than their subject are known only once they have been read. */
  const counted = async (requests: readonly AccessRequest[], suspensions: Suspensions, signal: AbortSignal) => {
    const granted = requests.filter(({ status }) => isGranted(status));
    const others = granted.flatMap((access) => partiesOf(access).filter((id) => id !== access.subject));
    const more = suspensionsIn(await batchGet(table, [...new Set(others)].map(suspensionKey), signal));
    return requests.flatMap((access) => withoutSuspended(access, new Map([...suspensions, ...more])) ?? []);
  };
  /** Where the current and the scheduled request of an access target are. */
  const placesOf = (accessTarget: AccessTarget) =>
    [false, true].map((isScheduled) => currentAccessKey(accessTargetIdOf(accessTarget, { isScheduled })));
  const requestsIn = (items: readonly Attributes[], places: readonly ItemKey[]) =>
    places.flatMap(({ pk }) => items.filter((item) => item["pk"]?.S === pk).map(readAccessItem));
  return {
    ...slotReader(table),
    async readParties(requests, signal) {
      const reviewers = requests.flatMap((request) => countedReviews(request).map(({ reviewer }) => reviewer));
      const parties = [...new Set(requests.flatMap(partiesOf))];
      const keys = [...[...new Set(reviewers)].map(personKey), ...parties.map(suspensionKey)];
      const items = await batchGet(table, keys, signal);
      return { people: peopleIn(items), suspensions: suspensionsIn(items) };
    },
    async readForConnection(accessTarget, signal) {
      const hostKeys = hostKeysKey(accessTarget);
      const places = placesOf(accessTarget);
      const items = await batchGet(table, [hostKeys, ...places, suspensionKey(accessTarget.subject)], signal);
      const suspensions = suspensionsIn(items);
      const storedKeys = items.find(({ pk }) => pk?.S === hostKeys.pk);
      return {
        hostKeys: storedKeys ? readHostKeysItem(storedKeys).hostKeys : [],
        accessRequests: await counted(requestsIn(items, places), suspensions, signal),
        isSuspended: suspensions.get(accessTarget.subject)?.isSuspended ?? false,
      };
    },
    async readCurrentAccess(accessTarget, signal) {
      const places = placesOf(accessTarget);
      const items = await batchGet(table, [...places, suspensionKey(accessTarget.subject)], signal);
      return counted(requestsIn(items, places), suspensionsIn(items), signal);
    },
  };
}
