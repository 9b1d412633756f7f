import * as z from "zod";
import { chatUserIn } from "./chat-user.ts";

const chatUser = z
  .object({ chat: z.string(), workspace: z.string(), user: z.string() })
  .refine(({ chat, workspace, user }) => chatUserIn(`${chat}/${workspace}/${user}`) !== undefined);

/** Where a message is, by the chat's own ids. */
export const messagePlace = z.object({ channel: z.string().min(1).max(64), ts: z.string().min(1).max(64) });

export type MessagePlace = z.infer<typeof messagePlace>;

/** More than a chat lets people type: what is longer is not from there. */
const typed = z.string().max(20_000);

const anyInput = {
  /** As the chat has authenticated them. Only a link says which person that is. */
  from: chatUser,
  /** How to reply so that only `from` sees it. With neither, a direct message does. */
  reply: z.object({ channel: z.string().optional(), responseUrl: z.string().optional() }),
  /** When the door received it, in UTC. */
  receivedAt: z.iso.datetime(),
};

/** What somebody did in a chat: the door of the chat has verified who, and nothing else. */
const chatInput = z.discriminatedUnion("kind", [
  /** What stands after `/latchkey`. */
  z.object({ kind: z.literal("command"), ...anyInput, text: typed }),
  /** A press of a button under a message. */
  z.object({
    kind: z.literal("click"),
    ...anyInput,
    action: z.enum(["approve", "deny"]),
    /** The button's value: what the message says it is about, which nobody has checked. */
    claimedId: typed,
    message: messagePlace,
  }),
  /** The form: each field as it was typed. */
  z.object({ kind: z.literal("ask"), ...anyInput, instance: typed, osUser: typed, duration: typed, reason: typed }),
]);

export type ChatInput = z.infer<typeof chatInput>;

/** Reads a message of the queue of inputs. Undefined if it is none. */
export function readChatInput(body: string): ChatInput | undefined {
  try {
    return chatInput.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}
