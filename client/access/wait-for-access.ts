import type { AccessRequest } from "../../sdk/types.ts";
import { waitForAccess as followAccess, type WaitOptions } from "../../sdk/wait-for-access.ts";
import { isProblem } from "../api/problem-code.ts";
import type { Api, Context } from "../command/context.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { grantedAccess } from "./access-outcome.ts";
import { accessProgress } from "./access-progress.ts";

/** Milliseconds for the call that cancels the request after Ctrl-C. */
const cancelTimeout = 10_000;

/**
 * Waits until a pending access request is active or scheduled, and shows on one line how it stands. Ctrl-C cancels the
 * request, unless it existed before this command.
 *
 * @param pause for tests: how to wait between two requests.
 * @throws Failure `noPermission` if it is denied, cancelled or revoked, `tryAgain` if it expires; what the API's call throws.
 */
export async function waitForAccess(
  context: Context,
  first: AccessRequest,
  pause?: WaitOptions["pause"],
): Promise<AccessRequest> {
  const { terminal, signal } = context;
  const api = await context.api();
  let last: AccessRequest;
  try {
    last = await follow(context, api, first, pause);
  } catch (error) {
    terminal.endProgress();
    if (signal.aborted) await leave(context, api, first);
    else terminal.note(`the request stays pending; to cancel it: ${ownCommand(context, ["cancel", first.id])}`);
    throw error;
  }
  terminal.endProgress();
  return grantedAccess(last);
}

async function follow(
  { terminal, clock, signal }: Context,
  api: Api,
  first: AccessRequest,
  pause: WaitOptions["pause"],
): Promise<AccessRequest> {
  let state = { request: first, failures: 0 };
  const show = () => {
    const now = terminal.isInteractive ? clock() : undefined;
    terminal.progress(accessProgress(state.request, { now, isUnreachable: state.failures > 0 }));
  };
  const onUpdate = (request: AccessRequest, failures: number) => {
    state = { request, failures };
    show();
  };
  const ticking = terminal.isInteractive ? setInterval(show, 1000) : undefined;
  try {
    return await followAccess(api.call.bind(api), first, { signal, onUpdate, clock, pause });
  } finally {
    clearInterval(ticking);
  }
}

/** Cancels the request that this command made: nobody waits for it any more. Never throws. */
async function leave(context: Context, api: Api, { id, isPreexisting }: AccessRequest): Promise<void> {
  const { terminal } = context;
  const cancel = ownCommand(context, ["cancel", id]);
  if (isPreexisting) {
    terminal.note(`the request existed before and stays pending; to cancel it: ${cancel}`);
    return;
  }
  try {
    await api.call("cancelAccessRequest", { id }, { signal: AbortSignal.timeout(cancelTimeout) });
    terminal.note("the request is cancelled");
  } catch (error) {
    terminal.note(
      isProblem(error, "request-not-pending")
        ? `the request was reviewed just before; if it was approved, end access with: ${ownCommand(context, ["revoke", id])}`
        : `the request could not be cancelled; try again: ${cancel}`,
    );
  }
}
