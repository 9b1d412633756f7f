import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { chatUserId, chatUserIn } from "../../chat/chat-user.ts";
import type { ChatLink, ChatLinkStore } from "../../chat/links.ts";
import { everything } from "../../lists/index-key.ts";
import { orRepeated, updateInput } from "./expressions.ts";
import { getItem, readItem, writeIfHolds } from "./items.ts";
import { queryIndex } from "./query-index.ts";
import type { Table } from "./table.ts";
import { chatLinkKey, idIn, indexes } from "./table-keys.ts";

const { chatLinks } = indexes;

const item = z.object({
  person: z.string(),
  isLinked: z.boolean(),
  changedAt: z.iso.datetime(),
  sequence: z.int().min(1),
});

/**
 * Who the users of chats are. Every call rejects with Problem of `awsProblem`, and with `internal` if an item is not what
 * Latchkey writes: its user is nobody then.
 */
export function chatLinkStore(table: Table): ChatLinkStore {
  return {
    async readLink(user, signal): Promise<ChatLink | undefined> {
      const found = await getItem(table, chatLinkKey(chatUserId(user)), signal);
      return found && { user, ...readItem(item, found) };
    },
    async writeLink({ next: { user, person, isLinked, changedAt, sequence }, event }, signal) {
      const follows =
        sequence === 1
          ? { expression: "attribute_not_exists(#pk)", names: ["pk"] }
          : { expression: "#sequence = :previous", names: ["sequence"], values: { ":previous": sequence - 1 } };
      const common = { isLinked, changedAt, sequence, events: [event] };
      // A function that only ends links may not name the person.
      const update = isLinked
        ? { set: { ...common, person, [chatLinks.partition]: person } }
        : { set: common, remove: [chatLinks.partition] };
      const input = updateInput(table.name, chatLinkKey(chatUserId(user)), update, orRepeated(follows, event));
      return (await writeIfHolds(table, new UpdateItemCommand(input), signal)) !== undefined;
    },
    async findUsers(person, signal) {
      const { entries } = await queryIndex(table, { index: chatLinks, partition: person }, everything, signal);
      return entries.flatMap(({ value }) => chatUserIn(idIn(value["pk"]?.S ?? "")) ?? []);
    },
  };
}
