/**
 * The one table's keys: `pk` (partition) and `sk` (sort), both strings. Each function's role reaches only the prefixes of
 * `pk` that it works with.
 */
export const instanceKeyPrefix = "instance#";
export const connectionKeyPrefix = "connection#";

/** What is known of an instance's host keys. */
export const hostKeysKey = (instanceId: string) => ({ pk: `${instanceKeyPrefix}${instanceId}`, sk: "host-keys" });

export const instanceIdOf = (pk: string) => pk.slice(instanceKeyPrefix.length);

/** A connection's item. */
export const connectionKey = (connectionId: string) => ({
  pk: `${connectionKeyPrefix}${connectionId}`,
  sk: "connection",
});
