import { UpdateItemCommand, type UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { HostKeyRecord, HostKeyStore } from "../../host-keys/ports.ts";
import type { StoredHostKey } from "../../host-keys/stored-host-key.ts";
import type { TrailEvent } from "../../shared/trail-event.ts";
import { dynamodb } from "./client.ts";
import { isTheSame, named, sameNames, sameValues } from "./expressions.ts";
import { readHostKeysItem } from "./host-key-reads.ts";
import { getItem, ifHolds } from "./items.ts";
import { hostKeysKey } from "./table-keys.ts";

/**
 * The table's host keys. Every call rejects with Problem `upstream-failure`, `upstream-unavailable` or `deadline-exceeded`,
 * and with `internal` where an item is not what Latchkey writes.
 */
export function hostKeyStore(tableName: string): HostKeyStore {
  return {
    async read(instanceId, signal) {
      const item = await getItem(tableName, hostKeysKey(instanceId), signal);
      if (!item) return { hostKeys: [], sequence: 0 };
      const { hostKeys, sequence } = readHostKeysItem(item);
      return { hostKeys, sequence };
    },
    async write(instanceId, before, hostKeys, event, signal) {
      const command = new UpdateItemCommand(writeInput(tableName, instanceId, before, hostKeys, event));
      return (await ifHolds(dynamodb.send(command, { abortSignal: signal }), signal)) !== undefined;
    },
  };
}

/** What the record has next, where it is still the one that was read: its number says so. */
function writeInput(
  tableName: string,
  instanceId: string,
  before: HostKeyRecord,
  hostKeys: readonly StoredHostKey[],
  event: TrailEvent,
): UpdateItemCommandInput {
  const follows = before.sequence === 0 ? "attribute_not_exists(#sequence)" : "#sequence = :previous";
  return {
    TableName: tableName,
    Key: marshall(hostKeysKey(instanceId)),
    UpdateExpression: "SET #hostKeys = :hostKeys, #sequence = :sequence, #events = :events",
    ConditionExpression: `(${follows}) OR (${isTheSame})`,
    ExpressionAttributeNames: { ...sameNames, ...named("hostKeys", "sequence") },
    ExpressionAttributeValues: marshall({
      ...sameValues(event),
      ":hostKeys": hostKeys,
      ":sequence": before.sequence + 1,
      ":events": [event],
      ...(before.sequence > 0 && { ":previous": before.sequence }),
    }),
  };
}
