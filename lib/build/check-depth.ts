import type { SchemaJson } from "@cedar-policy/cedar-wasm/nodejs";
import type { Policies } from "../../lambda/policy/engine.ts";
import { namesOf, sliceOf } from "../../lambda/policy/slice.ts";
import { applicableReviews, possibleReviews, supposingResource } from "../../lambda/policy/suppose.ts";

/** Levels of a policy in Cedar's JSON form. Cedar reads 127, and a call has three around it. */
const mostLevels = 124;

/** What to do about a policy that Cedar cannot read. */
export const shallower =
  'use a set, as in ["alice", "bob"].contains(context.osUser), instead of a chain of || or if, or write several policies';

/**
 * Finds policies that are too deep for Cedar's JSON form, in which the functions load them: as they are written, and as
 * the search for reviewers and lists change them, where `if` takes more levels.
 */
export function tooDeep(policies: Policies, schema: SchemaJson<string>): string[] {
  const written = deepOnes(policies);
  const [review, view] = ["review", "view"].map((action) => sliceOf(policies, namesOf(action, schema)));
  // Who reviews must see the instance too.
  const searched = { ...review, ...view };
  const changed =
    written.length > 0
      ? []
      : [applicableReviews(searched), possibleReviews(searched), supposingResource({ ...view })].flatMap(deepOnes);
  return [...new Set([...written, ...changed])].map(
    (id) => `policy ${id}: its conditions are nested too deeply: ${shallower}`,
  );
}

const deepOnes = (policies: Policies) =>
  Object.entries(policies).flatMap(([id, policy]) => (fits(policy, mostLevels) ? [] : [id]));

/** Whether a value of JSON has no more levels. */
function fits(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((each) => fits(each, levels - 1));
}
