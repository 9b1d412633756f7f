import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import { boundNames, readBounds } from "../../lambda/policy/bounds.ts";

const knownAnnotations: readonly string[] = ["id", "description", ...boundNames];

/** The actions that request access. Bounds on any other have no effect. */
const boundedActions: readonly string[] = ["request", "delegate"];

/**
 * Finds errors in a policy's annotations, which Cedar itself does not check: an unknown name, most likely a typo; a bound
 * that is not a number in its range or not a pattern; or a bound on a policy that it does not apply to.
 */
export function complaintsAbout({ annotations = {}, effect, action }: PolicyJson): string[] {
  const names = Object.keys(annotations);
  const complaints = names
    .filter((name) => !knownAnnotations.includes(name))
    .map((name) => `@${name} is not known here: there are ${knownAnnotations.map((known) => `@${known}`).join(", ")}`);

  const bounds = names.filter((name) => boundNames.includes(name));
  for (const name of bounds) {
    try {
      readBounds({ [name]: annotations[name] ?? "" });
    } catch (error) {
      complaints.push(error instanceof Error ? error.message : String(error));
    }
  }
  const isBounded = effect === "permit" && actionsOf(action).every((id) => boundedActions.includes(id));
  if (!isBounded) {
    complaints.push(...bounds.map((name) => `@${name} stands only on a permit whose action is request or delegate`));
  }
  return complaints;
}

/** The names in a policy's action scope; `any` if the scope allows every action. */
function actionsOf(scope: PolicyJson["action"]): string[] {
  if (scope.op === "All" || "slot" in scope) return ["any"];
  const entities = "entities" in scope ? scope.entities : [scope.entity];
  return entities.map((entity) => ("__entity" in entity ? entity.__entity : entity).id);
}
