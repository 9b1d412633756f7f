import type { ProblemCode } from "../../contract/problem.ts";
import { isProblem } from "../api/problem-code.ts";
import { endOf, problemLine } from "../api/problem-words.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

/** `latchkey cancel` */
export async function runCancel(context: Context, input: CommandInput): Promise<number> {
  const id = input.arguments[0] ?? "";
  const api = await context.api();
  const request = await api
    .call("cancelAccessRequest", { id, ...bodyOf(input) }, { signal: context.signal })
    .catch(hinting("request-not-pending", `if it is active: latchkey revoke ${visible(id)}`));
  if (input.options.flag("json")) context.terminal.json(request);
  else context.terminal.out("cancelled\n");
  return exitCodes.ok;
}

/** `latchkey revoke` */
export async function runRevoke(context: Context, input: CommandInput): Promise<number> {
  const { terminal, signal } = context;
  const id = input.arguments[0] ?? "";
  const api = await context.api();
  const request = await api
    .call("revokeAccessRequest", { id, ...bodyOf(input) }, { signal })
    .catch(hinting("request-not-active", `if it is pending: latchkey cancel ${visible(id)}`));
  if (input.options.flag("json")) terminal.json(request);
  else terminal.out("revoked\n");
  const { noPushesAfter } = request;
  if (noPushesAfter !== undefined) terminal.note(`no key is pushed by it after ${toTheSecond(noPushesAfter)}`);
  terminal.note("a pushed key stays valid for its full 60 seconds, and an open SSH session continues");
  return exitCodes.ok;
}

/** `2026-03-01 14:05:09 UTC` */
const toTheSecond = (time: string) => visible(`${time.slice(0, 10)} ${time.slice(11, 19)} UTC`);

/** The other command may be the one that is meant. */
function hinting(code: ProblemCode, hint: string): (error: unknown) => never {
  return (error) => {
    if (!isProblem(error, code)) throw error;
    throw new Failure(problemLine(error.problem), { exitCode: endOf(error.problem).exitCode, hint, cause: error });
  };
}

function bodyOf({ options }: CommandInput) {
  const comment = options.text("comment");
  return comment === undefined ? {} : { comment };
}
