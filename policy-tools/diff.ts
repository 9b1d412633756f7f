import type { Caller } from "../contract/caller.ts";
import { principalOf, resourceOf } from "../lambda/policy/authorize.ts";
import type { PolicyAction } from "../lambda/policy/engine.ts";
import { tagKeysIn } from "../lambda/policy/tag-keys.ts";
import type { Block } from "./blocks.ts";
import { compare, type Difference, mayDiffer, type Sides } from "./compare.ts";
import { actionsIn, isOnCaller } from "./context.ts";
import { decide, isInstance, type Outcome, type Question } from "./decide.ts";
import { readScene } from "./fleet.ts";
import { groupBy } from "./group-by.ts";
import { loadPolicies } from "./load-policies.ts";
import type { Scene } from "./scene.ts";
import { Unusable } from "./unusable.ts";

/** What some callers gain or lose with an action on some instances. */
export interface Change {
  readonly direction: "gains" | "loses";
  readonly callers: readonly string[];
  readonly action: PolicyAction;
  /** Instances; callers for `suspend`. */
  readonly resources: readonly string[];
  /** In which contexts: the values of each attribute that matters, by path. Empty: in all. */
  readonly contexts: readonly Readonly<Record<string, readonly unknown[]>>[];
  /** The decision on one of them, without access, and the bounds if they are what differs. */
  readonly before: Decided;
  readonly after: Decided;
}

type Decided = Outcome & { readonly bounds?: object };

export interface DiffReport {
  readonly before: string;
  readonly after: string;
  readonly changes: readonly Change[];
}

export interface DiffOptions {
  /** Directories of policies. */
  readonly before: string;
  readonly after: string;
  readonly settings?: string | undefined;
  /** Files with people and instances. */
  readonly scene: readonly string[];
}

/** `latchkey policy diff`. @throws Unusable */
export async function diffPolicies({ before, after, settings, scene: files }: DiffOptions): Promise<DiffReport> {
  const sides = { before: await loadPolicies(before, settings), after: await loadPolicies(after, settings) };
  const scene = await readScene(files, sides.after.settings);
  if (scene.callers.size === 0) throw new Unusable(["there are no people or machines to compare policies for"]);
  if (scene.instances.size === 0) throw new Unusable(["there are no instances to compare policies for"]);
  return { before: sides.before.engine.digest, after: sides.after.engine.digest, changes: changesOf(sides, scene) };
}

/** What changes for whom. */
export function changesOf(sides: Sides, scene: Scene): Change[] {
  const policies = [sides.before, sides.after].flatMap(({ compiled }) => Object.values(compiled.policies));
  const alike = likeness(policies, sides.after.engine.nameDomain);
  const callers = classes([...scene.callers], alike);
  const instances = classes([...scene.instances], alike);
  const known = new Map<string, readonly Difference[]>();
  const actions = actionsIn(sides.after.compiled.schema).filter((action) => mayDiffer(sides, action));
  const found = actions.flatMap((action) =>
    callers.flatMap((caller) =>
      (isOnCaller(sides.after.compiled.schema, action) ? callers : instances).flatMap((resource) => {
        const question = { caller: caller.one, action, resource: resource.one };
        return compare(sides, question, known).map((each) =>
          changeOf(sides, { ...question, context: each.example }, each, {
            callers: caller.names,
            resources: resource.names,
          }),
        );
      }),
    ),
  );
  return join(join(found, "resources"), "callers");
}

/** Those that policies cannot tell apart: one of them, and the names of all. */
interface Class<T> {
  readonly one: T;
  readonly names: readonly string[];
}

function classes<T extends Question["resource"]>(
  all: readonly (readonly [string, T])[],
  alike: (each: T) => string,
): Class<T>[] {
  return groupBy(all, ([, each]) => alike(each)).flatMap((group) => {
    const [first] = group;
    return first ? [{ one: first[1], names: group.map(([name]) => name) }] : [];
  });
}

/** What policies can see of a caller or an instance. */
function likeness(
  policies: readonly unknown[],
  nameDomain: string | undefined,
): (each: Question["resource"]) => string {
  const text = JSON.stringify(policies);
  const keys = new Set(policies.flatMap((policy) => tagKeysIn((policy as { conditions: unknown }).conditions)));
  const named = (name: string) => text.includes(JSON.stringify(name));
  return (each) => {
    const {
      uid,
      attrs,
      parents,
      tags = {},
    } = isInstance(each) ? resourceOf(each) : principalOf(each as Caller, nameDomain);
    return JSON.stringify([
      uid.type,
      named(uid.id) && uid.id,
      Object.entries(attrs).filter(([name]) => named(name)),
      parents
        .map((parent) => JSON.stringify(parent))
        .filter((parent) => named(JSON.parse(parent).id))
        .sort(),
      Object.entries(tags)
        .filter(([key]) => keys.has(key))
        .sort(),
    ]);
  };
}

function changeOf(
  { before, after }: Sides,
  question: Question,
  { direction, blocks, isBounds }: Difference,
  names: Pick<Change, "callers" | "resources">,
): Change {
  const { access: _, ...bare } = question.context;
  const [then, now] = [before, after].map(({ engine }) => {
    const decided = decide(engine, { ...question, context: bare });
    return isBounds ? { ...decided, bounds: engine.boundsOf(decided.policies) } : decided;
  });
  if (!then || !now) throw new Error("Two sides have two decisions");
  return { direction, ...names, action: question.action, contexts: blocks.map(readable), before: then, after: now };
}

const readable = (block: Block) =>
  Object.fromEntries([...block].map(([path, values]) => [path, values.map((value) => JSON.parse(value) as unknown)]));

/** Joins changes that differ in one list of names alone. */
function join(changes: readonly Change[], list: "callers" | "resources"): Change[] {
  const groups = groupBy(changes, (change) => JSON.stringify({ ...change, [list]: [] }));
  return groups.flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, [list]: [...new Set(group.flatMap((each) => each[list]))] }] : [];
  });
}
