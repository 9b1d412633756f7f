import path from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { type TestReport, testPolicies } from "../policy-tools/index.ts";

let report: TestReport;
beforeAll(async () => {
  const [policies = "", file = ""] = ["", "sample-tests.yaml"].map((name) => path.join(import.meta.dirname, name));
  report = await testPolicies({ policies, files: [file] });
});

test("every row of sample-tests.yaml is as it says", () => {
  expect(report.rows.filter(({ failed }) => failed.length > 0)).toEqual([]);
  expect(report.rows.length).toBeGreaterThan(30);
});

test("every sample policy decides something in it", () => {
  expect(report.coverage.undecided).toEqual([]);
});
