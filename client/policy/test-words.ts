import type { Outcome, RowResult, TestReport } from "../../policy-tools/index.ts";
import { requirementsWords } from "../api/requirements-words.ts";
import { visible } from "../terminal/terminal.ts";

/** Questions of one row that are shown: the others are like them. */
const mostShown = 5;

/** What was expected of a row, and what was decided. */
export function failureLines({ name, where, expected, failed }: RowResult): string[] {
  const place = name === where ? "" : ` (${visible(where)})`;
  const more = failed.length - mostShown;
  return [
    `FAIL ${visible(name)}${place}`,
    ...failed
      .slice(0, mostShown)
      .flatMap(({ caller, action, resource, context, decided }) => [
        `  ${visible(`${caller} ${action} ${resource}`)}${contextWords(context)}`,
        `    expected ${visible(expectedWords(expected))}`,
        `    decided  ${decidedWords(decided)}`,
      ]),
    ...(more > 0 ? [`  and ${more} more`] : []),
    "",
  ];
}

function expectedWords({ text, policies, bounds }: RowResult["expected"]): string {
  const by = policies === undefined ? "" : ` by ${policies.join(", ") || "no policy"}`;
  return `${text}${by}${bounds === undefined ? "" : `, bounds ${JSON.stringify(bounds)}`}`;
}

/** A decision and why: `deny: no policy permits it`. */
export function decidedWords(decided: Outcome & { readonly bounds?: unknown }): string {
  const { decision, policies, requirements, isHidden, bounds } = decided;
  const ids = visible(policies.join(", "));
  const bound = bounds === undefined ? "" : `, bounds ${visible(JSON.stringify(bounds))}`;
  if (decision === "allow") return `allow by ${ids}${bound}`;
  const why = ids === "" ? "no policy permits" : `${ids} forbids`;
  if (isHidden) return `deny: ${why} view`;
  if (requirements === undefined) return `deny: ${why} it`;
  return `approval-required with ${requirementsWords(requirements)}: ${why} it without`;
}

/** ` with osUser root, access {"approvals":1}` */
export function contextWords(context: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(context).map(
    ([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return words.length === 0 ? "" : ` with ${visible(words.join(", "))}`;
}

/** The verdict first. @param least the coverage that was asked for, in percent */
export function summaryLines({ rows, coverage }: TestReport, least: number): string[] {
  const failed = rows.filter((row) => row.failed.length > 0).length;
  const questions = rows.reduce((sum, row) => sum + row.questions, 0);
  const { policies, undecided, percent } = coverage;
  const short = percent < least ? `, less than ${least} %` : "";
  return [
    `${rows.length} rows, ${questions} questions: ${failed === 0 ? "all pass" : `${failed} rows fail`}`,
    `coverage ${percent} %${short}: ${policies - undecided.length} of ${policies} policies decided something`,
    ...(undecided.length === 0 ? [] : [`never decided: ${visible(undecided.join(", "))}`]),
  ];
}
