import { awsProblem } from "../faults.ts";
import type { JsonCall } from "../json-calls.ts";
import { formatVersion } from "./format.ts";
import { chatReplayKey } from "./table-keys.ts";

/**
 * Remembers the signatures of requests.
 *
 * @returns whether this is the first request with a signature. @throws Problem of `awsProblem`.
 */
export function replayTable(call: JsonCall, tableName: string) {
  return async (
    { signature, claim, keptUntil }: { readonly signature: string; readonly claim: string; readonly keptUntil: number },
    signal: AbortSignal,
  ): Promise<boolean> => {
    const { pk, sk } = chatReplayKey(signature);
    const item = {
      ...{ pk: { S: pk }, sk: { S: sk }, v: { N: String(formatVersion) } },
      ...{ claim: { S: claim }, deleteAt: { N: String(keptUntil) } },
    };
    const input = {
      TableName: tableName,
      Item: item,
      // Its own claim: the call is made again if its response was lost.
      ConditionExpression: "attribute_not_exists(#pk) OR #claim = :claim",
      ExpressionAttributeNames: { "#pk": "pk", "#claim": "claim" },
      ExpressionAttributeValues: { ":claim": { S: claim } },
    };
    try {
      await call("dynamodb", "PutItem", input, signal);
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
      throw awsProblem(error, signal);
    }
  };
}
