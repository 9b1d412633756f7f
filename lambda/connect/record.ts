import { randomUUID } from "node:crypto";
import type { PublicKey } from "../../ssh-format/public-key.ts";
import type { Pushed } from "../aws/ec2-instance-connect/push-key.ts";
import { namedOsUser } from "../resolve/os-user.ts";
import { Problem } from "../shared/problem.ts";
import type { Assessment, Decided } from "./assess.ts";
import { deniedState, type IntendedConnection, outcomeState } from "./connection-state.ts";
import type { Evaluation } from "./evaluate.ts";
import { keyExpiry } from "./key-expiry.ts";
import type { ConnectPorts, CreateConnection } from "./ports.ts";

/** A connection that is on record, with an outcome, and whose key is to be pushed anew. */
export interface ConnectionRecord {
  readonly connectionId: string;
  /** Of its last event. */
  readonly sequence: number;
}

/** What a request goes on record with, whatever comes of it. */
export interface OnRecord {
  readonly request: CreateConnection;
  readonly key: PublicKey;
  readonly policyDigest: string;
}

/** What goes on record before the push. */
export function intentOf(
  onRecord: OnRecord,
  { instance, route, osUser, policies, access }: Decided,
  { at, pushBy }: Pick<Evaluation, "at" | "pushBy">,
  record?: ConnectionRecord,
): IntendedConnection {
  return {
    connectionId: record?.connectionId ?? randomUUID(),
    afterSequence: record?.sequence,
    ...factsOf(onRecord),
    instanceId: instance.instanceId,
    osUser,
    connectionType: route.connectionType,
    address: route.host,
    port: route.port,
    endpointId: route.endpoint?.endpointId,
    accessRequestId: access?.id,
    breakGlass: access?.breakGlass,
    policies,
    at,
    pushBy,
  };
}

/** The verdicts of policy, which go on record. The others say what is wrong with a request, or with us. */
type Denial = "access-denied" | "approval-required" | "instance-not-found";

/**
 * Puts on record that policy has denied the connection, where it has. An absent instance and an unseen one are on record
 * alike. It is an item of its own, even where a connection was to be pushed anew.
 *
 * @param assessment undefined where the caller may not see the instance, or there is none.
 * @throws Problem as the port does: a denial is answered only when it stands on record.
 */
export async function recordDenial(
  ports: ConnectPorts,
  onRecord: OnRecord,
  assessment: Assessment | undefined,
): Promise<void> {
  const refusal = assessment ? assessment.refusal : ({ code: "instance-not-found" } as const);
  const { body, params, deadline, facts } = onRecord.request;
  if (!refusal || !isDenial(refusal.code)) return;

  const connectionId = randomUUID();
  facts.connectionId = connectionId;
  const state = deniedState({
    connectionId,
    code: refusal.code,
    ...factsOf(onRecord),
    instanceId: params.instanceId,
    osUser: assessment?.osUser ?? namedOsUser(body, params.instanceId),
    accessRequestId: assessment?.access?.id,
    breakGlass: assessment?.access?.breakGlass,
    policies: assessment?.policies ?? [],
    requirements: refusal.code === "approval-required" ? refusal.requirements : undefined,
    at: ports.clock(),
  });
  await ports.writeDenial(connectionId, state, deadline.signal);
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

const denials: ReadonlySet<string> = new Set<Denial>(["access-denied", "approval-required", "instance-not-found"]);

const isDenial = (code: string): code is Denial => denials.has(code);

function factsOf({ request: { caller, body, requestId }, key, policyDigest }: OnRecord) {
  return {
    actor: caller.id,
    subject: caller.id,
    publicKeyFingerprint: key.fingerprint,
    reason: body.reason,
    policyDigest,
    requestId,
  };
}
