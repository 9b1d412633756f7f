import type { AccessRequestResponse } from "../../contract/access-request.ts";
import { isPersonId } from "../../contract/person-id.ts";
import type { AccessRequest } from "../access/access-request.ts";
import type { AccessStore } from "../access/ports.ts";
import { accessRequestResponse } from "../access/response.ts";
import { mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { Instance } from "../shared/instance.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { instanceIn, isTagScope } from "../shared/scope.ts";
import type { FindInstance } from "../targets/find-instance.ts";
import { rememberedPerson } from "./caller.ts";
import { type ChannelRule, channelOf } from "./channel.ts";
import { ChatFault } from "./chat.ts";
import { chatUserId } from "./chat-user.ts";
import { type LinkPorts, usersOf } from "./links.ts";
import { noticeOf } from "./notice.ts";
import type { ChatPorts, ChatSettings } from "./ports.ts";
import { requestMessage } from "./request-message.ts";
import { type ShowPorts, show } from "./show.ts";

export interface ShowRequestPorts extends ShowPorts, LinkPorts, Pick<ChatPorts, "people"> {
  readonly store: Pick<AccessStore, "read">;
  readonly findInstance: FindInstance;
  readonly policy: PolicyEngine;
}

export interface ShowSettings extends Pick<ChatSettings, "consoleUrl" | "isAlone" | "rememberedFor"> {
  /** Which chat: `slack`. */
  readonly chat: string;
  readonly channels: readonly ChannelRule[];
}

/**
 * Makes the messages about an access request show it as it is now: the one in its channel, and those to the people whose access it
 * is or who have asked for it. Nothing depends on which event this is called for.
 *
 * @returns why somebody is not told directly, if the chat refuses that for good: they may have left.
 * @throws the first other error, once everything else has been tried: ChatFault or Problem.
 */
export async function showRequest(
  ports: ShowRequestPorts,
  settings: ShowSettings,
  accessRequestId: string,
  context: RequestContext,
): Promise<ChatFault | undefined> {
  const { signal } = context.deadline;
  const stored = await ports.store.read(accessRequestId, signal);
  if (!stored) return undefined;
  let refused: ChatFault | undefined;
  const key = instanceIn(stored.scope);
  const instance = key && (await ports.findInstance(key, context));
  const instanceName = instance?.tags["Name"] || undefined;
  const named = settings.isAlone && key ? { instanceId: key.instanceId } : key;
  const shown = { instanceName, consoleUrl: settings.consoleUrl };
  const read = async (): Promise<AccessRequestResponse> => {
    const current: AccessRequest = (await ports.store.read(accessRequestId, signal)) ?? stored;
    return accessRequestResponse(current, context.clock());
  };

  const inChannel = show(
    ports,
    { accessRequestId },
    async (chosen) => {
      const request = await read();
      const channel = chosen ?? channelOf(settings.channels, request, tagsOf(stored, instance));
      if (channel === undefined) return undefined;
      return { messageId: accessRequestId, audience: { channel }, message: requestMessage(request, shown) };
    },
    context,
  );
  const people = [...new Set([stored.subject, stored.requestedBy])].filter(isPersonId);
  const directly = people.map(async (person) => {
    const users = await usersOf(ports, person, context);
    if (users.length === 0) return;
    const caller = await rememberedPerson(ports, settings, person, context);
    // The API names an instance to those who may see it; what the channel shows, settings say.
    const visible = caller && mayView(ports.policy, caller, instance) ? shown : { ...shown, instanceName: undefined };
    const messages = users
      .filter(({ chat }) => chat === settings.chat)
      .map((user) =>
        show(
          ports,
          { accessRequestId, user: chatUserId(user) },
          async () => {
            const notice = noticeOf(await read(), { ...visible, person, instance: named });
            const messageId = `${accessRequestId}/${person}/${notice?.key}`;
            return notice && { messageId, audience: { user }, message: notice.message };
          },
          context,
        ).catch((error: unknown) => {
          if (!(error instanceof ChatFault) || error.retryAfter !== undefined) throw error;
          refused = error;
        }),
      );
    await allOf(messages);
  });
  await allOf([inChannel, ...directly]);
  return refused;
}

/** Waits for all, then rejects as the first that has. */
async function allOf(promises: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

const tagsOf = ({ scope }: AccessRequest, instance: Instance | undefined) =>
  isTagScope(scope) ? scope.tags : (instance?.tags ?? {});
