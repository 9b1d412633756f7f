import type { PolicyJson } from "@cedar-policy/cedar-wasm/nodejs";
import type { IdentitySettings, Integration } from "../../lambda/shared/settings.ts";
import { complaintsAboutGroup, complaintsAboutMachine, complaintsAboutPerson } from "./check-callers.ts";
import {
  complaintsAboutAttribute,
  complaintsAboutComparison,
  complaintsAboutIntegration,
  complaintsAboutPattern,
  complaintsAboutSource,
} from "./check-comparisons.ts";
import { complaintsAboutInstance } from "./check-instance.ts";
import { complaintsAboutName } from "./check-person-name.ts";
import { isNode, type Node, nodesIn } from "./policy-nodes.ts";

/** The settings that say what policies can name. */
export type NamedInSettings = IdentitySettings & { readonly integrations: readonly Integration[] };

/**
 * Finds what a policy names and no request can have: a group, person or machine that settings cannot produce, an id that no
 * caller or instance can have, a region, account or other text in a form that it never has, a tag key that is not a literal.
 * A `forbid` with such a condition forbids nothing.
 *
 * @returns a message for each, with the name that was probably meant.
 */
export function unknownNames(policy: PolicyJson, settings: NamedInSettings): string[] {
  const { principal, action, resource, conditions } = policy;
  return nodesIn([principal, action, resource, conditions]).flatMap((node) => [
    ...complaintsAboutEntity(node, settings),
    ...complaintsAboutComparison(node, settings),
    ...complaintsAboutPattern(node),
    ...complaintsAboutName(node, settings),
    ...complaintsAboutSource(node),
    ...complaintsAboutAttribute(node),
    ...complaintsAboutTag(node),
    ...complaintsAboutIntegration(node, settings),
  ]);
}

function complaintsAboutEntity({ type, id }: Node, settings: IdentitySettings): string[] {
  if (typeof id !== "string") return [];
  if (type === "Latchkey::Group") return complaintsAboutGroup(id, settings);
  if (type === "Latchkey::Person") return complaintsAboutPerson(id, settings);
  if (type === "Latchkey::Machine") return complaintsAboutMachine(id, settings);
  return type === "Latchkey::Instance" ? complaintsAboutInstance(id) : [];
}

function complaintsAboutTag(node: Node): string[] {
  return ["hasTag", "getTag"].flatMap((operator) => {
    const call = node[operator];
    if (!isNode(call) || (isNode(call["right"]) && typeof call["right"]["Value"] === "string")) return [];
    return [`${operator} takes a string literal only, so that the build knows every tag that policies read`];
  });
}
