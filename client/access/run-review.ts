import { missingApprovals } from "../../contract/requirements-words.ts";
import type { AccessRequest } from "../../sdk/types.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { scopeWords } from "../instances/tags.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { showTime } from "../terminal/show-time.ts";
import { visible } from "../terminal/terminal.ts";
import { durationOption } from "./duration.ts";
import { requestLines } from "./request-words.ts";

/** `latchkey review` */
export async function runReview(context: Context, { arguments: [id = ""], options }: CommandInput): Promise<number> {
  const { terminal, signal } = context;
  const decision = decisionOf(options.flag("approve"), options.flag("deny"));
  const comment = options.text("comment");
  const duration = options.text("duration");
  if (duration !== undefined && decision === "deny") {
    throw new Failure("--duration goes with --approve", { exitCode: exitCodes.usage });
  }
  const durationSeconds = duration === undefined ? undefined : durationOption(duration);
  const api = await context.api();
  const pending = await api.call("getAccessRequest", { id }, { signal });
  terminal.note(requestLines(pending, terminal.columns, await nameOf(context, pending)).join("\n"));
  if (terminal.isInteractive && !options.flag("yes")) {
    await confirm(context, decision);
    await requireUnextended(context, pending, decision);
  }
  const body = { decision, ...(comment !== undefined && { comment }), ...(durationSeconds && { durationSeconds }) };
  const request = await api.call("reviewAccessRequest", { id, ...body }, { signal });
  if (options.flag("json")) terminal.json(request);
  else terminal.out(`${outcome(request)}\n`);
  return exitCodes.ok;
}

/** Reviewers recognise the name. One who may not see the instance still sees its id. */
async function nameOf({ api, signal }: Context, { scope }: AccessRequest): Promise<string | undefined> {
  if (!("instanceId" in scope)) return undefined;
  const instance = (await api()).call("getInstance", { instanceId: scope.instanceId }, { signal });
  return instance.then(
    ({ name }) => name,
    () => undefined,
  );
}

function decisionOf(approve: boolean, deny: boolean): "approve" | "deny" {
  if (approve !== deny) return approve ? "approve" : "deny";
  throw new Failure("review takes one of --approve and --deny", { exitCode: exitCodes.usage });
}

async function confirm({ terminal }: Context, decision: "approve" | "deny"): Promise<void> {
  const reply = await terminal.ask(`${decision === "approve" ? "Approve" : "Deny"} this request? [y/N] `);
  if (/^y(es)?$/i.test(reply?.trim() ?? "")) return;
  throw new Failure("not confirmed; the request is unchanged", { exitCode: exitCodes.noPermission });
}

/** While somebody decides, an extension may have been asked for: the API would apply the review to that. */
async function requireUnextended(
  context: Context,
  { id, extension: shown }: AccessRequest,
  decision: string,
): Promise<void> {
  const { extension } = await (await context.api()).call("getAccessRequest", { id }, { signal: context.signal });
  if (extension?.id === shown?.id) return;
  const hint = `look at it again: ${ownCommand(context, ["review", id, `--${decision}`])}`;
  throw new Failure("more time was asked for meanwhile; nothing is reviewed", { exitCode: exitCodes.tryAgain, hint });
}

function outcome(request: AccessRequest): string {
  const { status, subject, osUser, startsAt, expiresAt, extension } = request;
  const until = showTime(expiresAt ?? "");
  if (status === "active" && extension?.status === "denied") return `denied: access ends at ${until}, as before`;
  if (status === "active" && extension?.status === "pending") {
    return `approved: the extension needs ${missingApprovals(extension)} more`;
  }
  if (status === "active") {
    return `approved: ${visible(subject)} has access to ${scopeWords(request)} as ${visible(osUser)} until ${until}`;
  }
  if (status === "scheduled") {
    const from = showTime(startsAt ?? "");
    return `approved: ${visible(subject)} has access to ${scopeWords(request)} as ${visible(osUser)} from ${from} until ${until}`;
  }
  if (status === "denied") return `denied: ${visible(subject)} gets no access to ${scopeWords(request)}`;
  return `approved: it needs ${missingApprovals(request)} more`;
}
