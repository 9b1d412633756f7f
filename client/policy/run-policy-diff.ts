import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { usageFailure } from "../command/usage.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { diffLines } from "./diff-words.ts";
import { withPolicyTools } from "./policy-tools.ts";

/** `latchkey policy diff` */
export async function runPolicyDiff(
  { terminal }: Context,
  { arguments: words, options }: CommandInput,
): Promise<number> {
  const [before = "", after = ""] = words;
  const scene = [...new Set([...options.list("fleet"), ...options.list("people")])];
  if (scene.length === 0) {
    throw usageFailure("policy diff needs --fleet FILE and --people FILE", "a file of tests has both");
  }
  const report = await withPolicyTools(({ diffPolicies }) =>
    diffPolicies({ before, after, scene, settings: options.text("settings") }),
  );
  if (options.flag("json")) terminal.json(report);
  else terminal.out(`${diffLines(report).join("\n")}\n`);
  return report.changes.length > 0 ? exitCodes.failed : exitCodes.ok;
}
