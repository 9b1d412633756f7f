import type { Caller } from "../contract/caller.ts";
import type { ProblemCode } from "../contract/problem.ts";
import { Problem } from "../http/problem.ts";
import { mayConnect, mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import type { Endpoint, Instance } from "./instance.ts";
import { defaultOsUser } from "./os-user.ts";
import { invalidWish } from "./read-wish.ts";
import { type ConnectionWish, effectiveType, type Route, resolve } from "./resolve.ts";

/** Why a connection that could be asked for is refused all the same. */
export interface Refusal {
  readonly code: Extract<
    ProblemCode,
    "access-denied" | "instance-not-running" | "no-route-to-instance" | "endpoint-unavailable"
  >;
  readonly detail?: string;
}

/** What steps 5 to 7 find out about an instance that the caller may see. */
export interface Assessment {
  readonly instance: Instance;
  readonly osUser: string;
  /** The ids of the policies that decided. */
  readonly policies: readonly string[];
  /** How the instance is reached, where it can be. */
  readonly route?: Route;
  /** The first in the order of verdicts; none: the connection may be made. */
  readonly refusal?: Refusal;
}

/** An assessment without a refusal. */
export type Decided = Assessment & { readonly route: Route };

export interface Situation {
  readonly caller: Caller;
  readonly instance: Instance;
  /** Of the instance's image, where it is known. */
  readonly imageName: string | undefined;
  readonly endpoints: readonly Endpoint[];
  readonly wish: ConnectionWish & { readonly osUser?: string | undefined };
  readonly time: PolicyTime;
}

export interface AssessmentSettings {
  readonly defaultOsUser: string;
  readonly fips: boolean;
}

/** Step 4. @throws Problem `instance-not-found` for an absent instance, and for one that the caller may not view. */
export function requireVisible(policy: PolicyEngine, caller: Caller, instance: Instance | undefined): Instance {
  if (!mayView(policy, caller, instance)) throw new Problem("instance-not-found");
  return instance;
}

/**
 * Steps 5 to 7, in the order of verdicts: how is the instance reached, may the caller connect so, is it running and
 * reachable. Pure: everything it judges is given.
 *
 * @throws Problem `invalid-request` for a wish that names what the instance has not.
 */
export function assessConnection(
  policy: PolicyEngine,
  { caller, instance, imageName, endpoints, wish, time }: Situation,
  settings: AssessmentSettings,
): Assessment {
  const resolution = resolve(instance, endpoints, wish, settings);
  const { route, unreachable } = { route: undefined, unreachable: undefined, ...resolution };
  if (unreachable?.code === "invalid-request") throw invalidWish(unreachable);

  const osUser = wish.osUser ?? defaultOsUser(instance, imageName, settings.defaultOsUser);
  const { allowed, policies } = mayConnect(policy, caller, instance, {
    osUser,
    connectionType: route?.connectionType ?? effectiveType(wish),
    ...(route && { address: route.host }),
    time,
  });
  const assessed = { instance, osUser, policies, ...(route && { route }) };
  if (!allowed) return { ...assessed, refusal: { code: "access-denied" } };
  if (instance.state !== "running") return { ...assessed, refusal: { code: "instance-not-running" } };
  return route ? assessed : { ...assessed, refusal: { code: unreachable.code, detail: unreachable.reason } };
}

/** @throws Problem by the refusal's code, where there is one. */
export function requirePermitted(assessment: Assessment): Decided {
  const { refusal, route } = assessment;
  if (refusal) throw new Problem(refusal.code, refusal.detail === undefined ? {} : { detail: refusal.detail });
  if (!route) throw new Error("An assessment without a refusal has a route");
  return { ...assessment, route };
}
