import type { Context } from "../command/context.ts";
import { runChild } from "../terminal/run-child.ts";

/** Milliseconds for a second look: somebody waits for the prompt. */
const lookTimeout = 6000;

/**
 * ssh's options for a connection that shows what the server shows and then ends: nothing logs in, nothing is asked, nothing is run
 * or forwarded. They stand first, so that nothing behind them counts against them.
 */
const lookOptions = [
  ["-v", "-N", "-T"],
  ...[
    "BatchMode=yes",
    "PreferredAuthentications=none",
    "ConnectTimeout=5",
    "ConnectionAttempts=1",
    "ControlPath=none",
    "ClearAllForwardings=yes",
    "PermitLocalCommand=no",
    "FingerprintHash=sha256",
  ].map((option) => ["-o", option]),
].flat();

/** Connects once more, to learn what the server shows. @returns what `ssh -v` writes; never throws. */
export async function lookAgain(
  { environment }: Pick<Context, "environment">,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const options = { environment: { ...environment, ...variables }, timeout: lookTimeout };
  return (await runChild("ssh", [...lookOptions, ...args], options)).stderr;
}
