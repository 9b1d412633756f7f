import { createHash } from "node:crypto";
import type { GoneReceivers } from "../../webhooks/ports.ts";
import { awsProblem } from "../faults.ts";
import type { JsonCall } from "../json-calls.ts";
import { formatVersion } from "./format.ts";
import { webhookKey } from "./table-keys.ts";

/**
 * Remembers by subscription that its receiver is gone, until it has another URL. The URL may have a secret in it, so the item has its hash.
 */
export function webhookTable(call: JsonCall, tableName: string): GoneReceivers {
  const send = (operation: string, input: object, signal: AbortSignal) =>
    call("dynamodb", operation, { TableName: tableName, ...input }, signal);
  const keyOf = (name: string) => ({ pk: { S: webhookKey(name).pk }, sk: { S: webhookKey(name).sk } });
  const hashOf = (url: string) => createHash("sha256").update(url).digest("hex");
  return {
    async isGone({ name, url }, signal) {
      const { Item } = (await send("GetItem", { Key: keyOf(name), ConsistentRead: true }, signal).catch(
        (error: unknown) => {
          throw awsProblem(error, signal);
        },
      )) as { readonly Item?: Readonly<Record<string, { readonly S?: string }>> };
      return Item?.["url"]?.S === hashOf(url);
    },
    async markGone({ name, url }, at, signal) {
      const item = {
        ...keyOf(name),
        ...{ v: { N: String(formatVersion) }, url: { S: hashOf(url) }, goneAt: { S: at.toISOString() } },
      };
      const input = {
        Item: item,
        // It replaces no item of another format.
        ConditionExpression: "attribute_not_exists(#pk) OR #v = :v",
        ExpressionAttributeNames: { "#pk": "pk", "#v": "v" },
        ExpressionAttributeValues: { ":v": { N: String(formatVersion) } },
      };
      await send("PutItem", input, signal).catch((error: unknown) => {
        throw awsProblem(error, signal);
      });
    },
  };
}
