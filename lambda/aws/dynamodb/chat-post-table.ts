import { randomUUID } from "node:crypto";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { messagePlace } from "../../chat/chat-input.ts";
import type { PostStore } from "../../chat/ports.ts";
import { epochSeconds } from "../../shared/time.ts";
import { isNew, putInput } from "./expressions.ts";
import { getItem, readItem, writeIfHolds } from "./items.ts";
import type { Table } from "./table.ts";
import { chatPostKey } from "./table-keys.ts";

const item = z.object({
  messageId: z.string(),
  channel: z.string().optional(),
  place: messagePlace.optional(),
  shown: z.string().optional(),
  tried: z.object({ since: z.iso.datetime(), until: z.iso.datetime() }).optional(),
  leasedUntil: z.iso.datetime(),
  version: z.int().min(1),
});

/** Seconds that a post is kept after its last change: longer than a request can be open. */
const keptFor = 90 * 24 * 60 * 60;

/** Which messages show what. Every call rejects with Problem of `awsProblem`, and with `internal` for an item of another form. */
export function postStore(table: Table): PostStore {
  return {
    async readPost(key, signal) {
      const found = await getItem(table, chatPostKey(key), signal);
      return found && readItem(item, found);
    },
    async writePost(key, before, next, signal) {
      const claim = randomUUID();
      const follows = before
        ? { expression: "#version = :previous", names: ["version"], values: { ":previous": before.version } }
        : { ...isNew, values: {} };
      // The SDK sends a write again whose response was lost.
      const condition = {
        expression: `${follows.expression} OR #claim = :claim`,
        names: [...follows.names, "claim"],
        values: { ...follows.values, ":claim": claim },
      };
      const deleteAt = epochSeconds(new Date(next.leasedUntil)) + keptFor;
      const input = putInput(table.name, { ...chatPostKey(key), ...next, claim, deleteAt }, condition);
      return (await writeIfHolds(table, new PutItemCommand(input), signal)) !== undefined;
    },
  };
}
