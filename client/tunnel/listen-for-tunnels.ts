import { failureOf } from "../api/failure-of.ts";
import type { Context } from "../command/context.ts";
import { tell } from "../terminal/tell.ts";
import { noteReason } from "./bridge-stdio.ts";
import { listen } from "./listen.ts";
import type { Side } from "./side.ts";

/**
 * `latchkey tunnel --listen`: until Ctrl-C. The address is printed as the result, since a script may have let any port be taken.
 *
 * @throws Failure; the signal's reason.
 */
export function listenForTunnels(context: Context, port: number, open: () => Promise<Side>): Promise<never> {
  const { terminal, signal } = context;
  return listen({
    port,
    open: () =>
      open().catch((error: unknown) => {
        throw failureOf(error, context.clock()) ?? error;
      }),
    signal,
    onListening: (taken) => {
      terminal.out(`127.0.0.1:${taken}\n`);
      terminal.note("each connection to it gets a tunnel of its own, until Ctrl-C");
    },
    onEnd: (end) => {
      if (end.failure) tell(end.failure, context);
      else noteReason(terminal, end);
    },
  });
}
