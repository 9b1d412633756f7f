import { intendedState } from "../audit/connection-trail.ts";
import type { Connection } from "../contract/connection.ts";
import { answer } from "./answer.ts";
import { assessConnection, requirePermitted, requireVisible } from "./decide.ts";
import { decidingImage } from "./os-user.ts";
import type { ConnectPorts, ConnectSettings, CreateConnection } from "./ports.ts";
import { readKey, requireConsistent } from "./read-wish.ts";
import { intentOf, recordOutcome } from "./record.ts";
import { pushSession } from "./session-policy.ts";
import { openTunnel } from "./tunnel.ts";

/**
 * Makes one connection: steps 2 to 10 of docs/how-a-connection-works.md, in their order.
 *
 * @throws Problem for every verdict but 201. Nothing has been pushed then, unless the trail says so.
 */
export async function makeConnection(
  ports: ConnectPorts,
  settings: ConnectSettings,
  request: CreateConnection,
): Promise<Connection> {
  const { caller, params, body, deadline, facts } = request;
  requireConsistent(body);
  const key = readKey(body);
  Object.assign(facts, { instanceId: params.instanceId, publicKeyFingerprint: key.fingerprint });

  const assumeFor = (osUser: string) =>
    ports.assumePushRole(
      caller.id,
      pushSession(settings.place, params.instanceId, osUser, deadline.at),
      deadline.signal,
    );
  const guessedUser = body.osUser ?? ports.osUsers.guess(params.instanceId) ?? settings.defaultOsUser;
  const [policy, described, endpoints, hostKeys, guessedCredentials] = await Promise.all([
    ports.policy,
    ports.describeInstance(params.instanceId, deadline.signal),
    ports.describeEndpoints(deadline.signal),
    ports.readHostKeys(params.instanceId, deadline.signal),
    assumeFor(guessedUser),
  ]);

  const instance = requireVisible(policy, caller, described);
  const imageId = body.osUser === undefined ? decidingImage(instance) : undefined;
  const imageName = imageId && (await ports.readImageName(imageId, deadline.signal));
  const time = settings.policyTime(ports.clock());
  const situation = { caller, instance, imageName, endpoints, wish: body, time };
  const assessment = assessConnection(policy, situation, settings);
  Object.assign(facts, { osUser: assessment.osUser, policies: assessment.policies });
  const decided = requirePermitted(assessment);
  if (body.osUser === undefined) ports.osUsers.learn(instance.instanceId, decided.osUser);
  // Only where the guess was wrong.
  const credentials = decided.osUser === guessedUser ? guessedCredentials : await assumeFor(decided.osUser);

  const intent = intentOf(request, key, decided, policy.digest, ports.clock());
  Object.assign(facts, { connectionId: intent.connectionId, connectionType: intent.connectionType });
  await ports.writeIntent(intent.connectionId, intendedState(intent), deadline.signal);

  const { route, osUser } = decided;
  const push = { instanceId: intent.instanceId, osUser, keyLine: key.line, pushBy: intent.pushBy };
  const [pushed, tunnel] = await Promise.allSettled([
    ports.pushKey(credentials, push, deadline.signal),
    route.connectionType === "eice"
      ? openTunnel(ports, settings, caller.id, route, body.maxTunnelSeconds, deadline)
      : undefined,
  ]);
  await recordOutcome(ports, intent, pushed);
  if (pushed.status === "rejected") throw pushed.reason;
  if (tunnel.status === "rejected") throw tunnel.reason;

  Object.assign(facts, { awsRequestId: pushed.value.awsRequestId });
  return answer(intent, decided, pushed.value, tunnel.value, hostKeys, ports.clock());
}
