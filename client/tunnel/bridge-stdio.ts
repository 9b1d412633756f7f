import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { bridge } from "./bridge.ts";
import type { Side, SideEnd } from "./side.ts";
import { stdioSide } from "./stream-side.ts";

/**
 * Joins this process's standard input and output to a far side, until either ends: what a ProxyCommand does.
 *
 * @returns the exit code. @throws Failure; the signal's reason.
 */
export async function bridgeStdio(
  { terminal, signal }: Pick<Context, "terminal" | "signal">,
  far: Side,
): Promise<number> {
  noteReason(terminal, await bridge(stdioSide(process), far, signal));
  return exitCodes.ok;
}

/** An endpoint may say why it ends a tunnel, even if nothing is wrong. */
export function noteReason(terminal: Context["terminal"], { reason }: SideEnd): void {
  if (reason !== undefined) terminal.note(`the tunnel is closed: ${reason}`);
}
