import type { Caller } from "../../contract/caller.ts";
import type { ProblemCode } from "../../contract/problem.ts";
import type { Requirements } from "../../contract/requirements.ts";
import type { AccessRequest } from "../access/access-request.ts";
import { acceptedHostKeys, leastTrust } from "../host-keys/accepted.ts";
import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import { type ConnectContext, mayConnect } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { highTrust } from "../policy/host-key-trust.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import { requirementsToConnect } from "../policy/requirements.ts";
import { type ConnectionOptions, effectiveType } from "../resolve/connection-options.ts";
import { defaultOsUser, namedOsUser } from "../resolve/os-user.ts";
import { type NetworkRoute, type ResolveSettings, resolve } from "../resolve/resolve.ts";
import type { Endpoint, Instance } from "../shared/instance.ts";
import { Problem } from "../shared/problem.ts";
import { accessInPolicy, type CoveringAccess, coveringAccess } from "./covering-access.ts";
import { invalidOptions } from "./read-request.ts";

/** Why a connection that could be asked for is refused all the same. */
export type Refusal =
  | { readonly code: "approval-required"; readonly requirements: Requirements }
  | { readonly code: "access-denied" | "instance-not-running" }
  | {
      readonly code: Extract<ProblemCode, "no-route-to-instance" | "endpoint-unavailable">;
      /** What is missing. */
      readonly detail: string;
    };

/** What steps 5 to 7 find out about an instance that the caller may see. */
export interface Assessment {
  readonly instance: Instance;
  readonly osUser: string;
  /** The ids of the policies that decided. */
  readonly policies: readonly string[];
  /** The access request that policy was told of, for it denies without: where the connection may be made, this carries it. */
  readonly access?: CoveringAccess;
  /** How the instance is reached, where it can be. */
  readonly route?: NetworkRoute;
  /** The first in the order of verdicts; none: the connection may be made. */
  readonly refusal?: Refusal;
}

/** An assessment without a refusal. */
export type Decided = Assessment & { readonly route: NetworkRoute };

export interface Situation {
  readonly caller: Caller;
  readonly instance: Instance;
  /** Of the instance's image, where it is known. */
  readonly imageName: string | undefined;
  readonly endpoints: readonly Endpoint[];
  /** All that are known of the instance, of whatever source. */
  readonly hostKeys: readonly StoredHostKey[];
  readonly options: ConnectionOptions;
  /** The newest access request for caller, instance and OS user, whatever its status. */
  readonly accessRequest: AccessRequest | undefined;
  /** The moment that is judged, and how policies see it. */
  readonly now: Date;
  readonly time: PolicyTime;
}

export interface AssessmentSettings extends ResolveSettings {
  readonly defaultOsUser: string;
}

/** The OS user that a connection is for: the one that the options names, else the instance's own. */
export function osUserOf(
  { options, instance, imageName }: Pick<Situation, "options" | "instance" | "imageName">,
  settings: AssessmentSettings,
): string {
  return namedOsUser(options, instance.instanceId) ?? defaultOsUser(instance, imageName, settings.defaultOsUser);
}

/**
 * Steps 5 to 7, in the order of verdicts: how is the instance reached, may the caller connect so, is it running and
 * reachable. Pure: everything it judges is given.
 *
 * @throws Problem `invalid-request` for a options that names what the instance has not.
 */
export function assessConnection(policy: PolicyEngine, situation: Situation, settings: AssessmentSettings): Assessment {
  const { caller, instance, endpoints, hostKeys, options, accessRequest, now, time } = situation;
  const resolution = resolve(instance, endpoints, options, settings);
  const { route, unreachable } = { route: undefined, unreachable: undefined, ...resolution };
  if (unreachable?.code === "invalid-request") throw invalidOptions(unreachable);

  const osUser = osUserOf(situation, settings);
  const context: Omit<ConnectContext, "access"> = {
    osUser,
    ...routeContext(route, options, hostKeys),
    time,
  };
  const accessTarget = { subject: caller.id, instanceId: instance.instanceId, osUser };
  const byItself = mayConnect(policy, caller, instance, context);
  // Whoever needs no access is not bound by it: others may ask for some in their name, and let it end.
  const access = byItself.allowed ? undefined : coveringAccess(accessRequest, accessTarget, now);
  const { allowed, policies } = access
    ? mayConnect(policy, caller, instance, { ...context, access: accessInPolicy(access) })
    : byItself;
  const assessed = { instance, osUser, policies, ...(access && { access }), ...(route && { route }) };
  if (!allowed) return { ...assessed, refusal: denialOf(policy, caller, instance, context) };
  if (instance.state !== "running") return { ...assessed, refusal: { code: "instance-not-running" } };
  return route ? assessed : { ...assessed, refusal: { code: unreachable.code, detail: unreachable.reason } };
}

/**
 * What policy is told of how the instance is reached. A serial console is at no address of the instance, and AWS vouches for its
 * host key; policy sees the same of it where it cannot be reached.
 */
function routeContext(
  route: NetworkRoute | undefined,
  options: ConnectionOptions,
  hostKeys: readonly StoredHostKey[],
): Pick<ConnectContext, "connectionType" | "address" | "hostKeyTrust"> {
  const connectionType = route?.connectionType ?? effectiveType(options);
  if (connectionType === "serial") return { connectionType, hostKeyTrust: highTrust };
  const hostKeyTrust = leastTrust(acceptedHostKeys(hostKeys));
  return { connectionType, ...(route && { address: route.host }), hostKeyTrust };
}

/**
 * Seconds of the access that policy is asked about to find out what is missing: the least that can be asked for. What policy
 * says of an access's end bounds it above, so where the shortest helps nothing, none does.
 */
const shortestAccess = 1;

/** What is missing; where no access request would help, that policy denies. */
function denialOf(
  policy: PolicyEngine,
  caller: Caller,
  instance: Instance,
  context: Omit<ConnectContext, "access">,
): Refusal {
  const access = { reason: "", expiresAt: context.time.epoch + shortestAccess };
  const requirements = requirementsToConnect(policy, caller, instance, { contexts: [context], access });
  return requirements ? { code: "approval-required", requirements } : { code: "access-denied" };
}

/** @throws Problem by the refusal's code, where there is one. */
export function requirePermitted(assessment: Assessment): Decided {
  const { refusal, route } = assessment;
  if (refusal) {
    const { code, ...more } = refusal;
    throw new Problem(code, more);
  }
  if (!route) throw new Error("An assessment without a refusal has a route");
  return { ...assessment, route };
}
