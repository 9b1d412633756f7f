import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { type ProblemCode, problemOf, problems, troubleshootingPage } from "../../contract/problem.ts";

const page = readFileSync(new URL(`../../${troubleshootingPage}`, import.meta.url), "utf8");
const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

test.each(Object.keys(problems) as ProblemCode[])("%s has its heading, and its documents name it", (code) => {
  expect(headings).toContain(code);
  expect(problemOf(code, "request-1").help).toBe(`docs/troubleshooting.md#${code}`);
});

test("the page tells the status of each", () => {
  for (const [code, { status }] of Object.entries(problems))
    expect(page).toMatch(new RegExp(`## ${code}\n\n\\*\\*${status}\\.\\*\\* `));
});
