import { eventfulKeyPrefixes } from "../lambda/aws/dynamodb/table-keys.ts";

/**
 * Whose changes make events, by how their partition key begins: of everything that the table's stream carries, the
 * projector gets these alone. Every write of such an item has `events`. (Lambda filters by what stands under `dynamodb`
 * only, and `exists` by leaves only, which a list is not.)
 */
export const projectedKeyPrefixes = eventfulKeyPrefixes;

/** The same, as Lambda's filter pattern. */
export const streamFilter = {
  dynamodb: { Keys: { pk: { S: projectedKeyPrefixes.map((prefix) => ({ prefix })) } } },
};

/** Records in one invocation of the projector, at most. */
export const streamBatchSize = 100;
