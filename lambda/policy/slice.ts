import type { PolicyJson, SchemaJson } from "@cedar-policy/cedar-wasm/web";
import type { Policies } from "./engine.ts";

/**
 * The policies that can match some action: those that name it, or a group that it is in, and those that name no action. The
 * others cannot decide about it, nor fail: Cedar evaluates a policy's conditions only if its head matches.
 *
 * @param names the action's, and of all its groups: `namesOf`.
 */
export function sliceOf(policies: Policies, names: ReadonlySet<string>): Policies {
  return Object.fromEntries(Object.entries(policies).filter(([, { action }]) => canMatch(action, names)));
}

/**
 * The names of an action and of all groups that it is in, through any number of groups. Namespaces do not count: two actions
 * of one name would find too many groups, never too few.
 */
export function namesOf(action: string, schema: SchemaJson<string>): ReadonlySet<string> {
  const memberships = Object.values(schema).flatMap(({ actions }) =>
    Object.entries(actions).flatMap(([member, { memberOf }]) => (memberOf ?? []).map(({ id }) => ({ member, id }))),
  );
  const names = new Set([action]);
  // A set that grows meanwhile is walked to its new end.
  for (const name of names) {
    for (const { member, id } of memberships) if (member === name) names.add(id);
  }
  return names;
}

/** A head of a form that is not known here can match anything. */
function canMatch(head: PolicyJson["action"], names: ReadonlySet<string>): boolean {
  const entities = "entities" in head ? head.entities : "entity" in head ? [head.entity] : undefined;
  return entities?.some((entity) => names.has(("__entity" in entity ? entity.__entity : entity).id)) ?? true;
}
