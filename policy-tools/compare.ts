import { isDeepStrictEqual } from "node:util";
import type { PolicyAction, Verdict } from "../lambda/policy/engine.ts";
import { type Block, joinBlocks } from "./blocks.ts";
import { candidatesFor } from "./candidates.ts";
import { cedarQuestion } from "./cedar-question.ts";
import { contextOf, defaultsOf, fillIn, type PlainContext } from "./context.ts";
import { isInstance, type Question, verdictOn } from "./decide.ts";
import { groupBy } from "./group-by.ts";
import type { LoadedPolicies } from "./load-policies.ts";
import { optionalPaths, type Residual, residualsOf, unknownContext } from "./residuals.ts";
import { contextsToTry, presence, type Tried } from "./try-contexts.ts";
import { Unusable } from "./unusable.ts";

/** Two sets of policies. */
export interface Sides {
  readonly before: LoadedPolicies;
  readonly after: LoadedPolicies;
}

/** What one caller gains or loses with one action on one resource. */
export interface Difference {
  readonly direction: "gains" | "loses";
  /** In which contexts: the values of each attribute that matters. None: in every context. */
  readonly blocks: readonly Block[];
  /** One of these contexts. */
  readonly example: PlainContext;
  /** Set if both permit it, and the bounds differ. */
  readonly isBounds: boolean;
}

/** More contexts for one question than a laptop decides in a minute. */
const mostContexts = 50_000;

/**
 * Compares what two sets of policies say to one caller, action and resource, in every context that their conditions can tell
 * apart.
 *
 * @param known keeps what was found for questions that policies cannot tell apart.
 * @throws Unusable for conditions with too many combinations.
 */
export function compare(
  sides: Sides,
  question: Omit<Question, "context">,
  known: Map<string, readonly Difference[]>,
): readonly Difference[] {
  const { compiled, settings } = sides.after;
  const attributes = contextOf(compiled.schema, question.action);
  const [before, after] = [sides.before, sides.after].map((side) => policiesFor(side, question.action));
  const views = [sides.before, sides.after].map((side) => mayView(side, question));
  const text = JSON.stringify([before, after]);
  const optional = optionalPaths(attributes).filter((path) => text.includes(`"${path.split(".").at(-1)}"`));
  const context = { defaults: defaultsOf(settings), timeZone: settings.timeZone };
  const asked = cedarQuestion(sides.after.engine, { ...question, context: fillIn(attributes, {}, context) });
  const cases = subsets(optional).map((absent) => {
    const unknown = unknownContext(attributes, absent);
    return { absent, residuals: [before, after].map((each) => residualsOf(each ?? {}, asked, unknown)) };
  });
  if (views[0] === views[1] && cases.every(({ residuals: [one, other] }) => keyOf(one) === keyOf(other))) return [];
  const key = JSON.stringify([question.action, views, cases.map(({ residuals }) => residuals.map(keyOf))]);
  const found = known.get(key);
  if (found) return found;
  const all = new Map(optional.map((path) => [path, new Set<string>(Object.values(presence))]));
  const tried = cases.flatMap(({ absent, residuals }) => {
    const conditions = residuals
      .flat()
      .flatMap((each) => each.conditions)
      .map(bodyOf);
    const candidates = candidatesFor(conditions, attributes, context.defaults);
    for (const [path, values] of candidates) {
      const seen = all.get(path) ?? new Set();
      all.set(path, new Set([...seen, ...values.map((value) => JSON.stringify(value))]));
    }
    const count = [...candidates.values()].reduce((product, values) => product * values.length, 1);
    if (count > mostContexts) throw new Unusable([tooMany(question.action, candidates)]);
    return contextsToTry(attributes, candidates, { optional, absent }, context);
  });
  const differences = differencesOf(sides, question, { tried, views, all });
  known.set(key, differences);
  return differences;
}

function tooMany(action: string, candidates: ReadonlyMap<string, readonly unknown[]>): string {
  const counts = [...candidates].map(([path, values]) => `${path} ${values.length}`).join(", ");
  return `the conditions for ${action} have more than ${mostContexts} combinations of values: ${counts}`;
}

