import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { withPolicyTools } from "./policy-tools.ts";
import { failureLines, summaryLines } from "./test-words.ts";

/** `latchkey policy test` */
export async function runPolicyTest(
  { terminal }: Context,
  { arguments: files, options }: CommandInput,
): Promise<number> {
  const least = options.integer("min-coverage", { min: 0, max: 100 }) ?? 0;
  const report = await withPolicyTools(({ testPolicies }) =>
    testPolicies({ files, policies: options.text("policies") ?? "policies", settings: options.text("settings") }),
  );
  const failed = report.rows.filter((row) => row.failed.length > 0);
  if (options.flag("json")) terminal.json(report);
  else {
    const { red, green } = terminal.outPaints;
    const [verdict = "", ...more] = summaryLines(report, least);
    const paint = failed.length > 0 ? red : green;
    terminal.out(`${[...failed.flatMap(failureLines), paint(verdict), ...more].join("\n")}\n`);
  }
  return failed.length > 0 || report.coverage.percent < least ? exitCodes.failed : exitCodes.ok;
}
