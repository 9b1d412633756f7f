import { spawn } from "node:child_process";
import type { Context } from "../command/context.ts";

/** Milliseconds for a second look: somebody waits for the prompt. */
const lookTimeout = 6000;

/** Bytes of what ssh writes that are kept: the host key stands near the start. */
const maxOutputBytes = 64 * 1024;

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
  ].map((option) => ["-o", option]),
].flat();

/** Connects once more, to learn what the server shows. @returns what `ssh -v` writes; never throws. */
export async function lookAgain(
  { environment }: Pick<Context, "environment">,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn("ssh", [...lookOptions, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...environment, ...variables },
    timeout: lookTimeout,
    killSignal: "SIGKILL",
  });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    if (text.length < maxOutputBytes) text += chunk;
  });
  await new Promise((resolve) => child.once("error", resolve).once("close", resolve));
  return text;
}
