import { beforeAll, describe, expect, test } from "@jest/globals";
import type { CompiledPolicies } from "../lambda/policy/compiled-policies.ts";
import type { PolicyEngine } from "../lambda/policy/engine.ts";
import { engineWith } from "../test/support/policy-engine.ts";
import { compileExamples, examplesOf, pages } from "../test/support/policy-pages.ts";
import { sentences } from "../test/support/policy-pages-sentences.ts";

const examples = examplesOf();
const headings = examples.map(({ heading }) => heading);

describe("docs/policy*.md", () => {
  test("every block is an example in Cedar", () => {
    expect(pages.match(/^\s*(?:`{3}|~{3})/gm)).toHaveLength(2 * examples.length);
    expect(examples.length).toBeGreaterThan(0);
  });

  test("each block has its own heading, and is tested", () => {
    expect(headings).toEqual(Object.keys(sentences));
  });

  test("all blocks compile together", () => {
    expect(() => compileExamples(examples)).not.toThrow();
  });

  test("an example that does not validate is found", () => {
    const wrong =
      '## Wrong\n\n```cedar\n@id("x")\npermit (principal, action, resource) when { resource.acount == "1" };\n```\n';
    expect(() => compileExamples(examplesOf(wrong))).toThrow("(did you mean `account`?)");
  });
});

/** The policy that an example which only forbids is tested with. */
const otherwise = "permit (principal, action, resource);";
const isPermit = (policy: CompiledPolicies["policies"][string]) =>
  typeof policy === "object" && policy.effect === "permit";

describe.each(examples)("$heading", (example) => {
  const rows = sentences[example.heading] ?? [];
  const deciding = new Set<string>();
  let ids: string[] = [];
  let engine: PolicyEngine;

  beforeAll(() => {
    const policies = compileExamples([example]);
    ids = Object.keys(policies);
    const permits = Object.values(policies).some(isPermit);
    const asked = engineWith(permits ? policies : { ...policies, otherwise });
    engine = {
      ...asked,
      decide: (question) => {
        const verdict = asked.decide(question);
        for (const id of verdict.policies) deciding.add(id);
        return verdict;
      },
    };
  });

  test("has sentences about what is denied and about what is permitted", () => {
    const verdicts = rows.map(([, expected]) => expected);
    expect(verdicts).toEqual(expect.arrayContaining([false]));
    expect(verdicts.filter(Boolean).length).toBeGreaterThan(0);
  });

  test.each(rows)("%s: %j", (_, expected, ask) => {
    expect(ask(engine)).toEqual(expected);
  });

  test("each of its policies decided in one of these sentences", () => {
    expect(ids.filter((id) => !deciding.has(id))).toEqual([]);
  });
});
