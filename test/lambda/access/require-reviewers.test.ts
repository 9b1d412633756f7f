import { describe, expect, test } from "@jest/globals";
import { requireReviewers } from "../../../lambda/access/require-reviewers.ts";
import { engineWith } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";
import { reviewerSources, web } from "../../support/samples.ts";

const review = (condition: string, effect = "permit") =>
  `${effect} (principal, action == Latchkey::Action::"review", resource) when { ${condition} };`;
const [byBob, byOnCall] = ['principal == Latchkey::Person::"bob"', 'principal in Latchkey::Group::"OnCall"'];
const request = {
  scope: "instance" as const,
  osUser: "ec2-user",
  subject: "alice",
  requestedBy: "alice",
  breakGlass: false,
  time: { epoch: 1_767_323_045, hour: 3, weekday: 5 },
};
const { signal } = new AbortController();

/** @returns who could approve, and whose suspensions were read. */
async function required(approvals: number, policies: Record<string, string>) {
  const engine = engineWith({ see: 'permit (principal, action == Latchkey::Action::"view", resource);', ...policies });
  const read: string[] = [];
  const suspensions = {
    async readSuspensions(ids: readonly string[]) {
      read.push(...ids);
      return new Map();
    },
  };
  const requirements = { approvals, reason: true };
  const toCome = { requirements, instance: web, request, askers: ["alice"], sources: reviewerSources };
  return { ...(await requireReviewers(suspensions, engine, toCome, signal)), read };
}

describe("what too few people could approve is refused:", () => {
  const nobody = "nobody else may review it";

  test.each<[sentence: string, approvals: number, policies: Record<string, string>, detail: string]>([
    ["nobody", 1, {}, `Policy requires 1 approval, and ${nobody}. No other policy permits it.`],
    [
      "one who asks",
      1,
      { a: review('principal == Latchkey::Person::"alice"') },
      `Policy requires 1 approval, and ${nobody}. No other policy permits it.`,
    ],
    [
      "one of two",
      2,
      { a: review(byBob) },
      "Policy requires 2 approvals, and only 1 other person may review it. No other policy permits it.",
    ],
    [
      "nobody in a freeze",
      1,
      { a: review(byOnCall), freeze: review("true", "forbid") },
      `Policy requires 1 approval, and ${nobody}. This policy forbids it to others: freeze.`,
    ],
  ])("%s", async (_, approvals, policies, detail) => {
    const problem = await problemFrom(() => required(approvals, policies));
    expect(problem).toMatchObject({ code: "nobody-can-approve", detail, requirements: { approvals } });
  });
});

describe("who could approve is told:", () => {
  test.each<[sentence: string, approvals: number, policies: Record<string, string>, expected: object]>([
    ["nobody must", 0, {}, { read: [] }],
    [
      "a group, whose members are not known and so not read",
      2,
      { a: review(byOnCall) },
      { reviewers: [{ kind: "group", name: "OnCall" }], read: [] },
    ],
    ["a person", 1, { a: review(byBob) }, { reviewers: [{ kind: "person", name: "bob" }], read: ["bob"] }],
  ])("%s", async (_, approvals, policies, expected) => {
    expect(await required(approvals, policies)).toEqual({ approvals, reason: true, ...expected });
  });
});
