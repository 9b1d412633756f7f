import * as z from "zod";
import { accessRequestBody } from "../../contract/access-request.ts";
import { missingInReason } from "../../contract/reason-pattern.ts";
import { togetherInTarget } from "../../contract/scope.ts";
import type { AccessRequest } from "../../sdk/types.ts";
import { showTime } from "../terminal/show-time.ts";
import { visible } from "../terminal/terminal.ts";
import { longestOwnReason, reasonBy } from "./agent-name.ts";
import { keyOf, oneInstance } from "./one-instance.ts";
import type { Ports } from "./ports.ts";
import { pendingWords, shownRequest, showRequest } from "./shown-request.ts";
import { type ToolCall, toolOf } from "./tool.ts";

const { osUser, durationSeconds, reason } = accessRequestBody.shape;

export const requestAccess = toolOf({
  name: "request_access",
  title: "Ask for access to an instance",
  description:
    "Asks for your user's access to one instance, as one OS user, for a limited time. People review it, and your name stands behind the reason. While a request for the same is open, that one is returned. It never approves anything, never asks for somebody else or for break-glass, and never cancels a request.",
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  input: togetherInTarget(
    z.strictObject({
      ...oneInstance,
      osUser,
      durationSeconds,
      reason: reason.max(longestOwnReason).describe("Why your user needs access, in one line, for the reviewers."),
    }),
  ),
  output: shownRequest,
  run: async (call, input) => {
    const { ports, agent, signal } = call;
    const [others, { requirements }] = await Promise.all([
      askedByOthers(call, input),
      ports.call("decide", { ...keyOf(input), osUser: input.osUser }, { signal }),
    ]);
    if (others !== undefined) {
      const words = [
        `Access request ${visible(others.id)} is for the same, and was made for your user by ${visible(others.requestedBy)}. Nothing was asked for again: that would cancel it.`,
      ];
      return { words: [...words, ...pendingWords(ports, others), next("pending")], output: showRequest(others) };
    }
    // The words that Latchkey adds must not stand for those that policy requires.
    const missing = missingInReason(input.reason, requirements ?? {});
    if (missing !== undefined) {
      const words = [
        `Nothing was asked for: policy requires ${visible(missing)} in the reason.`,
        "Next: ask your user for a reason that has it, then call request_access again.",
      ];
      return { words, isError: true };
    }
    // Without a signal: if it were ended in between, nobody would know whether the request exists.
    const request = await ports.call("createAccessRequest", {
      ...keyOf(input),
      osUser: input.osUser,
      durationSeconds: input.durationSeconds,
      reason: reasonBy(agent, input.reason),
    });
    return { words: wordsOf(ports, request), output: showRequest(request) };
  },
});

/** A pending request of others for the same, which one of the user's own would cancel. */
async function askedByOthers(
  { ports, signal }: ToolCall,
  input: { readonly instanceId: string; readonly osUser: string },
): Promise<AccessRequest | undefined> {
  const { id: subject } = await ports.call("whoAmI", {}, { signal });
  const query = { subject, instanceId: input.instanceId, status: "pending", limit: 100 } as const;
  const { items } = await ports.call("listAccessRequests", query, { signal });
  return items.find((request) => request.osUser === input.osUser && request.requestedBy !== subject);
}

function wordsOf(ports: Ports, request: AccessRequest): string[] {
  const { id, status, isPreexisting, createdAt, expiresAt = "" } = request;
  const asked = isPreexisting
    ? `This was asked for at ${showTime(createdAt)} already, with the reason of then: access request ${visible(id)}.`
    : `This is access request ${visible(id)}.`;
  if (status === "pending") return [asked, ...pendingWords(ports, request), next(status)];
  if (status === "active") return [asked, `Access is active until ${showTime(expiresAt)}.`, next(status)];
  return [asked, `It is ${visible(status)}.`, next(status)];
}

const next = (status: string) =>
  status === "active"
    ? "Next: explain_access says whether run_command can run here; policy may have required no approval."
    : "Next: call wait_for_access with this accessRequestId.";