const bodyOf = (clause: unknown) => (clause as { readonly body: unknown }).body;

/** Residuals that decide alike have one key. Which policy decides does not matter. */
const keyOf = (residuals: readonly Residual[] = []) =>
  JSON.stringify([...new Set(residuals.map((each) => JSON.stringify(each)))].sort());

const subsets = (names: readonly string[]): string[][] =>
  names.reduce<string[][]>((all, name) => all.flatMap((each) => [each, each.concat(name)]), [[]]);

/** Whether policies on an action, or on who may see instances, are not the same. What is the same needs no comparison. */
export function mayDiffer({ before, after }: Sides, action: PolicyAction): boolean {
  return [action, "view" as const].some(
    (each) => !isDeepStrictEqual(policiesFor(before, each), policiesFor(after, each)),
  );
}

/** The policies whose scope does not rule the action out. */
function policiesFor({ compiled }: LoadedPolicies, action: PolicyAction): LoadedPolicies["compiled"]["policies"] {
  const applies = (policy: unknown) => {
    const { action: scope } = policy as { readonly action: { readonly op: string } };
    return scope.op === "All" || JSON.stringify(scope).includes(`"id":${JSON.stringify(action)}`);
  };
  return Object.fromEntries(Object.entries(compiled.policies).filter(([, policy]) => applies(policy)));
}

/** Whether the caller may see the instance; always for an action on a caller. */
function mayView({ engine }: LoadedPolicies, { caller, resource }: Omit<Question, "context">): boolean {
  return !isInstance(resource) || verdictOn(engine, { caller, action: "view", resource, context: {} }).allowed;
}

interface Contexts {
  readonly tried: readonly Tried[];
  readonly views: readonly boolean[];
  readonly all: ReadonlyMap<string, ReadonlySet<string>>;
}

function differencesOf(
  sides: Sides,
  question: Omit<Question, "context">,
  { tried, views, all }: Contexts,
): Difference[] {
  const values = new Map([...all].map(([path, set]) => [path, [...set]]));
  const found = tried.flatMap(({ context, block }) => {
    const [before, after] = [sides.before, sides.after].map(({ engine }, side) => {
      const verdict = verdictOn(engine, { ...question, context });
      return { verdict, rank: rankOf(verdict, views[side] ?? false), bounds: engine.boundsOf(verdict.policies) };
    });
    if (!before || !after) return [];
    if (before.rank !== after.rank) {
      return [{ direction: before.rank < after.rank ? "gains" : "loses", isBounds: false, context, block } as const];
    }
    if (!after.verdict.allowed || !["request", "delegate"].includes(question.action)) return [];
    return looserBounds(before.bounds, after.bounds).map((direction) => ({
      direction,
      isBounds: true,
      context,
      block,
    }));
  });
  const groups = groupBy(found, ({ direction, isBounds }) => `${direction} ${isBounds}`);
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const blocks = joinBlocks(
      group.map(({ block }) => block),
      values,
    );
    return [{ direction: first.direction, isBounds: first.isBounds, blocks, example: first.context }];
  });
}

/** Denied, permitted but hidden from a caller who may not view it, allowed. */
const rankOf = ({ allowed }: Verdict, mayView: boolean) => (allowed ? (mayView ? 2 : 1) : 0);

/** A longer time is a gain, a longer reason is none. What has no order is both. */
function looserBounds(before: object, after: object): Difference["direction"][] {
  const directions = Object.entries(after).flatMap(([name, now]): Difference["direction"][] => {
    const then: unknown = (before as Readonly<Record<string, unknown>>)[name];
    if (JSON.stringify(now) === JSON.stringify(then)) return [];
    if (typeof now !== "number" || typeof then !== "number") return ["gains", "loses"];
    return [now > then === !name.startsWith("min") ? "gains" : "loses"];
  });
  return [...new Set(directions)];
}
