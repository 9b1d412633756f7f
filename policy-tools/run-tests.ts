import type { PolicyEngine } from "../lambda/policy/engine.ts";
import { decide, type Outcome } from "./decide.ts";
import { loadPolicies } from "./load-policies.ts";
import { type Case, type Expected, type Row, readTestFile } from "./test-file.ts";

export interface Failed {
  readonly caller: string;
  readonly action: string;
  /** An instance; a caller for `suspend`. */
  readonly resource: string;
  readonly context: Case["given"];
  /** What was decided, and by which policies. */
  readonly decided: Outcome & { readonly bounds?: Readonly<Record<string, unknown>> };
}

export interface RowResult {
  readonly name: string;
  readonly where: string;
  readonly expected: Expected;
  readonly questions: number;
  readonly failed: readonly Failed[];
}

export interface TestReport {
  readonly digest: string;
  readonly rows: readonly RowResult[];
  readonly coverage: {
    readonly policies: number;
    /** Those that decided nothing in any row. */
    readonly undecided: readonly string[];
    readonly percent: number;
  };
}

export interface TestOptions {
  /** The directory of the policies. */
  readonly policies: string;
  readonly settings?: string | undefined;
  /** The files of tests. */
  readonly files: readonly string[];
}

/** `latchkey policy test`. @throws Unusable */
export async function testPolicies({ policies, settings: settingsFile, files }: TestOptions): Promise<TestReport> {
  const { engine, compiled, settings } = await loadPolicies(policies, settingsFile);
  const rows = await Promise.all(files.map((file) => readTestFile(file, { schema: compiled.schema, settings })));
  const deciding = new Set<string>();
  const asked: PolicyEngine = {
    ...engine,
    decide: (question) => {
      const verdict = engine.decide(question);
      for (const id of verdict.policies) deciding.add(id);
      return verdict;
    },
  };
  const results = runRows(asked, rows.flat());
  const ids = Object.keys(compiled.policies);
  const undecided = ids.filter((id) => !deciding.has(id));
  const percent = Math.floor((100 * (ids.length - undecided.length)) / Math.max(1, ids.length));
  return { digest: engine.digest, rows: results, coverage: { policies: ids.length, undecided, percent } };
}

export const runRows = (engine: PolicyEngine, rows: readonly Row[]): RowResult[] =>
  rows.map((row) => runRow(engine, row));

function runRow(engine: PolicyEngine, { name, where, expected, cases }: Row): RowResult {
  const failed = cases.flatMap(({ caller, action, resource, given, question }) => {
    const outcome = decide(engine, question);
    const bounds = expected.bounds && { ...engine.boundsOf(outcome.policies) };
    if (isAsExpected(outcome, bounds, expected)) return [];
    return [{ caller, action, resource, context: given, decided: { ...outcome, ...(bounds && { bounds }) } }];
  });
  return { name, where, expected, questions: cases.length, failed };
}

function isAsExpected(
  { decision, policies, requirements }: Outcome,
  bounds: Readonly<Record<string, unknown>> | undefined,
  expected: Expected,
): boolean {
  return (
    decision === expected.decision &&
    (expected.approvals === undefined || requirements?.approvals === expected.approvals) &&
    (expected.reason === undefined || requirements?.reason === true) &&
    (expected.policies === undefined || [...policies].sort().join() === expected.policies.join()) &&
    Object.entries(expected.bounds ?? {}).every(([name, value]) => bounds?.[name] === value)
  );
}
