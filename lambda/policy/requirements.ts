import type { Caller } from "../../contract/caller.ts";
import type { Requirements } from "../../contract/requirements.ts";
import type { Instance } from "../shared/instance.ts";
import { type Access, type ConnectContext, mayConnect } from "./authorize.ts";
import type { PolicyEngine } from "./engine.ts";
import { mostApprovals } from "./known-approvals.ts";

/** Stands for the reason that a caller would give. */
const someReason = "a reason";

/** The access without its approvals. An empty reason means that none was given yet. */
export type ProspectiveAccess = Pick<Access, "scope" | "reason" | "expiresAt">;

/** A connection that somebody would make with access that they do not have yet. */
export interface Prospect {
  /** Its possible contexts; one that policy permits is enough. */
  readonly contexts: readonly Omit<ConnectContext, "access">[];
  readonly access: ProspectiveAccess;
}

/**
 * What an access request needs before policy lets the caller connect: the least number of approvals that `connect` permits,
 * found by evaluating it with more and more, and whether it permits that number without a reason; and the same with the approvals
 * of integrations.
 *
 * @returns undefined if no number of approvals helps.
 */
export function requirementsToConnect(
  engine: PolicyEngine,
  caller: Caller,
  instance: Instance,
  { contexts, access: { scope, reason, expiresAt } }: Prospect,
): Requirements | undefined {
  const permits = (access: Access) =>
    contexts.some((context) => mayConnect(engine, caller, instance, { ...context, access }).allowed);
  const accessWith = (enough: Enough) => {
    return { scope, ...enough, breakGlass: false, reason: reason || someReason, expiresAt };
  };
  // Approvals beyond those that policies tell apart are all alike.
  const most = Math.min(mostApprovals, engine.mostApprovals + 1);
  const enough: Enough[] = [];
  for (const integrations of subsetsOf(engine.integrations ?? [])) {
    // What needs as many people as without some of these integrations is no alternative.
    const least = Math.min(
      ...enough.filter((each) => isWithin(each, { integrations })).map(({ approvals }) => approvals),
    );
    // One by one: a policy may permit two approvals and forbid three.
    for (let approvals = 0; approvals <= most && approvals < least; approvals += 1) {
      if (!permits(accessWith({ approvals, integrations }))) continue;
      enough.push({ approvals, integrations });
      break;
    }
  }
  const [first] = enough;
  if (!first) return undefined;
  const needsReason = !permits({ ...accessWith(first), reason: "" });
  const isPeoples = enough.length === 1 && first.integrations.length === 0;
  return { approvals: first.approvals, reason: needsReason, ...(!isPeoples && { alternatives: enough }) };
}

type Enough = NonNullable<Requirements["alternatives"]>[number];

const isWithin = (one: Pick<Enough, "integrations">, other: Pick<Enough, "integrations">) =>
  one.integrations.every((each) => other.integrations.includes(each));

/** All sets of some of these, the smaller first. */
function subsetsOf(names: readonly string[]): string[][] {
  const all = names.reduce<string[][]>((sets, name) => sets.concat(sets.map((set) => [...set, name])), [[]]);
  return all.sort((one, other) => one.length - other.length);
}

/**
 * What an access request needs when it is made, before it is known how its subject will connect. If the subject may be one of
 * several principals, it needs what all of them need who can connect at all.
 *
 * @returns undefined if no number of approvals helps any of them.
 */
export function requirementsToRequest(
  engine: PolicyEngine,
  principals: readonly Caller[],
  instance: Instance,
  prospect: Prospect,
): Requirements | undefined {
  const each = principals
    .map((principal) => requirementsToConnect(engine, principal, instance, prospect))
    .filter((requirements) => requirements !== undefined);
  return each.length === 0 ? undefined : each.reduce(bothRequired);
}

/** What both require together. What else is said of the reason is as the first says it. */
export function bothRequired(one: Requirements, other: Requirements): Requirements {
  const together = enoughFor(one)
    .flatMap((each) => enoughFor(other).map((also) => enoughForBoth(each, also)))
    .sort((a, b) => a.integrations.length - b.integrations.length || a.approvals - b.approvals);
  const alternatives = together.filter(
    (each, index) => !together.slice(0, index).some((less) => isWithin(less, each) && less.approvals <= each.approvals),
  );
  const { alternatives: _, ...rules } = one;
  const approvals = alternatives[0]?.approvals ?? 0;
  const isPeoples = alternatives.every(({ integrations }) => integrations.length === 0);
  return { ...rules, approvals, reason: one.reason || other.reason, ...(!isPeoples && { alternatives }) };
}

const enoughFor = ({ approvals, alternatives = [{ approvals, integrations: [] }] }: Requirements): Enough[] =>
  alternatives;

const enoughForBoth = (one: Enough, other: Enough): Enough => ({
  approvals: Math.max(one.approvals, other.approvals),
  integrations: [...new Set([...one.integrations, ...other.integrations])],
});
