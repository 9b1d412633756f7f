import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { tunnelUrlVariable } from "../ssh/proxy-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { bridgeStdio } from "./bridge-stdio.ts";
import { openTunnelSide } from "./open-side.ts";
import type { Side } from "./side.ts";

/**
 * `latchkey tunnel`: to an instance, for which Latchkey is asked, or, as ssh's ProxyCommand, to the URL that the
 * environment has. Of the latter ssh waits, so it loads no more than it needs.
 */
export async function runTunnel(context: Context, input: CommandInput): Promise<number> {
  const port = input.options.integer("listen", { min: 0, max: 65_535 });
  const open = await opener(context, input);
  if (port === undefined) return bridgeStdio(context, await open());
  const { listenForTunnels } = await import("./listen-for-tunnels.ts");
  return listenForTunnels(context, { port, isForAll: input.options.flag("all-users") }, open);
}

async function opener(context: Context, input: CommandInput): Promise<() => Promise<Side>> {
  const isNamed = input.arguments.length > 0 || input.options.text("instance-id") !== undefined;
  const url = context.environment[tunnelUrlVariable];
  if (!isNamed && url) return () => openTunnelSide(url, context);
  if (!isNamed) {
    throw new Failure("which instance?", {
      exitCode: exitCodes.usage,
      hint: `name it by its id or its Name tag; without one, ${tunnelUrlVariable} has to have a tunnel's URL`,
    });
  }
  const { reachInstance } = await import("./reach-instance.ts");
  return reachInstance(context, input);
}
