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
  const nodes = policies.flatMap(({ principal, conditions }) => nodesIn([principal, conditions]));
  const idsOf = (wanted: string) =>
    new Set(nodes.flatMap(({ type, id }) => (type === wanted && typeof id === "string" ? [id] : [])));
  const readsName = nodes.some((node) => isNode(node["."]) && node["."]["attr"] === "name");
  return {
    groups: idsOf("Latchkey::Group"),
    persons: idsOf("Latchkey::Person"),
    ...(readsName && {
      compared: {
        texts: nodes.flatMap(textsOf),
        tagKeys: policies.flatMap(({ conditions }) => tagKeysIn(conditions)),
      },
    }),
  };
}

function nodesIn(part: unknown): Node[] {
  return isNode(part) ? [part, ...Object.values(part).flatMap(nodesIn)] : [];
}

function textsOf({ Value, pattern }: Node): string[] {
  if (typeof Value === "string") return [Value];
  if (!Array.isArray(pattern)) return [];
  return [pattern.map((part) => (part === "Wildcard" ? "*" : part.Literal)).join("")];
}
