export type { Outcome } from "./decide.ts";
export { type Change, type DiffOptions, type DiffReport, diffPolicies } from "./diff.ts";
export { type ExplainOptions, type Explanation, explainDecision } from "./explain.ts";
export { type RowResult, type TestOptions, type TestReport, testPolicies } from "./run-tests.ts";
export { Unusable } from "./unusable.ts";
