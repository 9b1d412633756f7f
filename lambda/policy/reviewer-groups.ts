import type { Caller } from "../../contract/caller.ts";
import type { Reviewer } from "../../contract/requirements.ts";
import type { Policies, PolicyEngine, Verdict } from "./engine.ts";
import { namedIn } from "./named-in-policies.ts";
import { likeness } from "./reviewer-candidates.ts";

/** Somebody who may review, as an example of those with the same groups, by these verdicts. */
interface Example {
  readonly person: Caller;
  readonly verdicts: readonly Verdict[];
}

/** Sets of groups for which policy is evaluated besides, to name no more groups than it takes. */
const mostReduced = 20;

/**
 * The groups whose people may review, by the least that it takes.
 *
 * @param known whether people with certain groups may review, by their likeness.
 * @param isAble evaluates that for others.
 */
export function groupsNamed(
  { policies, nameDomain }: PolicyEngine,
  examples: readonly Example[],
  known: ReadonlyMap<string, boolean>,
  isAble: (person: Caller) => boolean,
): Reviewer[] {
  const found = new Map(known);
  const isEnough = (person: Caller) => {
    const like = likeness(person, nameDomain);
    const enough = found.get(like) ?? (found.size < known.size + mostReduced && isAble(person));
    found.set(like, enough);
    return enough;
  };
  const sets = examples.flatMap(({ person, verdicts }) =>
    // A forbid may spare those in one more group.
    groupsBehind(policies, person, verdicts).map((groups) =>
      isEnough({ ...person, groups }) ? groups : [...person.groups].sort(),
    ),
  );
  return leastSets(sets).map((names) =>
    names.length === 0 ? { kind: "person", name: "*" } : { kind: "group", name: names.join(" and ") },
  );
}

/** The groups of a person that each pair of deciding policies names: one permits the review, the other to see the instance. */
function groupsBehind(policies: Policies, { groups }: Caller, verdicts: readonly Verdict[]): string[][] {
  const [reviewing = [], viewing = []] = verdicts.map(({ policies: deciding }) => {
    const own = deciding.map((id) => {
      const policy = policies[id];
      const named = namedIn(policy ? [policy] : []).groups;
      return groups.filter((group) => named.has(group));
    });
    return leastSets(own).slice(0, mostReduced);
  });
  return leastSets(reviewing.flatMap((one) => viewing.map((other) => [...new Set([...one, ...other])].sort()))).slice(
    0,
    mostReduced,
  );
}

/** Without repeats, and without sets that hold another. */
function leastSets(sets: readonly string[][]): string[][] {
  const distinct = [...new Map(sets.map((each) => [JSON.stringify(each), each])).values()];
  return distinct
    .filter((each) => !distinct.some((other) => other !== each && other.every((name) => each.includes(name))))
    .sort((one, other) => (one.join() < other.join() ? -1 : 1));
}
