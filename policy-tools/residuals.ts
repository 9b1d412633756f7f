import type { CedarValueJson, PolicyJson } from "@cedar-policy/cedar-wasm/web";
import * as cedar from "@cedar-policy/cedar-wasm/web";
import type { CompiledPolicies } from "../lambda/policy/compiled-policies.ts";
import type { PolicyQuestion } from "../lambda/policy/engine.ts";
import { cedarCall } from "./cedar-question.ts";
import type { Attribute } from "./context.ts";

/** What is left of a policy once principal, action and resource are known. */
export interface Residual {
  readonly effect: string;
  readonly conditions: readonly unknown[];
  /** Its annotations other than id and description: its bounds. */
  readonly bounds: Readonly<Record<string, string>>;
}

/**
 * Evaluates policies as far as they do not depend on the context, by Cedar.
 *
 * @param context has attributes that are unknown: `unknownContext`.
 * @returns those that can still apply.
 */
export function residualsOf(
  policies: CompiledPolicies["policies"],
  question: PolicyQuestion,
  context: Record<string, CedarValueJson>,
): Residual[] {
  const result = cedar.isAuthorizedPartial({
    ...cedarCall({ ...question, context }),
    policies: { staticPolicies: policies },
  });
  if (result.type === "failure") throw new Error(result.errors.map(({ message }) => message).join("; "));
  return Object.entries(result.response.residuals)
    .filter(([, { conditions }]) => !conditions.some(isFalse))
    .map(([id, { effect, conditions }]) => ({ effect, conditions, bounds: boundsOf(policies[id]) }));
}

const isFalse = ({ body }: PolicyJson["conditions"][number]) => "Value" in body && body["Value"] === false;

function boundsOf(policy: CompiledPolicies["policies"][string] | undefined): Readonly<Record<string, string>> {
  const { id: _, description: __, ...bounds } = (typeof policy === "object" ? policy.annotations : undefined) ?? {};
  return bounds;
}

/** A context of unknown values, without the optional attributes that are named. */
export function unknownContext(
  attributes: readonly Attribute[],
  absent: readonly string[],
  prefix = "",
): Record<string, CedarValueJson> {
  const present = attributes.filter(({ name }) => !absent.includes(`${prefix}${name}`));
  return Object.fromEntries(
    present.map(({ name, type }) => {
      const path = `${prefix}${name}`;
      if (type.kind === "Record") return [name, unknownContext(type.attributes, absent, `${path}.`)];
      return [name, { __extn: { fn: "unknown", arg: path } }];
    }),
  );
}

/** The optional attributes, by path. */
export function optionalPaths(attributes: readonly Attribute[], prefix = ""): string[] {
  return attributes.flatMap(({ name, type, isRequired }) => [
    ...(isRequired ? [] : [`${prefix}${name}`]),
    ...(type.kind === "Record" ? optionalPaths(type.attributes, `${prefix}${name}.`) : []),
  ]);
}
