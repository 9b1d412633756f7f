import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { showSecond } from "./request-words.ts";

/** `latchkey suspend` */
export async function runSuspend(context: Context, { arguments: [id = ""], options }: CommandInput): Promise<number> {
  const { terminal, signal } = context;
  const restore = options.flag("restore");
  const reason = options.text("reason");
  if (reason === undefined) throw new Failure("suspend needs --reason TEXT", { exitCode: exitCodes.usage });
  const api = await context.api();
  if (terminal.isInteractive && !options.flag("yes")) await confirm(context, id, restore);
  const suspension = await api.call(restore ? "restoreCaller" : "suspendCaller", { callerId: id, reason }, { signal });
  if (options.flag("json")) terminal.json(suspension);
  else terminal.out(suspension.isSuspended ? "suspended\n" : "not suspended\n");
  if (suspension.noPushesAfter !== undefined)
    terminal.note(`no key is pushed for them after ${showSecond(suspension.noPushesAfter)}`);
  if (suspension.isSuspended)
    terminal.note("a pushed key stays valid for its full 60 seconds, and an open SSH session continues");
  return exitCodes.ok;
}

async function confirm({ terminal }: Context, id: string, restore: boolean): Promise<void> {
  const reply = await terminal.ask(`${restore ? "Restore" : "Suspend"} ${visible(id)}? [y/N] `);
  if (/^y(es)?$/i.test(reply?.trim() ?? "")) return;
  throw new Failure("not confirmed; nothing has changed", { exitCode: exitCodes.noPermission });
}
