import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { mostApprovals } from "../../lambda/policy/known-approvals.ts";
import { requirementsToConnect } from "../../lambda/policy/requirements.ts";
import { engineWith } from "../support/policy-engine.ts";
import { testProperty } from "../support/property.ts";
import { alice, web } from "../support/samples.ts";

const approvals = "context.access.approvals";
const anyNumber = fc.integer({ min: 0, max: 6 });
const comparison = fc
  .tuple(fc.constantFrom("==", "!=", "<", "<=", ">", ">="), anyNumber, fc.boolean())
  .map(([operator, number, isReversed]) =>
    isReversed ? `${number} ${operator} ${approvals}` : `${approvals} ${operator} ${number}`,
  );
const access = (count: number, reason: string) =>
  `{scope: "instance", approvals: ${count}, integrations: [], breakGlass: false, reason: "${reason}", expiresAt: 1}`;
const other = fc.oneof(
  anyNumber.map((number) => `[${number}, ${number + 3}].contains(${approvals})`),
  anyNumber.map((number) => `${approvals} + 1 > ${number}`),
  fc
    .tuple(anyNumber, fc.constantFrom("a reason", ""))
    .map(([count, reason]) => `context.access == ${access(count, reason)}`),
  fc
    .tuple(anyNumber, fc.constantFrom("a reason"))
    .map(([count, reason]) => `[${access(count, reason)}].contains(context.access)`),
  fc.constantFrom('context.access.reason != ""', 'context.osUser == "root"', "true"),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof({ weight: 3, arbitrary: comparison }, other),
    fc
      .tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition"))
      .map(([a, by, b]) => `(${a}) ${by} (${b})`),
    tie("condition").map((one) => `!(${one})`),
    fc
      .tuple(tie("condition"), tie("condition"), tie("condition"))
      .map(([a, b, c]) => `if (${a}) then (${b}) else (${c})`),
  ),
}));
const anyPolicies = fc
  .array(fc.tuple(fc.constantFrom("permit", "forbid"), condition), { minLength: 1, maxLength: 4 })
  .map((all) =>
    Object.fromEntries(
      all.map(([effect, when], index) => [
        `policy-${index}`,
        `${effect} (principal, action == Latchkey::Action::"connect", resource) when { context has access && (${when}) };`,
      ]),
    ),
  );

const context = {
  ...{ osUser: "root", connectionType: "eice", hostKeyTrust: 1 },
  time: { epoch: 1_767_323_045, hour: 3, weekday: 5 },
};
const prospect = { contexts: [context], access: { scope: "instance", reason: "", expiresAt: 1 } } as const;

describe("what helps a denied connection", () => {
  testProperty(
    "is found among the approvals that policies tell apart as among all",
    { small: 200, large: 3000 },
    fc.property(anyPolicies, (policies) => {
      const engine = engineWith(policies);
      const found = requirementsToConnect(engine, alice, web, prospect);
      expect(found).toEqual(requirementsToConnect({ ...engine, mostApprovals }, alice, web, prospect));
    }),
  );
});
