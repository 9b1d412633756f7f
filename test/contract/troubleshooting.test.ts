import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { type ProblemCode, problemOf, problems, troubleshootingPage } from "../../contract/problem.ts";
import { refusals } from "../../lambda/callers/oidc.ts";
import { tokenFaults } from "../../lambda/callers/tokens.ts";

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

test.each([
  ["unauthenticated", "fault", tokenFaults],
  ["access-denied", "refusal", Object.keys(refusals)],
])("each %s of the OIDC door has its %s in the section's table, and no other is there", (code, column, known) => {
  const [, section = ""] = new RegExp(`^## ${code}\n([\\s\\S]*?)^## `, "m").exec(page) ?? [];
  const [, rows = ""] = new RegExp(`^\\| \`${column}\` .*\\n.*\\n((?:\\|.*\\n)+)`, "m").exec(section) ?? [];
  const named = rows.split("\n").flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([\w-]+)`/g)]);
  expect(named.map(([, name]) => name).sort()).toEqual([...known].sort());
});
