import type { ListPartition } from "../../access/where-to-list.ts";
import type { Partition } from "./query-index.ts";
import { indexes } from "./table-keys.ts";

const indexOf = {
  all: indexes.accessRequests,
  status: indexes.accessRequestsByStatus,
  subject: indexes.accessRequestsBySubject,
  requester: indexes.accessRequestsByRequester,
  instance: indexes.accessRequestsByInstance,
} as const satisfies Record<ListPartition["by"], unknown>;

/** Where the table has a partition of access requests. */
export function indexPartitionOf(partition: ListPartition): Partition {
  const index = indexOf[partition.by];
  if (partition.by === "all") return { index, partition: indexes.accessRequests.all };
  if (partition.by === "status") return { index, partition: partition.status };
  return { index, partition: `${partition.isOpen ? "open" : "ended"}/${partition.id}` };
}
