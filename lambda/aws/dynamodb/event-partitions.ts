import type { About } from "../../audit/list.ts";
import type { Partition } from "./query-index.ts";
import { indexes } from "./table-keys.ts";

/** A partition takes a thousand writes a second. What has more events is spread over several. */
const shards = [0, 1, 2, 3];

/** Events that are read of each shard at once: together a few more than the longest page has. */
const readSize = 40;

/** The shard of an event with this index key. The key's hash tells, so the events of one thing stay together. */
export const shardOf = (key: string): number => Number.parseInt(key.charAt(key.indexOf("#") + 1), 16) % shards.length;

/** The partition of all events of a shard, and that of those of a type. */
export const inShard = {
  all: String,
  type: (type: string, shard: number) => `${type}/${shard}`,
};

/** The partitions that have all events about something. */
export function partitionsAbout(about: Exclude<About, { readonly kind: "connection" }>): readonly Partition[] {
  switch (about.kind) {
    case "everything":
      return shards.map((shard) => ({ index: indexes.events, partition: inShard.all(shard), readSize }));
    case "type":
      return shards.map((shard) => ({
        index: indexes.eventsByType,
        partition: inShard.type(about.id, shard),
        readSize,
      }));
    default:
      return [{ index: indexOf[about.kind], partition: about.id }];
  }
}

const indexOf = {
  instance: indexes.eventsByInstance,
  subject: indexes.eventsBySubject,
  actor: indexes.eventsByActor,
  accessRequest: indexes.eventsByAccessRequest,
} as const;
