import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { visible } from "../terminal/terminal.ts";

/** `latchkey whoami` */
export async function runWhoami(context: Context, { options }: CommandInput): Promise<number> {
  const api = await context.api();
  const caller = await api.call("whoAmI", {}, { signal: context.signal });
  if (options.flag("json")) {
    context.terminal.json(caller);
    return exitCodes.ok;
  }
  const groups = caller.groups.map(visible).join(", ") || "no group";
  const sources = caller.sources.map(visible).join(", ");
  context.terminal.out(`${visible(caller.id)}, a ${visible(caller.kind)} in ${groups} (${sources})\n`);
  return exitCodes.ok;
}
