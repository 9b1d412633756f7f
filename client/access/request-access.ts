import type { AccessRequest, Operations } from "../../sdk/types.ts";
import { neverSeenWords, requirementsWords, reviewersWords } from "../api/requirements-words.ts";
import type { Context } from "../command/context.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { showTime } from "../terminal/show-time.ts";
import { scheduledWords } from "./request-words.ts";

/**
 * Asks for access, and tells what was answered: that it is active, or what it waits for and the very command for its reviewers.
 *
 * The call itself is not ended by Ctrl-C: whether the request exists would be unknown, and so whether there is one to take back.
 */
export async function requestAccess(
  context: Context,
  body: Operations["createAccessRequest"]["input"],
): Promise<AccessRequest> {
  const { terminal } = context;
  const api = await context.api();
  const request = await api.call("createAccessRequest", body);
  const {
    id,
    status,
    requirements,
    createdAt,
    expiresAt,
    pendingUntil,
    isPreexisting,
    breakGlass,
    subject,
    subjectSeen,
  } = request;
  if (subjectSeen === false) terminal.note(neverSeenWords(subject));
  if (isPreexisting) terminal.note(`this was asked for already at ${showTime(createdAt)}: that request holds`);
  if (status === "active") {
    const how = breakGlass ? ", by break-glass and without review" : "";
    terminal.note(`access is active until ${showTime(expiresAt ?? pendingUntil)}${how}`);
  } else if (status === "scheduled") {
    terminal.note(scheduledWords(request));
  } else {
    if (request.startsAt !== undefined) terminal.note(`access is to start at ${showTime(request.startsAt)}`);
    const reviewers = reviewersWords(requirements);
    if (reviewers !== undefined) terminal.note(reviewers);
    terminal.note(
      `the request needs ${requirementsWords({ ...requirements, reason: false })} until ${showTime(pendingUntil)}; a reviewer runs:`,
    );
    terminal.note(`  ${ownCommand(context, ["review", id, "--approve"], "other")}`);
  }
  return request;
}
