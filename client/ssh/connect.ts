import type { ApiProblem } from "../../sdk/errors.ts";
import type { Connection } from "../../sdk/types.ts";
import { isProblem } from "../api/problem-code.ts";
import type { Context } from "../command/context.ts";
import { type FoundTarget, findTarget } from "../instances/find-target.ts";
import { connectionWords, namedOsUser, type Target } from "../instances/target.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { phrase, visible } from "../terminal/terminal.ts";

/** A connection that is made, and what its instance is called. */
export interface MadeConnection {
  readonly connection: Connection;
  /** Its Name tag, if the user named it by that. */
  readonly name: string | undefined;
}

/**
 * Has the key pushed. Where policy requires an access request and somebody sits at the terminal, offers to make one, waits, and
 * goes on.
 *
 * @param publicKey may still be in the making: it is waited for when everything else is known.
 * @throws ApiProblem; Failure
 */
export async function connect(
  context: Context,
  target: Target,
  publicKey: () => Promise<string>,
): Promise<MadeConnection> {
  const [api, found] = await Promise.all([context.api(), findTarget(context, target)]);
  const { key, name, requested } = found;
  const body = { ...key, ...requested, publicKey: await publicKey() };
  const push = () => api.call("createConnection", body, { signal: context.signal });
  const connection = await push().catch(async (error) => {
    if (!isProblem(error, "approval-required")) throw await explained(context, found, error);
    await getAccess(context, found, error);
    return push().catch(async (again) => {
      throw await explained(context, found, again);
    });
  });
  for (const { message } of connection.warnings ?? []) context.terminal.note(phrase(message));
  return { connection, name };
}

/** A refusal that `latchkey why` tells more about, with the very command; any other error as it is. */
async function explained(context: Context, { handle, requested }: FoundTarget, error: unknown): Promise<unknown> {
  const isDenied = isProblem(error, "access-denied");
  if (!isDenied && !isProblem(error, "no-route-to-instance", "endpoint-unavailable", "not-covered-by-push-tag"))
    return error;
  const { hintedFailure } = await import("../api/hinted-failure.ts");
  const why = ownCommand(context, ["why", handle, ...connectionWords(requested)]);
  return hintedFailure(error, `see ${isDenied ? "which policy decides" : "what is missing"}: ${why}`);
}

/** About access by tags that policy lets in here with more approvals than it has. */
const furtherApproval = (context: Context, id: string) =>
  `${visible(id)} needs a further approval; a reviewer runs: ${ownCommand(context, ["review", id, "--approve"], "other")}`;

async function getAccess(context: Context, found: FoundTarget, error: ApiProblem): Promise<void> {
  const { key, name, handle, requested } = found;
  const { requirements } = error.problem;
  const { terminal, signal } = context;
  const api = await context.api();
  const osUser =
    namedOsUser(requested, key.instanceId) ?? (await api.call("getInstance", key, { signal })).defaultOsUser;
  if (!terminal.isInteractive || requirements === undefined) {
    const { hintedFailure } = await import("../api/hinted-failure.ts");
    const { accessRequestId } = requirements ?? {};
    if (accessRequestId !== undefined) throw hintedFailure(error, furtherApproval(context, accessRequestId));
    const reason = requested.reason ?? "why you need it";
    // The very command: what the user gave is in it.
    const words = ["request", handle, "--os-user", osUser, "--reason", reason, "--wait"];
    throw hintedFailure(error, `ask for access, then try again: ${ownCommand(context, words)}`);
  }
  const { askForAccess } = await import("../access/ask-access.ts");
  await askForAccess(context, { key, instanceName: name, osUser, requirements, reason: requested.reason });
}
