import type { AccessRequest } from "../../access/access-request.ts";
import type { KeyRange } from "../../lists/index-key.ts";
import type { IndexRead } from "../../lists/newest-first.ts";
import { readAccessItem } from "./access-item.ts";
import { queryIndex } from "./query-index.ts";
import { indexes } from "./table-keys.ts";

/** The newest access requests of a range, whatever their status. @throws Problem as `queryIndex`. */
export function listAccessItems(
  tableName: string,
  range: KeyRange,
  signal: AbortSignal,
): Promise<IndexRead<AccessRequest>> {
  const index = indexes.accessRequests;
  return queryIndex(tableName, index, index.all, range, readAccessItem, signal);
}
