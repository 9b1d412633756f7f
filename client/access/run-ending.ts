import { hintedFailure } from "../api/hinted-failure.ts";
import { isProblem } from "../api/problem-code.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { findTarget } from "../instances/find-target.ts";
import { readTarget } from "../instances/target.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { showSecond } from "./request-words.ts";

/** `latchkey cancel` */
export async function runCancel(context: Context, input: CommandInput): Promise<number> {
  const id = input.arguments[0] ?? "";
  const api = await context.api();
  const request = await api
    .call("cancelAccessRequest", { id, ...bodyOf(input) }, { signal: context.signal })
    .catch((error) => explainEnding(context, id, error));
  if (input.options.flag("json")) context.terminal.json(request);
  else context.terminal.out(request.status === "active" ? "the extension is cancelled\n" : "cancelled\n");
  return exitCodes.ok;
}

/** `latchkey revoke` */
export async function runRevoke(context: Context, input: CommandInput): Promise<number> {
  const { terminal, signal } = context;
  const id = input.arguments[0] ?? "";
  const api = await context.api();
  const instance = input.options.text("instance");
  const byRightOf = instance ? await findTarget(context, readTarget(instance, input.options)) : undefined;
  const body = { ...bodyOf(input), ...byRightOf?.key };
  const request = await api
    .call("revokeAccessRequest", { id, ...body }, { signal })
    .catch((error) => explainEnding(context, id, error));
  if (input.options.flag("json")) terminal.json(request);
  else terminal.out("revoked\n");
  const { noPushesAfter } = request;
  if (noPushesAfter !== undefined) terminal.note(`no key is pushed by it after ${showSecond(noPushesAfter)}`);
  terminal.note("a pushed key stays valid for its full 60 seconds, and an open SSH session continues");
  return exitCodes.ok;
}

/** The command that ends a request of each status; a status that is not here has ended. */
const endings: Readonly<Record<string, string>> = { pending: "cancel", active: "revoke" };

/**
 * Says what the request is, if that is why it could not be ended: the other command is only named if it works.
 *
 * @throws Failure, or `error` if that has another reason.
 */
async function explainEnding(context: Context, id: string, error: unknown): Promise<never> {
  if (!isProblem(error, "request-not-pending", "request-not-active")) throw error;
  const api = await context.api();
  const { status } = await api.call("getAccessRequest", { id }, { signal: context.signal }).catch(() => {
    throw error;
  });
  const ending = Object.hasOwn(endings, status) ? ownCommand(context, [`${endings[status]}`, id]) : undefined;
  const { exitCode } = hintedFailure(error);
  throw new Failure(`the request is ${visible(status)}`, { exitCode, hint: ending, cause: error });
}

function bodyOf({ options }: CommandInput) {
  const comment = options.text("comment");
  return comment === undefined ? {} : { comment };
}
