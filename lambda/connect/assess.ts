import type { Caller } from "../../contract/caller.ts";
import type { AccessRequest } from "../access/access-request.ts";
import { acceptedHostKeys, leastTrust } from "../host-keys/accepted.ts";
import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import type { Circumstances, ConnectContext } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { highTrust } from "../policy/host-key-trust.ts";
import { type ConnectionOptions, effectiveType } from "../resolve/connection-options.ts";
import { defaultOsUser, namedOsUser } from "../resolve/os-user.ts";
import { type NetworkRoute, type ResolveSettings, resolve } from "../resolve/resolve.ts";
import type { Endpoint, Instance } from "../shared/instance.ts";
import { Problem } from "../shared/problem.ts";
import type { LogFields } from "../shared/request-context.ts";
import type { CoveringAccess, Reviewers } from "./covering-access.ts";
import { evaluateConnection } from "./evaluate-connection.ts";
import type { ScopeSettings } from "./ports.ts";
import { invalidOptions } from "./read-request.ts";
import { denialOf, notRunning, type Refusal } from "./refusal.ts";

/** What steps 5 to 7 find out about an instance that the caller may view. */
export interface Assessment {
  readonly instance: Instance;
  readonly osUser: string;
  /** The ids of the policies that decided. */
  readonly policies: readonly string[];
  /** The access request that policy was evaluated with. If the connection may be made, it is made under this request. */
  readonly access?: CoveringAccess;
  /** Undefined if the instance cannot be reached. */
  readonly route?: NetworkRoute;
  /** The first in the order of verdicts. Undefined: the connection may be made. */
  readonly refusal?: Refusal;
}

/** An assessment without a refusal. */
export type Decided = Assessment & { readonly route: NetworkRoute };

export interface Situation extends Circumstances {
  readonly caller: Caller;
  readonly instance: Instance;
  /** Undefined if the image's name does not matter, or is not known. */
  readonly imageName: string | undefined;
  readonly endpoints: readonly Endpoint[];
  /** All that are known of the instance, from every source. */
  readonly hostKeys: readonly StoredHostKey[];
  readonly options: ConnectionOptions;
  /** Whether the caller has been suspended since the first round trip, as far as it has been read again. */
  readonly isSuspended: boolean;
  /** The newest access request for caller, instance and OS user, and those of the caller's slots, in any status. */
  readonly accessRequests: readonly AccessRequest[];
  /** Those of the requests' reviewers who are known. */
  readonly reviewers: Reviewers;
  /** The moment of the evaluation: policies see it as `time`. */
  readonly now: Date;
}

export interface AssessmentSettings extends ResolveSettings, Pick<ScopeSettings, "scopeTags"> {
  readonly defaultOsUser: string;
}

/** The OS user of a connection: the one that the options name, else the instance's default. */
export function osUserOf(
  { options, instance, imageName }: Pick<Situation, "options" | "instance" | "imageName">,
  settings: AssessmentSettings,
): string {
  return namedOsUser(options, instance.instanceId) ?? defaultOsUser(instance, imageName, settings.defaultOsUser);
}

/**
 * Steps 5 to 7, in the order of verdicts: how the instance is reached, whether the caller may connect to it, whether it is
 * running and reachable.
 *
 * @throws Problem `invalid-request` if the options do not fit the instance.
 */
export function assessConnection(policy: PolicyEngine, situation: Situation, settings: AssessmentSettings): Assessment {
  const { caller, instance, endpoints, hostKeys, options, now, time, sourceIp } = situation;
  const resolution = resolve(instance, endpoints, options, settings);
  const { route, unreachable } = { route: undefined, unreachable: undefined, ...resolution };
  if (unreachable?.code === "invalid-request") throw invalidOptions(unreachable);

  const osUser = osUserOf(situation, settings);
  if (situation.isSuspended) return { instance, osUser, policies: [], refusal: { code: "caller-suspended" } };
  const context = { osUser, ...routeContext(route, options, hostKeys), time, sourceIp };
  const connection = { caller, instance, context, now };
  const evaluated = evaluateConnection(policy, connection, { ...situation, scopeTags: settings.scopeTags });
  const { verdict, access } = evaluated;
  const { policies } = verdict;
  const assessed = { instance, osUser, policies, ...(access && { access }), ...(route && { route }) };
  if (!verdict.allowed) return { ...assessed, refusal: denialOf(policy, connection, evaluated) };
  if (instance.state !== "running") return { ...assessed, refusal: notRunning(instance) };
  return route ? assessed : { ...assessed, refusal: { code: unreachable.code, detail: unreachable.reason } };
}

/**
 * What policy sees of the route. A serial console is at no address of the instance, and AWS vouches for its host key, even if
 * the console cannot be reached.
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

/** What a request's log line says of the decision. */
export function decisionFields({ osUser, policies, access }: Assessment): LogFields {
  return { osUser, policies, ...(access && { accessRequestId: access.id, breakGlass: access.breakGlass }) };
}

/** @throws Problem with the refusal's code, if there is a refusal. */
export function requirePermitted(assessment: Assessment): Decided {
  const { refusal, route } = assessment;
  if (refusal) {
    const { code, ...more } = refusal;
    throw new Problem(code, more);
  }
  if (!route) throw new Error("An assessment without a refusal has a route");
  return { ...assessment, route };
}
