import { randomUUID } from "node:crypto";
import { type IntendedConnection, outcomeState } from "../audit/connection-trail.ts";
import type { Pushed } from "../aws/push-key.ts";
import { Problem } from "../http/problem.ts";
import type { Decided } from "./decide.ts";
import type { ConnectPorts, CreateConnection } from "./ports.ts";
import type { PublicKey } from "./public-key.ts";
import { keyExpiry, secondsAfter } from "./time.ts";

/** Seconds between an intent and the last moment at which an attempt to push may start. */
const pushWindow = 5;

/** What goes on record before the push. */
export function intentOf(
  { caller, body, requestId }: CreateConnection,
  key: PublicKey,
  { instance, route, osUser, policies }: Decided,
  policyDigest: string,
  now: Date,
): IntendedConnection {
  return {
    connectionId: randomUUID(),
    actor: caller.id,
    subject: caller.id,
    instanceId: instance.instanceId,
    osUser,
    connectionType: route.connectionType,
    address: route.host,
    port: route.port,
    endpointId: route.endpoint?.endpointId,
    publicKeyFingerprint: key.fingerprint,
    reason: body.reason,
    policies,
    policyDigest,
    requestId,
    at: now,
    pushBy: secondsAfter(now, pushWindow),
  };
}

/** Puts on record what became of the push, whether or not a tunnel could be had as well. */
export async function recordOutcome(
  ports: ConnectPorts,
  intent: IntendedConnection,
  pushed: PromiseSettledResult<Pushed>,
): Promise<void> {
  const at = ports.clock();
  const outcome =
    pushed.status === "fulfilled"
      ? ({
          status: "pushed",
          at,
          expiresAt: keyExpiry(pushed.value.startedAt),
          awsRequestId: pushed.value.awsRequestId,
        } as const)
      : ({ status: "failed", at, code: pushed.reason instanceof Problem ? pushed.reason.code : "internal" } as const);
  await ports.writeOutcome(intent.connectionId, outcomeState(intent, outcome));
}
