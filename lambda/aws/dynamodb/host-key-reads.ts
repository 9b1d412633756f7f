import * as z from "zod";
import type { StoredHostKey } from "../../host-keys/stored-host-key.ts";
import { batchGet } from "./batch-get.ts";
import { type Attributes, readItem } from "./items.ts";
import { hostKeysKey, idIn } from "./table-keys.ts";

const item = z.object({
  pk: z.string(),
  hostKeys: z.array(
    z.object({ key: z.string(), source: z.enum(["registered", "console", "pinned"]), observedAt: z.iso.datetime() }),
  ),
  // Items that were put there by hand have none.
  sequence: z.int().min(0).default(0),
});

/**
 * The host keys that are known of each instance, in one consistent read.
 *
 * @param instanceIds 100 at most: DynamoDB's bound on a batch.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`; `internal` where an item is
 *   not what Latchkey writes.
 */
export async function readHostKeys(
  tableName: string,
  instanceIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly StoredHostKey[]>> {
  const items = await batchGet(tableName, instanceIds.map(hostKeysKey), signal);
  return new Map(
    items.map((attributes) => {
      const { pk, hostKeys } = readHostKeysItem(attributes);
      return [idIn(pk), hostKeys];
    }),
  );
}

/** @throws Problem `internal` where an item is not what Latchkey writes. */
export function readHostKeysItem(attributes: Attributes): z.infer<typeof item> {
  return readItem(item, attributes);
}
