import { execFileSync } from "node:child_process";
import path from "node:path";

/**
 * Adds to bundles the bytecode of their code. In a process of its own, because V8's flags are those of a process.
 *
 * @param bundles their directories.
 * @param node the command that runs the Node for which the bytecode is.
 * @param compiler `compile-bytecode.ts`, or what it was built to.
 * @throws Error naming the command if it compiles none.
 */
export function addBytecode(
  bundles: readonly string[],
  [program = "", ...args]: readonly string[],
  compiler = path.join(import.meta.dirname, "compile-bytecode.ts"),
): void {
  try {
    execFileSync(program, [...args, "--hash-seed=1", compiler, ...bundles], { stdio: "pipe" });
  } catch (cause) {
    throw new Error(`${[program, ...args].join(" ")} compiles no bytecode: is it Node 24, as on Lambda?`, { cause });
  }
}
