import { failureOf } from "../api/failure-of.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { tell } from "../terminal/tell.ts";
import { noteReason } from "./bridge-stdio.ts";
import { listen } from "./listen.ts";
import { isOwn, tellsUsers } from "./peer-user.ts";
import type { Side } from "./side.ts";

/**
 * `latchkey tunnel --listen`: until Ctrl-C. The address is printed as the result, since a script may have let any port be taken.
 *
 * @throws Failure; the signal's reason.
 */
export async function listenForTunnels(
  context: Context,
  { port, isForAll }: { readonly port: number; readonly isForAll: boolean },
  open: () => Promise<Side>,
): Promise<never> {
  if (!isForAll && !(await tellsUsers(context.platform))) throw cannotTell();
  const { terminal, signal } = context;
  return listen({
    port,
    admit: async (socket) => {
      if (isForAll || (await isOwn(socket))) return true;
      terminal.note("a connection of another local user was closed");
      return false;
    },
    open: () =>
      open().catch((error: unknown) => {
        throw failureOf(error, context) ?? error;
      }),
    signal,
    onListening: (taken) => {
      terminal.out(`127.0.0.1:${taken}\n`);
      terminal.note("each connection to it gets a tunnel of its own, until Ctrl-C");
      if (isForAll) terminal.note("every user of this machine can use it, in your name");
    },
    onEnd: (end) => {
      if (end.failure) tell(end.failure, context);
      else noteReason(terminal, end);
    },
  });
}

function cannotTell(): Failure {
  return new Failure("this system does not tell which user connects to a port, so other users could use the tunnel", {
    exitCode: exitCodes.unavailable,
    hint: "use the command ssh with -L, or a ProxyCommand; --all-users serves every user of this machine, in your name",
  });
}
