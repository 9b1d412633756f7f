import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { explanationLines } from "./explain-words.ts";
import { withPolicyTools } from "./policy-tools.ts";

/** `latchkey policy explain` */
export async function runPolicyExplain(
  { terminal }: Context,
  { arguments: words, options }: CommandInput,
): Promise<number> {
  const [caller = "", action = "", resource = ""] = words;
  const explanation = await withPolicyTools(({ explainDecision }) =>
    explainDecision({
      ...{ caller, action, resource },
      file: options.text("file") ?? "policies/sample-tests.yaml",
      context: options.text("context") ?? "{}",
      policies: options.text("policies") ?? "policies",
      settings: options.text("settings"),
    }),
  );
  if (options.flag("json")) terminal.json(explanation);
  else {
    const [verdict = "", ...more] = explanationLines(explanation);
    const paint = explanation.decision === "allow" ? terminal.outPaints.green : terminal.outPaints.red;
    terminal.out(`${[paint(verdict), ...more].join("\n")}\n`);
  }
  return exitCodes.ok;
}
