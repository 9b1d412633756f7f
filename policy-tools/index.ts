export type { Outcome } from "./decide.ts";
export { type RowResult, type TestOptions, type TestReport, testPolicies } from "./run-tests.ts";
export { Unusable } from "./unusable.ts";
