import { paginateQuery } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { Due, DueItems } from "../../lists/due-items.ts";
import { awsProblem } from "../faults.ts";
import { readItem } from "./items.ts";
import type { Table } from "./table.ts";
import {
  accessKeyPrefix,
  accessTargetIdUnder,
  connectionKeyPrefix,
  denialKeyPrefix,
  eventKeyPrefix,
  idIn,
  indexes,
  suspensionKeyPrefix,
} from "./table-keys.ts";

/** Items a page: so many are worked on before the next page is read. */
const pageSize = 100;

const item = z.object({ pk: z.string(), sk: z.string() });

/** The items that each is due of. Another function may have marked its own as due. */
const prefixes: Readonly<Record<Due, string>> = {
  expiry: accessKeyPrefix,
  outcome: connectionKeyPrefix,
  closing: denialKeyPrefix,
  suspension: suspensionKeyPrefix,
  publication: eventKeyPrefix,
};

/**
 * What has been due since a moment or longer, the longest due first: the ids of access targets (`expiry`), connections
 * (`outcome`), denials (`closing`), callers (`suspension`) or events (`publication`). The index may lag behind the table, so read
 * the item before acting on it. Rejects with Problem of `awsProblem`.
 */
export function dueIndex({ client, name }: Table): DueItems {
  return {
    async *findDue(due, until, signal) {
      const pages = paginateQuery(
        { client, pageSize },
        {
          TableName: name,
          IndexName: indexes.due.name,
          KeyConditionExpression: "#due = :due AND #dueAt <= :until",
          ProjectionExpression: "#pk, #sk",
          ExpressionAttributeNames: {
            "#due": indexes.due.partition,
            "#dueAt": indexes.due.sort,
            "#pk": "pk",
            "#sk": "sk",
          },
          ExpressionAttributeValues: marshall({ ":due": due, ":until": until.toISOString() }),
        },
        { abortSignal: signal },
      );
      try {
        for await (const { Items = [] } of pages) {
          const keys = Items.map((attributes) => readItem(item, attributes));
          const own = keys.filter(({ pk }) => pk.startsWith(prefixes[due]));
          yield own.map((key) => (due === "expiry" ? accessTargetIdUnder(key) : idIn(key.pk)));
        }
      } catch (error) {
        throw awsProblem(error, signal);
      }
    },
  };
}
