import type { PatternElem } from "@cedar-policy/cedar-wasm/nodejs";
import { asciiLowerCase } from "../../lambda/shared/person-ids.ts";
import type { IdentitySettings, Integration } from "../../lambda/shared/settings.ts";
import { canBeId, canMatch, machineForm, personForm, textOf } from "../id-patterns.ts";
import { nearest } from "../nearest.ts";
import { attributeForms } from "./attribute-forms.ts";
import { complaintsAboutMachine, complaintsAboutPerson } from "./check-callers.ts";
import { attributeOf, comparedIn, isNode, literalsIn, type Node, suggestion, valuesOf } from "./policy-nodes.ts";

/** An id that is compared with the subject, or with who has asked. */
export function complaintsAboutComparison(node: Node, settings: IdentitySettings): string[] {
  const values = comparedIn(node);
  if (!values.some(isId)) return [];
  return literalsIn(values).flatMap((id) =>
    id.includes("/") ? complaintsAboutMachine(id, settings) : complaintsAboutPerson(id, settings),
  );
}

/** A pattern that is compared so. */
export function complaintsAboutPattern({ like }: Node): string[] {
  if (!isNode(like) || !valuesOf(like["left"]).some(isId)) return [];
  // Cedar's own JSON form says so.
  const pattern = like["pattern"] as readonly PatternElem[];
  if (canBeId(pattern)) return [];
  return [`no caller's id is like "${textOf(pattern)}": ${personForm}, ${machineForm}`];
}

/** A caller's id. */
function isId(expression: unknown): boolean {
  const attribute = attributeOf(expression);
  return attribute === "context.subject" || attribute === "context.requestedBy";
}

/** An attribute that is compared with text that it never has. */
export function complaintsAboutAttribute(node: Node): string[] {
  const values = comparedIn(node);
  const compared = formsOf(values).flatMap(([name, { words, isValid }]) =>
    literalsIn(values)
      .filter((text) => !isValid(text))
      .map((text) => {
        const lower = asciiLowerCase(text);
        return `${name} is never "${text}": it is ${words}${suggestion(isValid(lower) ? lower : undefined)}`;
      }),
  );
  const { like } = node;
  if (!isNode(like)) return compared;
  // Cedar's own JSON form says so.
  const pattern = like["pattern"] as readonly PatternElem[];
  const matched = formsOf(valuesOf(like["left"]))
    .filter(([, { form }]) => !canMatch(pattern, form))
    .map(([name, { words }]) => `${name} is never like "${textOf(pattern)}": it is ${words}`);
  return [...compared, ...matched];
}

function formsOf(values: readonly Node[]) {
  const names = new Set(values.map(attributeOf));
  return Object.entries(attributeForms).filter(([name]) => names.has(name));
}

/** A range that is compared, though the source is one address. */
export function complaintsAboutSource(node: Node): string[] {
  const values = comparedIn(node);
  if (!values.some((value) => attributeOf(value) === "context.sourceIp")) return [];
  const ranges = values.flatMap(({ ip }) => literalsIn(Array.isArray(ip) ? ip.filter(isNode) : []));
  return ranges
    .filter((text) => text.includes("/"))
    .map((text) => `context.sourceIp is never ip("${text}"), which is a range: use isInRange`);
}

/** A name that is looked for among the integrations that have approved. */
export function complaintsAboutIntegration(
  node: Node,
  { integrations }: { readonly integrations: readonly Integration[] },
): string[] {
  const values = comparedIn(node);
  if (!values.some(isIntegrations)) return [];
  const names = integrations.map(({ name }) => name);
  return literalsIn(values)
    .filter((name) => !names.includes(name))
    .map((name) => `the setting integrations has no "${name}"${suggestion(nearest(name, names))}`);
}

function isIntegrations(expression: unknown): boolean {
  const access = isNode(expression) ? expression["."] : undefined;
  return isNode(access) && access["attr"] === "integrations";
}
