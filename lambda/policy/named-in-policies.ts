import type { PolicyJson } from "@cedar-policy/cedar-wasm/web";
import { tagKeysIn } from "./tag-keys.ts";

/** What policies name, and so what a decision can depend on. */
export interface Named {
  readonly groups: ReadonlySet<string>;
  /** Ids of persons. */
  readonly persons: ReadonlySet<string>;
  /** If a policy reads `principal.name`: what it may be compared with. */
  readonly compared?: {
    /** Literals, and patterns with their `*`. */
    readonly texts: readonly string[];
    readonly tagKeys: readonly string[];
  };
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (part: unknown): part is Node => typeof part === "object" && part !== null;

/** What these policies name. */
export function namedIn(policies: readonly PolicyJson[]): Named {
  const all = policies.map(namedInOne);
  const compared = all.flatMap((named) => named.compared ?? []);
  return {
    groups: new Set(all.flatMap(({ groups }) => [...groups])),
    persons: new Set(all.flatMap(({ persons }) => [...persons])),
    ...(compared.length > 0 && {
      compared: {
        texts: compared.flatMap(({ texts }) => texts),
        tagKeys: compared.flatMap(({ tagKeys }) => tagKeys),
      },
    }),
  };
}

/** Policies do not change, and each may be looked at for every candidate. */
const looked = new WeakMap<PolicyJson, Named>();

function namedInOne(policy: PolicyJson): Named {
  const known = looked.get(policy);
  if (known) return known;
  const { principal, conditions } = policy;
  const nodes = nodesIn([principal, conditions]);
  const idsOf = (wanted: string) =>
    new Set(nodes.flatMap(({ type, id }) => (type === wanted && typeof id === "string" ? [id] : [])));
  const readsName = nodes.some((node) => isNode(node["."]) && node["."]["attr"] === "name");
  const named: Named = {
    groups: idsOf("Latchkey::Group"),
    persons: idsOf("Latchkey::Person"),
    ...(readsName && { compared: { texts: nodes.flatMap(textsOf), tagKeys: tagKeysIn(conditions) } }),
  };
  looked.set(policy, named);
  return named;
}

function nodesIn(part: unknown): Node[] {
  return isNode(part) ? [part, ...Object.values(part).flatMap(nodesIn)] : [];
}

function textsOf({ Value, pattern }: Node): string[] {
  if (typeof Value === "string") return [Value];
  if (!Array.isArray(pattern)) return [];
  return [pattern.map((part) => (part === "Wildcard" ? "*" : part.Literal)).join("")];
}
