import type { Caller } from "../../contract/caller.ts";
import type { Requirements } from "../../contract/requirements.ts";
import { highTrust } from "../host-keys/accepted.ts";
import { serialUserOf } from "../resolve/serial-consoles.ts";
import type { Instance } from "../shared/instance.ts";
import { type Access, type ConnectContext, mayConnect } from "./authorize.ts";
import type { PolicyEngine } from "./engine.ts";

/** More reviewers than any sensible policy asks for: a search has to end. */
export const mostApprovals = 10;

/** Stands for whatever a caller would say where they have said nothing yet. */
const someReason = "a reason";

/** A connection as it would be asked about, but for the access. */
type RouteOption = Omit<ConnectContext, "access">;

/** What the access would be, but for what is searched for. An empty reason: none was given yet, and one would be. */
export type ProspectiveAccess = Pick<Access, "reason" | "expiresAt">;

/**
 * What an access request would have to have before policy lets the caller connect so: the least number of approvals that
 * `connect` permits, found by asking again with more, and whether it permits them without a reason.
 *
 * @returns undefined where no number of approvals helps.
 */
export function requirementsToConnect(
  engine: PolicyEngine,
  caller: Caller,
  instance: Instance,
  context: RouteOption,
  access: ProspectiveAccess,
): Requirements | undefined {
  return leastOf(engine, caller, instance, [context], access);
}

/**
 * What an access request has to have when it is made, before anybody knows how its subject will connect: enough for the route
 * that needs the least. Of several principals that its subject may come as, the one that needs most decides, among those
 * that can connect at all.
 *
 * @returns undefined where no number of approvals helps any of them.
 */
export function requirementsToRequest(
  engine: PolicyEngine,
  principals: readonly Caller[],
  instance: Instance,
  { osUser, time }: Pick<RouteOption, "osUser" | "time">,
  access: ProspectiveAccess,
): Requirements | undefined {
  const routes = routeOptions(instance, osUser).map((route) => ({ osUser, time, ...route }));
  const each = principals
    .map((principal) => leastOf(engine, principal, instance, routes, access))
    .filter((requirements) => requirements !== undefined);
  if (each.length === 0) return undefined;
  return {
    approvals: Math.max(...each.map(({ approvals }) => approvals)),
    reason: each.some(({ reason }) => reason),
  };
}

function leastOf(
  engine: PolicyEngine,
  caller: Caller,
  instance: Instance,
  routes: readonly RouteOption[],
  { reason, expiresAt }: ProspectiveAccess,
): Requirements | undefined {
  const permits = (access: Access) =>
    routes.some((route) => mayConnect(engine, caller, instance, { ...route, access }).allowed);
  // One by one: a policy may permit two approvals and forbid three.
  for (let approvals = 0; approvals <= mostApprovals; approvals += 1) {
    const access = { approvals, breakGlass: false, reason: reason || someReason, expiresAt };
    if (permits(access)) return { approvals, reason: !permits({ ...access, reason: "" }) };
  }
  return undefined;
}

/**
 * Every route in which this OS user may come to be connected. The user of the instance's serial console: that, and no other. Any
 * else: each type without an address, as when nothing is usable yet, and with each of the instance's primary addresses. Host
 * keys are no matter of approvals, and may be registered until then: they are taken for trusted.
 */
export function routeOptions(
  { instanceId, publicIpAddress, privateIpAddress, ipv6Address }: Instance,
  osUser: string,
): Pick<RouteOption, "connectionType" | "address" | "hostKeyTrust">[] {
  if (osUser === serialUserOf(instanceId)) return [{ connectionType: "serial", hostKeyTrust: highTrust }];
  const addresses = [undefined, publicIpAddress, privateIpAddress, ipv6Address];
  const distinct = addresses.filter((address, index) => index === 0 || address !== undefined);
  return (["direct", "eice"] as const).flatMap((connectionType) =>
    distinct.map((address) => ({ connectionType, address, hostKeyTrust: highTrust })),
  );
}
