import { eventfulKeyPrefixes } from "../lambda/aws/dynamodb/table-keys.ts";

/**
 * Prefixes of the partition keys whose changes make events: the projector gets only these records of the table's stream. Every
 * write of such an item has `events`. (Lambda filters on `dynamodb` only, and `exists` works on leaves only, which a
 * list is not.)
 */
export const projectedKeyPrefixes = eventfulKeyPrefixes;

/** The prefixes, as Lambda's filter pattern. */
export const streamFilter = {
  dynamodb: { Keys: { pk: { S: projectedKeyPrefixes.map((prefix) => ({ prefix })) } } },
};

/** Most records per invocation of the projector. */
export const streamBatchSize = 100;
