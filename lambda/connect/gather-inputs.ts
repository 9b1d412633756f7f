import type { AccessRequest, AccessTarget } from "../access/access-request.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { namedOsUser } from "../resolve/os-user.ts";
import type { Endpoint, Instance } from "../shared/instance.ts";
import type { ConnectCall, SessionCredentials, StoredForConnection } from "./ports.ts";
import { pushSession, serialPushSession } from "./session-policy.ts";

/** What depends on the OS user: credentials that push for this user only, and the caller's newest access request. */
export interface ForOsUser extends Pick<StoredForConnection, "accessRequests"> {
  readonly osUser: string;
  readonly credentials: SessionCredentials;
}

export interface Inputs extends Pick<StoredForConnection, "hostKeys" | "isSuspended"> {
  readonly policy: PolicyEngine;
  /** The caller's access requests with a scope of tags, in any status. */
  readonly slots: readonly AccessRequest[];
  readonly described: Instance | undefined;
  /** Empty for a serial console, which is not reached through an endpoint. */
  readonly endpoints: readonly Endpoint[];
  /** For a guessed user, if the caller names none. */
  readonly guess: ForOsUser;
}

/**
 * Step 3, the first round trip: everything that does not wait for anything else. The same calls are made whether or not the
 * instance exists, so that their time tells nothing about it.
 *
 * @throws Problem of the first call that fails.
 */
export async function gatherInputs(call: ConnectCall): Promise<Inputs> {
  const { ports, settings, input, context } = call;
  const { instanceId } = input;
  const { signal } = context.deadline;
  const osUser =
    namedOsUser(input, instanceId) ?? ports.osUsers.guess({ ...settings.target, instanceId }) ?? settings.defaultOsUser;
  const [described, endpoints, stored, slots, credentials] = await Promise.all([
    ports.instances.describeInstance(instanceId, signal),
    input.connectionType === "serial" ? [] : ports.network.describeEndpoints(signal),
    ports.access.readForConnection(accessTargetOf(call, osUser), signal),
    ports.access.readSlots(input.caller.id, signal),
    assumeFor(call, osUser),
  ]);
  const { hostKeys, accessRequests, isSuspended } = stored;
  return {
    policy: ports.policy,
    described,
    endpoints,
    hostKeys,
    isSuspended,
    slots,
    guess: { osUser, accessRequests, credentials },
  };
}

/**
 * The same for the instance's own OS user, if the guess was wrong.
 *
 * @throws Problem as the ports do.
 */
export async function gatherForOsUser(call: ConnectCall, osUser: string): Promise<ForOsUser> {
  const [accessRequests, credentials] = await Promise.all([
    call.ports.access.readCurrentAccess(accessTargetOf(call, osUser), call.context.deadline.signal),
    assumeFor(call, osUser),
  ]);
  return { osUser, accessRequests, credentials };
}

function accessTargetOf({ settings, input }: ConnectCall, osUser: string): AccessTarget {
  const { accountId, region } = settings.target;
  return { subject: input.caller.id, accountId, region, instanceId: input.instanceId, osUser };
}

function assumeFor({ ports, settings, input, context }: ConnectCall, osUser: string): Promise<SessionCredentials> {
  const { target } = settings;
  const { at, signal } = context.deadline;
  const session =
    input.connectionType === "serial"
      ? serialPushSession(target, input.instanceId, at)
      : pushSession(target, input.instanceId, osUser, at);
  return ports.pushRole.assumePushRole(input.caller.id, session, signal);
}
