import * as z from "zod";
import type { StoredHostKey } from "../../host-keys/stored-host-key.ts";
import { batchGet } from "./batch-get.ts";
import { type Attributes, readItem } from "./items.ts";
import type { Table } from "./table.ts";
import { hostKeysKey, idIn } from "./table-keys.ts";

const item = z.object({
  pk: z.string(),
  hostKeys: z.array(
    z.object({ key: z.string(), source: z.enum(["registered", "console", "pinned"]), observedAt: z.iso.datetime() }),
  ),
  // Items that were put there by hand have none.
  sequence: z.int().min(0).default(0),
});

/** What is known of the host keys of instances. */
export interface HostKeyReader {
  /** By instance id, in one consistent read of at most 100 instances, DynamoDB's limit on a batch. */
  readHostKeys(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly StoredHostKey[]>>;
}

/**
 * The table's host keys, to read alone. Every call rejects with Problem `upstream-failure`, `upstream-unavailable` or
 * `deadline-exceeded`, and with `internal` if an item is not what Latchkey writes.
 */
export function hostKeyReader(table: Table): HostKeyReader {
  return {
    async readHostKeys(instanceIds, signal) {
      const items = await batchGet(table, instanceIds.map(hostKeysKey), signal);
      return new Map(
        items.map((attributes) => {
          const { pk, hostKeys } = readHostKeysItem(attributes);
          return [idIn(pk), hostKeys];
        }),
      );
    },
  };
}

/** @throws Problem `internal` if an item is not what Latchkey writes. */
export function readHostKeysItem(attributes: Attributes): z.infer<typeof item> {
  return readItem(item, attributes);
}
