import type { AccessRequest } from "../../access/access-request.ts";
import { accessTargetIdOf } from "../../access/access-target.ts";
import { countedReviews } from "../../access/extension.ts";
import { partiesOf, type Suspensions, withoutSuspended } from "../../access/suspension.ts";
import type { AccessLedger } from "../../connect/ports.ts";
import { readAccessItem } from "./access-item.ts";
import { slotReader } from "./access-reads.ts";
import { batchGet } from "./batch-get.ts";
import { readHostKeysItem } from "./host-key-reads.ts";
import { peopleIn } from "./person-table.ts";
import { suspensionsIn } from "./suspension-table.ts";
import type { Table } from "./table.ts";
import { currentAccessKey, hostKeysKey, personKey, suspensionKey } from "./table-keys.ts";

/**
 * What deciding about a connection reads of access: one batch with the access target's own request, one query of its subject's
 * requests for tags, and one more batch only where others have a part in them. Every call rejects with Problem of `awsProblem`,
 * and with `internal` if an item is not what Latchkey writes.
 */
export function connectReads(
  table: Table,
): Pick<AccessLedger, "readForConnection" | "readCurrentAccess" | "readSlots" | "readParties"> {
  /** As far as it counts. Its parties other than its subject are known only once it has been read. */
  const counted = async (access: AccessRequest | undefined, suspensions: Suspensions, signal: AbortSignal) => {
    const others = access?.status === "active" ? partiesOf(access).filter((id) => id !== access.subject) : [];
    const more = suspensionsIn(await batchGet(table, others.map(suspensionKey), signal));
    return access && withoutSuspended(access, new Map([...suspensions, ...more]));
  };
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
      const access = currentAccessKey(accessTargetIdOf(accessTarget));
      const items = await batchGet(table, [hostKeys, access, suspensionKey(accessTarget.subject)], signal);
      const suspensions = suspensionsIn(items);
      const itemOf = ({ pk }: { pk: string }) => items.find((item) => item["pk"]?.S === pk);
      const [storedKeys, storedAccess] = [itemOf(hostKeys), itemOf(access)];
      return {
        hostKeys: storedKeys ? readHostKeysItem(storedKeys).hostKeys : [],
        accessRequest: await counted(storedAccess && readAccessItem(storedAccess), suspensions, signal),
        isSuspended: suspensions.get(accessTarget.subject)?.isSuspended ?? false,
      };
    },
    async readCurrentAccess(accessTarget, signal) {
      const access = currentAccessKey(accessTargetIdOf(accessTarget));
      const items = await batchGet(table, [access, suspensionKey(accessTarget.subject)], signal);
      const stored = items.find(({ pk }) => pk?.S === access.pk);
      return counted(stored && readAccessItem(stored), suspensionsIn(items), signal);
    },
  };
}
