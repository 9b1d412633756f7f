import { problems } from "../../contract/problem.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import type { IdempotencyStore, IdempotentOperation } from "./ports.ts";
import { type IdempotencyRecord, retryAfter, standingOf, startRecord } from "./record.ts";
import { bodyFingerprint, type Scope, scopeHash } from "./scope.ts";

/** What a key is compared by. */
export interface KeyedCall extends Pick<Scope, "caller" | "ids"> {
  /** Undefined if the caller sent none. */
  readonly key: string | undefined;
  /** A second call with the same key must have an equal one. */
  readonly body: unknown;
}

/**
 * Makes an operation idempotent: it runs once for a key, and later calls with that key get the stored response. A call without a
 * key always runs, and no record is read or written for it.
 *
 * A problem is not stored: the next call with that key runs again. If a run failed with a problem that is not the
 * caller's to fix, or was interrupted, it may have done something all the same; the next run continues with that.
 *
 * @param name of the operation, in the scope of its keys.
 * @throws Problem `idempotency-mismatch` if the key came with another body, `idempotency-in-progress` while another call with it
 *   runs, `upstream-unavailable` after too many conflicts; and as the store, `run` and `replay` do.
 */
export function idempotent<Input, Response, Stored>(
  store: IdempotencyStore,
  name: string,
  operation: IdempotentOperation<Input, Response, Stored>,
): (call: KeyedCall, input: Input, context: RequestContext) => Promise<Response> {
  return async ({ key, caller, ids, body }, input, context) => {
    if (key === undefined) return operation.run(input, context);
    const { deadline, clock } = context;
    const hash = scopeHash({ caller, operation: name, ids, key });
    const first = startRecord(bodyFingerprint(body), deadline.at, clock());

    // Most keys are new: the record is read only if the first write finds one.
    const read = () => store.read(hash, deadline.signal);
    const { response } = await retryOnConflict<IdempotencyRecord | undefined, { response: Response }>(
      undefined,
      read,
      async (found) => {
        const standing = standingOf(found, first.fingerprint, clock());
        if (standing === "mismatch") throw new Problem("idempotency-mismatch");
        if (found && standing === "running") throw inProgress(found, clock());
        if (standing === "answered" && found?.response !== undefined) {
          context.note({ idempotency: "replayed" });
          const response = await operation.replay(operation.stored.parse(JSON.parse(found.response)), input, context);
          if (response !== undefined) return { response };
        }
        // A released run is not continued: the trail already says how it ended.
        const isRepeated = standing === "interrupted" || standing === "answered";
        const next = found && isRepeated ? { ...first, resultId: found.resultId, response: found.response } : first;
        const isOurs =
          !found || standing === "absent"
            ? await store.begin(hash, next, clock(), deadline.signal)
            : await store.takeOver(hash, found, next, deadline.signal);
        if (!isOurs) return undefined;
        const { resultId } = next;
        const run = () => operation.run(input, context, { resultId, isRepeated });
        const keep = (response: Response) => JSON.stringify(operation.stored.parse(response));
        context.note({ idempotency: isRepeated ? "repeated" : "first" });
        return { response: await runClaimed(store, { hash, record: next, run, keep }, context) };
      },
    );
    return response;
  };
}

function inProgress(record: IdempotencyRecord, now: Date): Problem {
  return new Problem("idempotency-in-progress", { headers: { "Retry-After": String(retryAfter(record, now)) } });
}

interface ClaimedRun<Response> {
  readonly hash: string;
  /** As this run has written it. */
  readonly record: IdempotencyRecord;
  run(): Promise<Response>;
  /** What to store of a response. */
  keep(response: Response): string;
}

/** Runs an operation that holds its key, and records the outcome. */
async function runClaimed<Response>(
  store: IdempotencyStore,
  { hash, record: { claim, response: earlier }, run, keep }: ClaimedRun<Response>,
  context: RequestContext,
): Promise<Response> {
  const response = await run().catch(async (error: unknown) => {
    const status = earlier === undefined && hasDoneNothing(error) ? "released" : "done";
    // If even this fails, the key is free again when the lock ends.
    await store.end(hash, claim, { status }).catch(() => {});
    throw error;
  });
  const end = async () => store.end(hash, claim, { status: "done", response: keep(response) });
  // It has been done, so the caller gets the response. The next call finds an interrupted run.
  await end().catch(() => context.note({ idempotency: "unrecorded" }));
  return response;
}

/** A problem that is the caller's to fix is a refusal. Any other may have come after the effect, or hide it. */
function hasDoneNothing(error: unknown): boolean {
  return error instanceof Problem && problems[error.code].status < 500;
}
