import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { explain } from "./explain-decision.ts";
import { findInstance } from "./find-instance.ts";
import { readTarget } from "./target.ts";

/** What the hint of a connection says again. */
const kept = ["connection-type", "instance-ip", "ssh-port", "eice-options"];

/** `latchkey why` */
export async function runWhy(context: Context, { arguments: [destination], options }: CommandInput): Promise<number> {
  const { terminal, signal } = context;
  const { instance: nameOrId, requested } = readTarget(destination, options);
  const api = await context.api();
  const { instanceId } = await findInstance(context, nameOrId);
  // A decision takes neither a key nor options of a tunnel.
  const { reason: _, maxTunnelSeconds: __, ...asked } = requested;
  const [decision, instance] = await Promise.all([
    api.call("decide", { instanceId, ...asked }, { signal }),
    api.call("getInstance", { instanceId }, { signal }),
  ]);
  const { sentences, hint, exitCode } = explain({
    decision,
    instance,
    nameOrId,
    osUser: requested.osUser,
    options: kept.flatMap((name) => {
      const value = options.text(name);
      return value === undefined ? [] : [`--${name}`, value];
    }),
  });
  if (options.flag("json")) terminal.json(decision);
  else {
    const [verdict = "", ...more] = sentences;
    const paint = exitCode === exitCodes.ok ? terminal.outPaints.green : terminal.outPaints.red;
    terminal.out(`${[paint(verdict), ...more].join("\n")}\n`);
    if (hint !== undefined) terminal.hint(hint);
  }
  return exitCode;
}
