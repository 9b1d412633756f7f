import type { Caller } from "../../contract/caller.ts";
import { accessTargetIdIn } from "../access/access-target.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { ChatFault, type Message } from "./chat.ts";
import type { ChatInput } from "./chat-input.ts";
import type { ChatPorts } from "./ports.ts";
import { statusWords } from "./words.ts";

type Click = Extract<ChatInput, { kind: "click" }>;

/** Seconds until a message that has just been posted is recorded. */
const soon = 3;

/**
 * Reviews the request that a message is about, for the one who has pressed one of its buttons. The message's text and value decide
 * nothing: it has to be the one that was posted for this request, and what it showed has to be what awaits review.
 *
 * @param key of this input: it reviews once, however often it is delivered.
 * @returns what to tell the caller.
 * @throws Problem `access-request-not-found`, and as the API's story does; ChatFault if the message is not yet recorded.
 */
export async function reviewByClick(
  { api, posts }: Pick<ChatPorts, "api" | "posts">,
  { caller, click, key }: { readonly caller: Caller; readonly click: Click; readonly key: string },
  context: RequestContext,
): Promise<Message> {
  const { action: decision, claimedId, message } = click;
  const [id = "", extensionId] = claimedId.split("/", 2);
  const isId = accessTargetIdIn(id) !== undefined;
  const post = isId ? await posts.readPost({ accessRequestId: id }, context.deadline.signal) : undefined;
  if (post && !post.place) throw new ChatFault("not_recorded", { retryAfter: soon });
  if (post?.place?.channel !== message.channel || post.place.ts !== message.ts) {
    throw new Problem("access-request-not-found", { detail: "This message is not the one about that access request." });
  }
  const about = { extensionId };
  const call = { key, caller, ids: { id }, body: { decision, about } };
  const request = await api.reviewAccessRequest(call, { caller, id, decision, about }, context);
  const of = extensionId === undefined ? "access request" : "extension";
  const title = decision === "approve" ? "You approved it" : "You denied it";
  return { title, notes: [`The ${of} of ${request.subject} is now: ${standing(request, extensionId)}.`] };
}

type Reviewed = Parameters<typeof statusWords>[0];

const standing = (request: Reviewed, extensionId: string | undefined) =>
  extensionId !== undefined && request.extension?.status === "denied" ? "denied" : statusWords(request);
