import type { Context } from "../command/context.ts";
import { runChild } from "../terminal/run-child.ts";
import { sshFault } from "./after-failure.ts";

/** Milliseconds for a second look: somebody waits for the prompt. */
const lookTimeout = 6000;

/**
 * ssh's options for a connection that shows what the server shows and then ends: nothing logs in, nothing is asked,
 * nothing is run or forwarded. They stand first, so that nothing behind them counts against them.
 */
export const quietOptions = [
  "BatchMode=yes",
  "ConnectTimeout=5",
  "ConnectionAttempts=1",
  "ControlPath=none",
  "ClearAllForwardings=yes",
  "PermitLocalCommand=no",
  "FingerprintHash=sha256",
].flatMap((option) => ["-o", option]);
const lookOptions = ["-v", "-N", "-T", "-o", "PreferredAuthentications=none", ...quietOptions];

/** Connects once more, to learn what the server shows. @returns what `ssh -v` writes; never throws. */
export async function lookAgain(
  { environment }: Pick<Context, "environment">,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const options = { environment: { ...environment, ...variables }, timeout: lookTimeout };
  return (await runChild("ssh", [...lookOptions, ...args], options)).stderr;
}

/** Logs in once more, with the same key, to learn whether the instance has sftp. */
export async function hasNoSftp(
  { environment }: Pick<Context, "environment">,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<boolean> {
  const options = { environment: { ...environment, ...variables }, timeout: lookTimeout };
  const { code, stderr } = await runChild("ssh", ["-T", "-s", ...quietOptions, ...args, "sftp"], options);
  // 127: the server's configuration names a program that is not there.
  return code === 127 || (code === sshFault && /^subsystem request failed/m.test(stderr));
}
