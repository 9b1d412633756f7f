import type { SessionCredentials } from "../aws/sts/push-role.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import { namedOsUser } from "../resolve/os-user.ts";
import type { Endpoint, Instance } from "../shared/instance.ts";
import type { ConnectPorts, ConnectSettings, CreateConnection, StoredForConnection } from "./ports.ts";
import { pushSession, serialPushSession } from "./session-policy.ts";

/** What hangs on the OS user: the credentials that push for this one, and the newest access request to be this one. */
export interface ForOsUser extends Pick<StoredForConnection, "accessRequest"> {
  readonly osUser: string;
  readonly credentials: SessionCredentials;
}

export interface Inputs extends Pick<StoredForConnection, "hostKeys"> {
  readonly policy: PolicyEngine;
  readonly described: Instance | undefined;
  /** None for a serial console, which is reached through no endpoint. */
  readonly endpoints: readonly Endpoint[];
  /** The user is a guess where the caller names none. */
  readonly guess: ForOsUser;
}

/**
 * Step 3: all that does not wait for another, at once. The same calls are made whatever the instance turns out to be, so that
 * their time tells nothing about it.
 *
 * @throws Problem of the first that fails.
 */
export async function gatherInputs(
  ports: ConnectPorts,
  settings: ConnectSettings,
  request: CreateConnection,
): Promise<Inputs> {
  const { instanceId } = request.params;
  const { signal } = request.deadline;
  const osUser = namedOsUser(request.body, instanceId) ?? ports.osUsers.guess(instanceId) ?? settings.defaultOsUser;
  const [policy, described, endpoints, { hostKeys, accessRequest }, credentials] = await Promise.all([
    ports.policy,
    ports.describeInstance(instanceId, signal),
    request.body.connectionType === "serial" ? [] : ports.describeEndpoints(signal),
    ports.readForConnection({ subject: request.caller.id, instanceId, osUser }, signal),
    assumeFor(ports, settings, request, osUser),
  ]);
  return { policy, described, endpoints, hostKeys, guess: { osUser, accessRequest, credentials } };
}

/**
 * The same for the OS user that it turned out to be, where the guess was another.
 *
 * @throws Problem as the push role's credentials do, and the table.
 */
export async function gatherForOsUser(
  ports: ConnectPorts,
  settings: ConnectSettings,
  request: CreateConnection,
  osUser: string,
): Promise<ForOsUser> {
  const { caller, params, deadline } = request;
  const [accessRequest, credentials] = await Promise.all([
    ports.readCurrentAccess({ subject: caller.id, instanceId: params.instanceId, osUser }, deadline.signal),
    assumeFor(ports, settings, request, osUser),
  ]);
  return { osUser, accessRequest, credentials };
}

function assumeFor(
  ports: ConnectPorts,
  { place }: ConnectSettings,
  { caller, params, body, deadline }: CreateConnection,
  osUser: string,
): Promise<SessionCredentials> {
  const { instanceId } = params;
  const session =
    body.connectionType === "serial"
      ? serialPushSession(place, instanceId, deadline.at)
      : pushSession(place, instanceId, osUser, deadline.at);
  return ports.assumePushRole(caller.id, session, deadline.signal);
}
