import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
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
  const [decision, instance] = await Promise.all([
    api.call("decide", { instanceId, ...asked }, { signal }),
    api.call("getInstance", { instanceId }, { signal }),
  ]);
  const { sentences, hint, exitCode } = explain({ decision, instance, handle, requested });
  if (options.flag("json")) terminal.json(decision);
  else {
    const [verdict = "", ...more] = sentences;
    const paint = exitCode === exitCodes.ok ? terminal.outPaints.green : terminal.outPaints.red;
    terminal.out(`${[paint(verdict), ...more].join("\n")}\n`);
    if (hint !== undefined) terminal.hint(hint);
  }
  return exitCode;
}
