import type { Caller } from "../../contract/caller.ts";
import { knownPersons } from "../shared/people.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { Message } from "./chat.ts";
import type { ChatUser } from "./chat-user.ts";
import { personOf } from "./links.ts";
import type { ChatPorts, ChatSettings } from "./ports.ts";

/**
 * The person whom a user of a chat is linked to, as they last called. A link is no proof of groups: who has not called for too long
 * has to sign in again.
 *
 * @returns what to tell the user instead, if that is nobody who is known well enough.
 * @throws Problem as the ports do.
 */
export async function callerOf(
  ports: ChatPorts,
  settings: ChatSettings,
  user: ChatUser,
  context: RequestContext,
): Promise<{ readonly caller: Caller } | { readonly instead: Message }> {
  const person = await personOf(ports, user, context);
  const caller = person === undefined ? undefined : await rememberedPerson(ports, settings, person, context);
  if (caller) return { caller };
  const why =
    person === undefined
      ? "Latchkey does not know who you are. Sign in once with your company and with the chat, then try again."
      : "You have not used Latchkey for a while, and your groups may have changed. Sign in, then try again.";
  const buttons = [{ kind: "link", label: "Sign in", url: settings.signInUrl }] as const;
  return { instead: { title: "Sign in first", notes: [why], buttons } };
}

/** A person as they last called; undefined if that is too long ago. @throws Problem as the port does. */
export async function rememberedPerson(
  { people }: Pick<ChatPorts, "people">,
  { rememberedFor }: Pick<ChatSettings, "rememberedFor">,
  id: string,
  { clock, deadline }: RequestContext,
): Promise<Caller | undefined> {
  const remembered = await people.read(id, deadline.signal);
  const known = remembered && knownPersons([remembered], clock(), rememberedFor).get(id);
  return known?.kind === "person" ? known : undefined;
}
