import type { Caller } from "../../contract/caller.ts";
import { principalOf, viewVerdict } from "./authorize.ts";
import type { Policies, PolicyEngine } from "./engine.ts";
import { supposingResource } from "./suppose.ts";

// What an instance must have for a caller to see it. It only says where to look: each instance that is found is decided by
// Cedar, so a condition that is missed here costs reads, and shows nothing.

/** What a visible instance has: all of these. */
export interface Trait {
  readonly tags: Readonly<Record<string, string>>;
  readonly accountId?: string | undefined;
}

/** Conditions are combined only as far as they stay few. */
const mostTraits = 16;

/** Any of these; undefined if nothing is known. */
type Traits = readonly Trait[] | undefined;

/**
 * What instances have that the caller may view: each of them has all of at least one trait. Cedar decides which policies could
 * permit `view` at all to this caller, and their conditions say the rest.
 *
 * @returns undefined if they could have anything.
 */
export function visibleTraits(engine: PolicyEngine, caller: Caller): Traits {
  const supposing = engine.derive("view", permitsForAny);
  const { allowed, policies } = viewVerdict(supposing, caller, undefined);
  // Some policy could not be evaluated without the instance.
  if (!allowed) return undefined;
  const { name } = principalOf(caller, engine.nameDomain).attrs;
  const ownName = typeof name === "string" ? name : undefined;
  const permitting = Object.entries(engine.policies).filter(([id]) => policies.includes(id));
  if (permitting.length < policies.filter((id) => id !== always).length) return undefined;
  return anyOf(
    permitting.map(([, { conditions }]) =>
      conditions
        .map(({ kind, body }) => (kind === "when" ? traitsOf(body, ownName) : undefined))
        .reduce(allOf, undefined),
    ),
  );
}

/** Permits everything, so that a denial means an error. No policy's id begins so. */
const always = "-always";

function permitsForAny(policies: Policies): Policies {
  return {
    ...supposingResource(policies),
    [always]: {
      effect: "permit",
      principal: { op: "All" },
      action: { op: "All" },
      resource: { op: "All" },
      conditions: [],
    },
  };
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (part: unknown): part is Node => typeof part === "object" && part !== null && !Array.isArray(part);

/** What an instance has if an expression of Cedar's JSON is true of it. */
function traitsOf(expression: unknown, ownName: string | undefined): Traits {
  if (!isNode(expression)) return undefined;
  const [operator, operands] = Object.entries(expression)[0] ?? [];
  const sides = isNode(operands) ? operands : {};
  const of = (part: unknown) => traitsOf(part, ownName);
  switch (operator) {
    case "Value":
      return operands === false ? [] : undefined;
    case "&&":
      return allOf(of(sides["left"]), of(sides["right"]));
    case "||":
      return anyOf([of(sides["left"]), of(sides["right"])]);
    case "if-then-else":
      return anyOf([allOf(of(sides["if"]), of(sides["then"])), of(sides["else"])]);
    case "==":
      return equality(sides["left"], sides["right"], ownName) ?? equality(sides["right"], sides["left"], ownName);
    case "contains":
      return membership(sides["left"], sides["right"], ownName);
    default:
      return undefined;
  }
}

function membership(set: unknown, part: unknown, ownName: string | undefined): Traits {
  const elements = isNode(set) ? set["Set"] : undefined;
  return Array.isArray(elements) ? anyOf(elements.map((each) => equality(part, each, ownName))) : undefined;
}

/** The one trait that `resource.getTag("key") == "value"` is, or `resource.account == "value"`. */
function equality(part: unknown, other: unknown, ownName: string | undefined): Traits {
  const value = textOf(other, ownName);
  if (value === undefined || !isNode(part)) return undefined;
  const { getTag, ".": attribute } = part;
  if (isNode(getTag) && isVariable(getTag["left"], "resource")) {
    const key = isNode(getTag["right"]) ? getTag["right"]["Value"] : undefined;
    return typeof key === "string" ? [{ tags: Object.fromEntries([[key, value]]) }] : undefined;
  }
  if (isNode(attribute) && isVariable(attribute["left"], "resource") && attribute["attr"] === "account") {
    return [{ tags: {}, accountId: value }];
  }
  return undefined;
}

/** A literal, or the caller's name. */
function textOf(expression: unknown, ownName: string | undefined): string | undefined {
  if (!isNode(expression)) return undefined;
  const { Value: value, ".": attribute } = expression;
  if (typeof value === "string") return value;
  const isName = isNode(attribute) && isVariable(attribute["left"], "principal") && attribute["attr"] === "name";
  return isName ? ownName : undefined;
}

const isVariable = (expression: unknown, name: string) => isNode(expression) && expression["Var"] === name;

function anyOf(all: readonly Traits[]): Traits {
  const known = all.flatMap((each) => (each ? [each] : []));
  return known.length < all.length ? undefined : known.flat();
}

function allOf(one: Traits, other: Traits): Traits {
  if (!one || !other) return one ?? other;
  if (one.length * other.length > mostTraits) return one.length <= other.length ? one : other;
  return one.flatMap((each) => other.flatMap((more) => both(each, more)));
}

/** No trait if they contradict each other. */
function both(one: Trait, other: Trait): readonly Trait[] {
  const contradicts =
    Object.entries(one.tags).some(([key, value]) => Object.hasOwn(other.tags, key) && other.tags[key] !== value) ||
    (one.accountId !== undefined && other.accountId !== undefined && one.accountId !== other.accountId);
  if (contradicts) return [];
  return [{ tags: { ...one.tags, ...other.tags }, accountId: one.accountId ?? other.accountId }];
}
