import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { explain } from "./explain-decision.ts";
import { findTarget } from "./find-target.ts";
import { readTarget } from "./target.ts";

/** `latchkey why` */
export async function runWhy(context: Context, { arguments: [destination], options }: CommandInput): Promise<number> {
  const { terminal, signal } = context;
  const target = readTarget(destination, options);
  const api = await context.api();
  const { instanceId, handle, requested } = await findTarget(context, target);
  // A decision takes neither a key nor options of a tunnel.
  const { reason: _, maxTunnelSeconds: __, ...asked } = requested;
  const subject = options.text("for");
  const [decision, instance] = await Promise.all([
    api.call("decide", { instanceId, ...asked, ...(subject !== undefined && { subject }) }, { signal }),
    api.call("getInstance", { instanceId }, { signal }),
  ]);
  const { sentences, next, exitCode } = explain({ decision, instance, handle, requested, subject });
  if (options.flag("json")) terminal.json(decision);
  else {
    const [verdict = "", ...more] = sentences;
    const paint = exitCode === exitCodes.ok ? terminal.outPaints.green : terminal.outPaints.red;
    terminal.out(`${[paint(verdict), ...more].join("\n")}\n`);
    if (next !== undefined) terminal.hint(ownCommand(context, next));
  }
  return exitCode;
}
