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
 * found by evaluating it with more and more, and whether it permits that number without a reason.
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
  // One by one: a policy may permit two approvals and forbid three.
  for (let approvals = 0; approvals <= mostApprovals; approvals += 1) {
    const access = { scope, approvals, breakGlass: false, reason: reason || someReason, expiresAt };
    if (permits(access)) return { approvals, reason: !permits({ ...access, reason: "" }) };
  }
  return undefined;
}

/**
 * What an access request needs when it is made, before it is known how its subject will connect. If the subject may be one of
 * several principals, the one that needs the most decides, among those that can connect at all.
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
  if (each.length === 0) return undefined;
  return {
    approvals: Math.max(...each.map(({ approvals }) => approvals)),
    reason: each.some(({ reason }) => reason),
  };
}
