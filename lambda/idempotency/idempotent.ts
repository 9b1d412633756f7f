import type { Caller } from "../../contract/caller.ts";
import { problems } from "../../contract/problem.ts";
import type { RouteName } from "../../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import { Problem } from "../shared/problem.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import type { IdempotencyPorts, IdempotentOperation } from "./ports.ts";
import { type IdempotencyRecord, standingOf, startRecord } from "./record.ts";
import { bodyFingerprint, scopeHash } from "./scope.ts";

/** What is looked at of a request, whatever its route. */
export interface KeyedRequest extends Pick<ApiRequest, "idempotencyKey" | "deadline" | "facts"> {
  readonly caller: Caller;
  readonly params: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/**
 * Makes a handler of what a route does: a request with an Idempotency-Key is run once, and answered again without being run.
 * A request without one is run, and nothing is read or written for it.
 *
 * What comes to a problem is not kept: the next request with that key runs anew. Where the problem is not the caller's to mend,
 * or the run was cut off, something may have been done all the same: the next run goes on with that.
 *
 * @throws Problem `idempotency-mismatch` where the key came with another body, `idempotency-in-progress` while another
 *   request with it runs, `upstream-unavailable` where it is fought over; and whatever table, run and replay throw.
 */
export function idempotent<Request extends KeyedRequest, Answer, Stored>(
  ports: IdempotencyPorts,
  route: RouteName,
  repeatable: IdempotentOperation<Request, Answer, Stored>,
): (request: Request) => Promise<Answer> {
  return async (request) => {
    const { idempotencyKey: key, caller, params, body, deadline, facts } = request;
    if (key === undefined) return repeatable.run(request);
    const hash = scopeHash({ caller, route, params, key });
    const first = startRecord(bodyFingerprint(body), deadline.at, ports.clock());

    // Most keys are new: the record is read only where the first write has found one.
    const read = () => ports.read(hash, deadline.signal);
    const { response } = await retryOnConflict<IdempotencyRecord | undefined, { response: Answer }>(
      undefined,
      read,
      async (found) => {
        const standing = standingOf(found, first.fingerprint, ports.clock());
        if (standing === "mismatch") throw new Problem("idempotency-mismatch");
        if (standing === "running") throw new Problem("idempotency-in-progress");
        if (standing === "answered" && found?.response !== undefined) {
          facts.idempotency = "replayed";
          const response = await repeatable.replay(repeatable.stored.parse(JSON.parse(found.response)), request);
          if (response !== undefined) return { response };
        }
        // A run that came to nothing is not gone on with: the trail tells already how it ended.
        const isRepeated = standing === "cut-off" || standing === "answered";
        const next = found && isRepeated ? { ...first, resultId: found.resultId, response: found.response } : first;
        const isOurs =
          !found || standing === "absent"
            ? await ports.begin(hash, next, ports.clock(), deadline.signal)
            : await ports.takeOver(hash, found, next, deadline.signal);
        if (!isOurs) return undefined;
        return { response: await runClaimed(ports, repeatable, request, { hash, record: next, isRepeated }) };
      },
    );
    return response;
  };
}

interface ClaimedRun {
  readonly hash: string;
  /** As this run has written it. */
  readonly record: IdempotencyRecord;
  readonly isRepeated: boolean;
}

/** Runs a request that holds its key, and puts on record what came of it. */
async function runClaimed<Request extends KeyedRequest, Answer, Stored>(
  ports: IdempotencyPorts,
  { run, stored }: Pick<IdempotentOperation<Request, Answer, Stored>, "run" | "stored">,
  request: Request,
  { hash, record, isRepeated }: ClaimedRun,
): Promise<Answer> {
  const { claim, resultId, response: earlier } = record;
  request.facts.idempotency = isRepeated ? "repeated" : "first";
  const response = await run(request, { resultId, isRepeated }).catch(async (error: unknown) => {
    const status = earlier === undefined && hasDoneNothing(error) ? "released" : "done";
    // Where even this fails, the key is free again once the lock is over.
    await ports.end(hash, claim, { status }).catch(() => {});
    throw error;
  });
  const keep = async () => ports.end(hash, claim, { status: "done", response: JSON.stringify(stored.parse(response)) });
  // What has been done has been done: the caller gets the response, and the next request finds a run that was cut off.
  await keep().catch(() => {
    request.facts.idempotency = "unrecorded";
  });
  return response;
}

/** What is the caller's to mend has been refused. Any other fault may have come after the effect, or hide it. */
function hasDoneNothing(error: unknown): boolean {
  return error instanceof Problem && problems[error.code].status < 500;
}
