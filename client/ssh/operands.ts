import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import type { Operand } from "./arguments.ts";

export interface CopyPlan {
  /** `[user@]instance` of the remote side. */
  readonly destination: string;
  readonly operands: readonly Operand[];
}

/**
 * Reads scp's operands: sources, then a target, where a remote one is `[user@]instance:path`. One side is remote, the other is
 * local, and all remote ones are on one instance.
 *
 * @throws Failure `usage`
 */
export function readOperands(texts: readonly string[], platform: NodeJS.Platform): CopyPlan {
  const operands = texts.map((text) => readOperand(text, platform));
  if (operands.length < 2) throw usage("scp needs a source and a target");
  const target = operands.at(-1);
  const sources = operands.slice(0, -1);
  const destinations = new Set(operands.map(({ destination }) => destination).filter((name) => name !== undefined));
  const [destination] = destinations;
  if (destination === undefined) throw usage("neither the source nor the target is on an instance");
  const isFromRemote = target?.destination === undefined;
  if (destinations.size > 1 || sources.some((source) => (source.destination !== undefined) !== isFromRemote)) {
    throw usage("one side is remote, on one instance, and the other is local");
  }
  return {
    destination,
    operands: operands.map(({ destination: at, path }) => ({ isRemote: at !== undefined, path })),
  };
}

/** As scp itself: a colon behind a slash belongs to a path, and on Windows one letter before it is a drive. */
export function readOperand(
  text: string,
  platform: NodeJS.Platform,
): { destination: string | undefined; path: string } {
  if (/^s(cp|ftp):\/\//i.test(text)) throw usage(`a URL is not taken: ${visible(text)}`);
  // An IPv6 address stands in brackets, as in scp, and behind @ may be an account, a slash and a region.
  const begin = /^(?:[^/:[]*\[[0-9a-f:.]+\]|[^/:]*)(?:@[0-9]{12}\/[a-z0-9-]{1,32})?(?=:)/i.exec(text)?.[0];
  const before = begin ?? "";
  const isDrive = platform === "win32" && /^[A-Za-z]$/.test(before);
  if (before === "" || (platform === "win32" && before.includes("\\")) || isDrive) {
    return { destination: undefined, path: text };
  }
  return { destination: before, path: text.slice(before.length + 1) };
}

function usage(message: string): Failure {
  return new Failure(message, {
    exitCode: exitCodes.usage,
    hint: "write FILE… [user@]instance:PATH, or the other way round; ./a:b is a local file with a colon",
  });
}
