import * as z from "zod";
import { showDuration } from "../../contract/duration.ts";
import { missingApprovals } from "../../contract/requirements-words.ts";
import type { AccessRequest } from "../../sdk/types.ts";
import { grantedAccess } from "../access/access-outcome.ts";
import { scheduledWords } from "../access/request-words.ts";
import { Failure } from "../terminal/failure.ts";
import { showTime } from "../terminal/show-time.ts";
import type { Ports } from "./ports.ts";
import { commentsOf, pendingWords, shownRequest, showRequest } from "./shown-request.ts";
import { type Said, type ToolCall, toolOf } from "./tool.ts";

export const waitForAccess = toolOf({
  name: "wait_for_access",
  title: "Wait until an access request is reviewed",
  description:
    "Waits until an access request is no longer pending, or the time is up, and returns it. Changes nothing: it approves, cancels and extends nothing, and when it stops waiting, the request stays pending.",
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: z.strictObject({
    accessRequestId: z.string().min(1).max(128).describe("The accessRequestId that request_access has returned."),
    timeoutSeconds: z.int().min(1).max(600).default(45).describe("How long to wait, in seconds."),
  }),
  output: shownRequest,
  run: async (call, { accessRequestId, timeoutSeconds }) => {
    const request = await follow(call, accessRequestId, timeoutSeconds * 1000);
    const output = showRequest(request);
    const quotes = commentsOf(request);
    return { ...outcome(call.ports, request, timeoutSeconds), quotes, output };
  },
});

/** @returns the request as it was last seen. */
async function follow({ ports, signal }: ToolCall, id: string, timeout: number): Promise<AccessRequest> {
  let last = await ports.call("getAccessRequest", { id }, { signal });
  const timeUp = AbortSignal.timeout(timeout);
  const onUpdate = (request: AccessRequest) => {
    last = request;
  };
  try {
    return await ports.waitForAccess(last, { signal: AbortSignal.any([signal, timeUp]), onUpdate });
  } catch (error) {
    signal.throwIfAborted();
    if (!timeUp.aborted) throw error;
    return last;
  }
}

function outcome(ports: Ports, request: AccessRequest, seconds: number): Pick<Said<never>, "words" | "isError"> {
  const { status, expiresAt = "", breakGlass } = request;
  if (status === "pending") {
    const more = `${missingApprovals(request)} more needed, until ${showTime(request.pendingUntil)}`;
    const waited = `It was not decided within ${showDuration(seconds)} (approvals: ${more}).`;
    return { words: [waited, ...pendingWords(ports, request), "Next: call wait_for_access again, or tell your user."] };
  }
  if (status === "scheduled") {
    return {
      words: [`Approved: ${scheduledWords(request)}.`, "Next: tell your user; call run_command after the start."],
    };
  }
  if (status === "active") {
    const next = breakGlass
      ? "It was taken by break-glass, for the person in the emergency: run_command does not use it."
      : "Next: call run_command.";
    return { words: [`Access is active until ${showTime(expiresAt)}.`, next] };
  }
  return {
    words: [`${endedWords(request)}.`, "Next: tell your user, and do not ask again unless they want it."],
    isError: true,
  };
}

/** Without the comments, which stand in blocks of their own. */
function endedWords(request: AccessRequest): string {
  try {
    grantedAccess({ ...request, reviews: request.reviews.map(({ comment: _, ...review }) => review) });
  } catch (error) {
    if (error instanceof Failure) return error.message.replace(/^[a-z]/, (letter) => letter.toUpperCase());
    throw error;
  }
  return `The request is ${request.status}`;
}
