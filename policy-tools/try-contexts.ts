import type { Block } from "./blocks.ts";
import type { Candidates } from "./candidates.ts";
import { type Attribute, type ContextSettings, fillIn, NotInContext, type PlainContext } from "./context.ts";

/** A context to try, and its values by path. */
export interface Tried {
  readonly context: PlainContext;
  readonly block: Block;
}

/** What stands for an optional attribute in a block. */
export const presence = { absent: '"absent"', present: '"present"' } as const;

/**
 * Every combination of candidates that the functions could give to policy.
 *
 * @param optional the optional attributes of interest, by path: those in `absent` are left out, the others are there.
 */
export function contextsToTry(
  attributes: readonly Attribute[],
  candidates: Candidates,
  { optional, absent }: { readonly optional: readonly string[]; readonly absent: readonly string[] },
  settings: ContextSettings,
): Tried[] {
  const there = optional.filter((path) => !absent.includes(path));
  const marks = optional.map((path) => [path, [absent.includes(path) ? presence.absent : presence.present]] as const);
  return combinations([...candidates]).flatMap((values) => {
    const given: Record<string, unknown> = {};
    for (const path of there) put(given, path, present(path, attributes));
    for (const [path, value] of values) put(given, path, value);
    try {
      const context = fillIn(attributes, given, settings);
      const own = values.map(([path, value]) => [path, [JSON.stringify(value)]] as const);
      // The value of an optional attribute says that it is there.
      return [{ context, block: new Map([...marks, ...own]) }];
    } catch (error) {
      if (error instanceof NotInContext) return [];
      throw error;
    }
  });
}

function combinations(
  candidates: readonly (readonly [string, readonly unknown[]])[],
): (readonly [string, unknown])[][] {
  return candidates.reduce<(readonly [string, unknown])[][]>(
    (all, [path, values]) => all.flatMap((each) => values.map((value) => [...each, [path, value] as const])),
    [[]],
  );
}

function put(record: Record<string, unknown>, path: string, value: unknown): void {
  const [name = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    record[name] = value;
    return;
  }
  const inner = (record[name] ?? {}) as Record<string, unknown>;
  record[name] = inner;
  put(inner, rest.join("."), value);
}

/** Some value of an optional attribute that no condition reads. */
function present(path: string, attributes: readonly Attribute[]): unknown {
  const kind = attributes.find(({ name }) => name === path)?.type.kind;
  return kind === "Record" ? {} : kind === "Bool" ? false : kind === "Long" ? 0 : kind === "Set" ? [] : "192.0.2.1";
}
