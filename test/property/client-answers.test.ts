import fc from "fast-check";
import { problemDocument, problemOf } from "../../contract/problem.ts";
import { type RouteName, routes } from "../../contract/routes.ts";
import contract from "../../sdk/contract.ts";
import { fits } from "../../sdk/json-schema.ts";
import { sampleAnswers } from "../support/client/sample-answers.ts";
import { testProperty } from "../support/property.ts";
import { must } from "./must.ts";

/** A value with one thing in it changed: taken away, put in, or made something else. */
function changed(value: unknown): fc.Arbitrary<unknown> {
  const other = fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1.5,
    70_000,
    "",
    "x",
    "2026-13-01T00:00:00Z",
    [],
    [1],
    {},
    { x: 1 },
  );
  if (Array.isArray(value) && value.length > 0) {
    return fc.oneof(
      other,
      fc.nat(value.length - 1).chain((index) => changed(value[index]).map((item) => value.with(index, item))),
    );
  }
  if (typeof value !== "object" || value === null) return other;
  const keys = Object.keys(value);
  if (keys.length === 0) return other;
  return fc.oneof(
    { arbitrary: other, weight: 1 },
    { arbitrary: fc.constantFrom(...keys).map((key) => ({ ...value, [key]: undefined })), weight: 2 },
    { arbitrary: fc.constant({ ...value, more: 1 }), weight: 1 },
    {
      arbitrary: fc
        .constantFrom(...keys)
        .chain((key) => changed((value as Record<string, unknown>)[key]).map((part) => ({ ...value, [key]: part }))),
      weight: 6,
    },
  );
}

/** As it would come over the wire. */
const sent = (value: unknown) => changed(value).map((response): unknown => JSON.parse(JSON.stringify(response)));

for (const name of Object.keys(routes) as RouteName[]) {
  testProperty(
    `the client judges an response of ${name} as zod does`,
    { small: 200, large: 20_000 },
    fc.property(sent(sampleAnswers[name]), (response) => {
      const { success } = routes[name].response.safeParse(response);
      must(fits(contract.routes[name].response, response) === success, `zod says ${success}`);
    }),
  );
}

testProperty(
  "the client judges a problem as zod does",
  { small: 200, large: 20_000 },
  fc.property(
    sent(problemOf("approval-required", "id", { requirements: { approvals: 1, reason: true } })),
    (response) => {
      const { success } = problemDocument.safeParse(response);
      must(fits(contract.problem, response) === success, `zod says ${success}`);
    },
  ),
);
