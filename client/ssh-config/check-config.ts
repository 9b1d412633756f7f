import type { Context } from "../command/context.ts";
import { makePrivateDirectory } from "../keys/private-directory.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { isThroughLatchkey, obstacles, obstacleWords } from "./obstacles.ts";

interface Installed {
  /** As it is printed now. */
  readonly block: string;
  readonly suffix: string;
  /** The command that prints it. */
  readonly madeBy: string;
}

/**
 * `latchkey config --check`: whether ssh, by its usual configuration, works as the block says. Nothing is asked of the API.
 *
 * @throws Failure `configuration` that names what stands in the way.
 */
export async function checkConfig(context: Context, { block, suffix, madeBy }: Installed): Promise<number> {
  const directory = makePrivateDirectory(context);
  const host = `i-00000000${suffix}`;
  const found = await obstacles(context, { block, host, directory: directory.path }).finally(() => directory.remove());
  const hint = "Include latchkey.conf in the first line of ~/.ssh/config, above every Host and Match";
  const fail = (message: string, advice = hint) =>
    new Failure(message, { exitCode: exitCodes.configuration, hint: advice });
  if (found === undefined)
    throw fail("ssh is not on the PATH, or does not read Latchkey's block", "it needs OpenSSH 8.4 or later: ssh -V");
  if (!isThroughLatchkey(found)) throw fail(`ssh does not use Latchkey's block for *${suffix}`);
  const others = found.filter(({ name }) => name !== "proxycommand");
  if (others.length > 0)
    throw fail(`ssh's configuration has other values before Latchkey's block: ${obstacleWords(others)}`);
  if (found.length > 0)
    throw fail("the block in ssh's configuration is another one", `write it again: ${madeBy} > ~/.ssh/latchkey.conf`);
  context.terminal.out(`ssh takes Latchkey's block for *${suffix} as it is\n`);
  return exitCodes.ok;
}
