import type { Caller } from "../contract/caller.ts";
import { Problem } from "../http/problem.ts";
import type { Facts } from "../http/request-log.ts";
import { mayConnect, mayView } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import type { Endpoint, Instance } from "./instance.ts";
import { defaultOsUser } from "./os-user.ts";
import { invalidWish } from "./read-wish.ts";
import { type ConnectionWish, type Route, resolve } from "./resolve.ts";

export interface Decided {
  readonly instance: Instance;
  readonly route: Route;
  readonly osUser: string;
  /** The ids of the policies that permitted it. */
  readonly policies: readonly string[];
}

/**
 * Steps 4 to 7, in the order of verdicts: may the caller see the instance, how is it reached, may the caller connect so,
 * is it running and reachable. Pure: everything it decides on is given.
 *
 * @throws Problem `instance-not-found`, `invalid-request`, `access-denied`, `instance-not-running`,
 *   `no-route-to-instance`, `endpoint-unavailable`.
 */
export function decideConnection(
  policy: PolicyEngine,
  caller: Caller,
  instance: Instance | undefined,
  endpoints: readonly Endpoint[],
  wish: ConnectionWish & { readonly osUser?: string | undefined },
  settings: { readonly defaultOsUser: string; readonly fips: boolean },
  time: PolicyTime,
  facts: Facts,
): Decided {
  if (!mayView(policy, caller, instance)) throw new Problem("instance-not-found");

  const resolution = resolve(instance, endpoints, wish, settings);
  const { route, unreachable } = { route: undefined, unreachable: undefined, ...resolution };
  if (unreachable?.code === "invalid-request") throw invalidWish(unreachable);

  const osUser = wish.osUser ?? defaultOsUser(instance, settings.defaultOsUser);
  const { allowed, policies } = mayConnect(policy, caller, instance, {
    osUser,
    connectionType: route?.connectionType ?? wish.connectionType,
    ...(route && { address: route.host }),
    time,
  });
  Object.assign(facts, { osUser, policies } satisfies Facts);
  if (!allowed) throw new Problem("access-denied");

  if (instance.state !== "running") throw new Problem("instance-not-running");
  if (!route) throw new Problem(unreachable.code, { detail: unreachable.reason });
  return { instance, route, osUser, policies };
}
