import { randomUUID } from "node:crypto";
import { namedOsUser } from "../resolve/os-user.ts";
import { Problem } from "../shared/problem.ts";
import type { Assessment, Decided } from "./assess.ts";
import {
  type ConnectionFacts,
  type ConnectionOutcome,
  type IntendedConnection,
  keyExpiry,
} from "./connection-state.ts";
import { type Denial, type DenialCode, denialCodes, denialIdOf, groupOf } from "./denial.ts";
import type { ConnectCall, Pushed } from "./ports.ts";
import { countDenial } from "./quota.ts";

/** A connection that has been recorded, with an outcome, and under which a key is to be pushed again. */
export interface ConnectionRecord {
  readonly connectionId: string;
  /** Of its last event. */
  readonly sequence: number;
}

/** What every record of a request says, for every outcome. */
export type RequestFacts = Omit<ConnectionFacts, "connectionId" | "accessRequestId" | "breakGlass" | "policies" | "at">;

/** A push that was permitted at `at`. */
export interface PermittedPush {
  readonly facts: RequestFacts;
  readonly decided: Decided;
  readonly at: Date;
  /** No push attempt starts later. */
  readonly pushBy: Date;
}

/** What is recorded before the push. */
export function intentOf(
  { facts, decided, at, pushBy }: PermittedPush,
  record: ConnectionRecord | undefined,
): IntendedConnection {
  const { route, osUser, policies, access } = decided;
  return {
    ...facts,
    connectionId: record?.connectionId ?? randomUUID(),
    afterSequence: record?.sequence,
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

/** A refusal without an assessment: there is no such instance, or the caller may not view it, or may do nothing. */
interface Unassessed extends Partial<Pick<Assessment, "osUser" | "access" | "policies">> {
  readonly refusal: { readonly code: "instance-not-found" | "caller-suspended" };
}

/**
 * Records that the connection was denied, if it was, even if a key was to be pushed again. An absent instance and one that the
 * caller may not view are recorded alike.
 *
 * @throws Problem as the ports do: the caller hears of a denial only once it has been recorded. `throttled` instead of
 *   the denial if the caller's quota of denials is used up.
 */
export async function recordDenial(
  call: ConnectCall,
  facts: RequestFacts,
  { refusal, osUser, access, policies = [] }: Assessment | Unassessed,
): Promise<void> {
  const { ports, input, context } = call;
  if (!refusal || !isDenial(refusal.code)) return;

  await countDenial(call);
  const denial: Denial = {
    ...facts,
    code: refusal.code,
    osUser: osUser ?? namedOsUser(input, facts.instanceId),
    accessRequestId: access?.id,
    breakGlass: access?.breakGlass,
    policies,
    requirements: refusal.code === "approval-required" ? refusal.requirements : undefined,
    at: context.clock(),
  };
  context.note({ denialId: denialIdOf(groupOf(denial)) });
  await ports.denials.writeDenial(denial, context.deadline.signal);
}

/** What is recorded after the push, whether or not a tunnel could be presigned. */
export function outcomeOf(pushed: PromiseSettledResult<Pushed>, at: Date): ConnectionOutcome {
  if (pushed.status === "rejected") {
    return { status: "failed", at, code: pushed.reason instanceof Problem ? pushed.reason.code : "internal" };
  }
  const { startedAt, awsRequestId } = pushed.value;
  return { status: "pushed", at, expiresAt: keyExpiry(startedAt), awsRequestId };
}

const isDenial = (code: string): code is DenialCode => denialCodes.some((each) => each === code);
