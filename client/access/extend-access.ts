import type { AccessRequest } from "../../sdk/types.ts";
import { waitForAccess as followAccess } from "../../sdk/wait-for-access.ts";
import { requirementsWords, reviewersWords } from "../api/requirements-words.ts";
import type { Context } from "../command/context.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { showTime } from "../terminal/show-time.ts";
import { visible } from "../terminal/terminal.ts";
import { accessProgress } from "./access-progress.ts";
import { reviewWords } from "./request-words.ts";

interface ExtensionBody {
  readonly id: string;
  readonly durationSeconds: number;
  readonly reason: string;
}

/** Asks for an extension, and says until when access lasts, or the command for its reviewers. */
export async function extendAccess(context: Context, body: ExtensionBody): Promise<AccessRequest> {
  const { terminal } = context;
  const api = await context.api();
  const request = await api.call("extendAccessRequest", body);
  const { id, extension, expiresAt = "", isPreexisting } = request;
  if (isPreexisting && extension)
    terminal.note(`an extension was asked for already at ${showTime(extension.createdAt)}`);
  if (extension?.status === "pending") {
    const reviewers = reviewersWords(extension.requirements);
    if (reviewers !== undefined) terminal.note(reviewers);
    const needs = requirementsWords({ ...extension.requirements, reason: false });
    terminal.note(`the extension needs ${needs} until ${showTime(extension.pendingUntil)}; a reviewer runs:`);
    terminal.note(`  ${ownCommand(context, ["review", id, "--approve"], "other")}`);
  } else {
    terminal.note(`access is active until ${showTime(expiresAt)}`);
  }
  return request;
}

/** Whether an extension waits for reviews. */
const isWaiting = ({ extension }: AccessRequest) => extension?.status === "pending";

/**
 * Waits until the pending extension is decided. Ctrl-C leaves it pending.
 *
 * @returns the request, if it was extended.
 * @throws Failure `noPermission` if it was denied or cancelled, `tryAgain` if nobody reviewed it in time; what the
 *   API's call throws.
 */
export async function waitForExtension(context: Context, first: AccessRequest): Promise<AccessRequest> {
  const { terminal, signal, clock } = context;
  const api = await context.api();
  const onUpdate = (request: AccessRequest, failures: number) => {
    const now = terminal.isInteractive ? clock() : undefined;
    terminal.progress(accessProgress({ ...request, ...request.extension }, { now, isUnreachable: failures > 0 }));
  };
  let last: AccessRequest;
  try {
    last = await followAccess(api.call.bind(api), first, { signal, clock, onUpdate, isWaiting });
  } catch (error) {
    terminal.endProgress();
    terminal.note(`the extension stays pending; to cancel it: ${ownCommand(context, ["cancel", first.id])}`);
    throw error;
  }
  terminal.endProgress();
  const { extension, expiresAt = "" } = last;
  if (extension?.status === "approved") {
    terminal.note(`access is extended until ${showTime(expiresAt)}`);
    return last;
  }
  const denial = extension?.reviews.find(({ decision }) => decision === "deny");
  const how = denial === undefined ? visible(extension?.status ?? "unknown") : reviewWords(denial);
  const exitCode = extension?.status === "expired" ? exitCodes.tryAgain : exitCodes.noPermission;
  throw new Failure(`the extension is not given: it was ${how}`, { exitCode });
}
