import type { Caller } from "../../contract/caller.ts";
import type { SuspensionResponse } from "../../contract/suspension.ts";
import { maySuspend } from "../policy/authorize.ts";
import type { PolicyEngine } from "../policy/engine.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import { invalidField, Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import { secondsAfter } from "../shared/time.ts";
import { changeSuspension, type Suspension, type SuspensionChange, type Suspensions } from "./suspension.ts";

/**
 * Seconds after a suspension was decided until no push can start any more: by then the call that writes it has ended, and every
 * call for a connection that had read the caller's state before the write. Each takes ten seconds at most.
 */
export const longestCalls = 20;

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface SuspensionReader {
  /** By consistent reads. */
  readSuspensions(callerIds: readonly string[], signal: AbortSignal): Promise<Suspensions>;
}

export interface SuspensionStore extends SuspensionReader {
  /** @returns false if it has changed since it was read: then nothing has been written. */
  writeSuspension(change: SuspensionChange, signal: AbortSignal): Promise<boolean>;
}

export interface SuspendPorts {
  readonly policy: PolicyEngine;
  readonly suspensions: SuspensionStore;
}

export interface SuspendSettings {
  /** Everybody that a caller with this id could be: none if no source of identities asserts it. */
  readonly possibleCallers: (id: string) => readonly Caller[];
  readonly policyTime: (moment: Date) => PolicyTime;
}

export interface SuspendInput {
  readonly caller: Caller;
  readonly callerId: string;
  readonly isSuspended: boolean;
  readonly reason: string;
}

/**
 * Suspends or restores a caller. Nothing changes, and there is no event, if they are so already.
 *
 * @throws Problem in this order: `invalid-request` for the caller's own id, and for one that no source of identities asserts;
 *   `access-denied` unless policy permits it, with whichever groups the other may come; and as the ports do.
 */
export async function suspend(
  ports: SuspendPorts,
  { possibleCallers, policyTime }: SuspendSettings,
  { caller, callerId, isSuspended, reason }: SuspendInput,
  { clock, requestId, sourceIp, note, deadline: { signal } }: RequestContext,
): Promise<SuspensionResponse> {
  if (callerId === caller.id) throw invalidField("/callerId", "own-id", "You cannot suspend or restore yourself.");
  const others = possibleCallers(callerId);
  if (others.length === 0)
    throw invalidField("/callerId", "unknown-caller", "No source of identities asserts this id.");
  const { policy } = ports;
  const circumstances = { time: policyTime(clock()), sourceIp };
  const { allowed, policies } = maySuspend(policy, caller, others, { restore: !isSuspended, ...circumstances });
  note({ policies });
  if (!allowed) throw new Problem("access-denied");

  const read = async () => (await ports.suspensions.readSuspensions([callerId], signal)).get(callerId);
  const done = await retryOnConflict<Suspension | undefined, { readonly current: Suspension | undefined }>(
    await read(),
    read,
    async (current) => {
      const act = { actor: caller.id, at: clock(), requestId, policies, policyDigest: policy.digest };
      const change = changeSuspension(current, { callerId, isSuspended, reason }, act);
      if (!change) return { current };
      return (await ports.suspensions.writeSuspension(change, signal)) ? { current: change.next } : undefined;
    },
  );
  const { sequence: _, ...response } = done.current ?? {
    callerId,
    isSuspended: false,
    changedAt: undefined,
    sequence: 0,
  };
  return response.changedAt === undefined || !response.isSuspended
    ? response
    : { ...response, noPushesAfter: secondsAfter(new Date(response.changedAt), longestCalls).toISOString() };
}
