import { setTimeout as delay } from "node:timers/promises";
import type { AccessRequestResponse } from "../../contract/access-request.ts";
import type { LatchkeyApi } from "../api/latchkey-api.ts";
import { isProblem } from "../api/problem-code.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { grantedAccess } from "./access-outcome.ts";
import { accessProgress } from "./access-progress.ts";

/** Seconds: the longest that the API holds an answer back. */
const longPoll = 25;
/** Milliseconds between two looks, where the API did not hold its answer back. */
const shortestPause = 1000;
/** Milliseconds: the longest pause after faults, which double it. */
const longestPause = 15_000;
/** Milliseconds that a request may be looked for beyond its time: nobody answers, so nobody says that it has expired. */
const graceAfterEnd = 60_000;
/** Milliseconds for the last word of a client that is being ended. */
const cancelTimeout = 10_000;

/** For tests: how time passes. */
interface Ports {
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

const realPorts: Ports = { pause: (milliseconds, signal) => delay(milliseconds, undefined, { signal }) };

/**
 * Waits until a pending access request is active, with one line that tells how it stands. Faults of the network, and answers
 * that say "later", are waited out. Ctrl-C takes the request back, unless it was there before this command.
 *
 * @throws Failure `noPermission` where it is denied or taken away, `tryAgain` where its time runs out.
 */
export async function waitForAccess(
  context: Context,
  first: AccessRequestResponse,
  ports: Ports = realPorts,
): Promise<AccessRequestResponse> {
  const { terminal, signal } = context;
  const api = await context.api();
  let last: AccessRequestResponse;
  try {
    last = await follow(context, api, first, ports);
  } catch (error) {
    terminal.endProgress();
    if (signal.aborted) await leave(context, api, first);
    else terminal.note(`the request stays pending: latchkey cancel ${first.id} takes it back`);
    throw error;
  }
  terminal.endProgress();
  return grantedAccess(last);
}

async function follow(
  { terminal, clock, signal }: Context,
  api: LatchkeyApi,
  first: AccessRequestResponse,
  { pause }: Ports,
): Promise<AccessRequestResponse> {
  let request = first;
  let faults = 0;
  const show = () => {
    const now = terminal.isInteractive ? clock() : undefined;
    terminal.progress(accessProgress(request, { now, isOutOfTouch: faults > 0 }));
  };
  const ticking = terminal.isInteractive ? setInterval(show, 1000) : undefined;
  try {
    while (request.status === "pending") {
      signal.throwIfAborted();
      show();
      const askedAt = clock().getTime();
      try {
        const input = { params: { id: request.id }, query: { wait: String(longPoll) } };
        request = await api.call("getAccessRequest", input, signal);
        faults = 0;
      } catch (error) {
        if (!isPassing(error) || askedAt > Date.parse(request.pendingUntil) + graceAfterEnd) throw error;
        faults += 1;
      }
      const least = faults === 0 ? shortestPause : Math.min(longestPause, shortestPause * 2 ** (faults - 1));
      const rest = askedAt + least - clock().getTime();
      if (request.status === "pending" && rest > 0) await pause(rest, signal);
    }
    return request;
  } finally {
    clearInterval(ticking);
  }
}

/** Faults of the network or of AWS, and a throttle: the request itself is as it was. */
function isPassing(error: unknown): boolean {
  const passing: readonly number[] = [exitCodes.unavailable, exitCodes.tryAgain];
  return error instanceof Failure && passing.includes(error.exitCode);
}

/** Takes the request back that this command has made: nobody waits for it any more. Never throws. */
async function leave(
  { terminal }: Context,
  api: LatchkeyApi,
  { id, isPreexisting }: AccessRequestResponse,
): Promise<void> {
  if (isPreexisting) {
    terminal.note(`the request stays pending, since it was there before: latchkey cancel ${id} takes it back`);
    return;
  }
  try {
    await api.call("cancelAccessRequest", { params: { id } }, AbortSignal.timeout(cancelTimeout));
    terminal.note("the request is cancelled");
  } catch (error) {
    terminal.note(
      isProblem(error, "request-not-pending")
        ? `the request was decided just before: latchkey revoke ${id} gives access back, if it was approved`
        : `the request could not be cancelled: latchkey cancel ${id} tries again`,
    );
  }
}
