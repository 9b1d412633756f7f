import { spawn } from "node:child_process";
import { isToken } from "../../sdk/is-token.ts";
import { refreshedToken } from "../../sdk/refreshed-token.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import type { World } from "../terminal/world.ts";

/** Milliseconds: it may open a browser and wait for somebody to log in there. */
const patience = 120_000;
/** Bytes: no header may be longer at API Gateway (10,240 for all of them), and no token is. */
const longestToken = 10_240;

/**
 * The bearer tokens that a command prints: it runs again before the last one expires.
 *
 * @returns a function that throws Failure `configuration`.
 */
export function tokensFrom(
  command: readonly string[],
  world: Pick<World, "clock" | "signal" | "terminal">,
): () => Promise<string> {
  return refreshedToken(async () => {
    const token = await tokenFrom(command, world);
    return { access_token: token, expires_in: secondsLeft(token, world.clock()) };
  }, world.clock);
}

/** Until a JSON Web Token says that it expires. Any other token is used for as long as latchkey runs. */
function secondsLeft(token: string, now: Date): number {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (typeof exp === "number") return exp - now.getTime() / 1000;
  } catch {
    // What JSON.parse says quotes the text.
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * The bearer token that a command prints. It runs without a shell; what it says on standard error its user sees; what it prints
 * nobody does.
 *
 * @throws Failure `configuration`
 */
export async function tokenFrom(
  command: readonly string[],
  { signal, terminal }: Pick<World, "signal" | "terminal">,
): Promise<string> {
  const [program = "", ...args] = command;
  const fail = (message: string, cause?: unknown) =>
    new Failure(`the tokenCommand ${visible(program)} ${message}`, {
      exitCode: exitCodes.configuration,
      hint: "the config file names it; run it by itself to see what it does",
      cause,
    });
  const token = await new Promise<string>((resolve, reject) => {
    const child = spawn(program, args, {
      // Data piped into latchkey is for ssh.
      stdio: [terminal.isInteractive ? "inherit" : "ignore", "pipe", "inherit"],
      signal,
      windowsHide: true,
    });
    // Not spawn's own `timeout`, which keeps running if the program does not exist.
    const timer = setTimeout(() => child.kill(), patience);
    const chunks: Buffer[] = [];
    let length = 0;
    child.stdout?.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > longestToken) child.kill();
    });
    child.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(fail(`cannot be run: ${error.code}`, error));
    });
    child.once("close", (code, ended) => {
      clearTimeout(timer);
      if (length > longestToken) reject(fail(`prints more than ${longestToken} bytes`));
      else if (ended !== null) reject(fail(`was ended by ${ended}: it has ${patience / 1000} seconds`));
      else if (code !== 0) reject(fail(`ended with exit code ${code}`));
      else resolve(Buffer.concat(chunks).toString("utf8").trim());
    });
  });
  if (token === "") throw fail("prints nothing");
  if (!isToken(token))
    throw fail("prints something that is not a valid token: it must be one line with nothing but the token");
  return token;
}
