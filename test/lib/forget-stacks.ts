import { rmSync } from "node:fs";
import { synthesizedStacks } from "../support/synthesized-stack.ts";

/** Before a run of the tests: nothing of what an earlier run has synthesized is used again. */
export default function forgetStacks(): void {
  rmSync(synthesizedStacks, { recursive: true, force: true });
}
