import type { ApiProblem } from "../../sdk/errors.ts";
import type { Connection } from "../../sdk/types.ts";
import { isProblem } from "../api/problem-code.ts";
import type { Context } from "../command/context.ts";
import { findInstance } from "../instances/find-instance.ts";
import type { Target } from "../instances/target.ts";
import { printedCommand } from "../quoting/shell-words.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";

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
  { instance, requested }: Target,
  publicKey: () => Promise<string>,
): Promise<MadeConnection> {
  const [api, { instanceId, name }] = await Promise.all([context.api(), findInstance(context, instance)]);
  const body = { ...requested, publicKey: await publicKey() };
  const push = () => api.call("createConnection", { instanceId, ...body }, { signal: context.signal });
  try {
    return { connection: await push(), name };
  } catch (error) {
    if (!isProblem(error, "approval-required")) throw error;
    await getAccess(context, { instance, instanceId, name, requested }, error);
    return { connection: await push(), name };
  }
}

interface Refused extends Target {
  readonly instanceId: string;
  readonly name: string | undefined;
}

async function getAccess(context: Context, refused: Refused, error: ApiProblem): Promise<void> {
  const { instanceId, name, requested } = refused;
  const { requirements } = error.problem;
  const osUser = requested.osUser ?? (await defaultOsUser(context, instanceId));
  if (!context.terminal.isInteractive || requirements === undefined) {
    const { problemLine } = await import("../api/problem-words.ts");
    throw new Failure(problemLine(error.problem), {
      exitCode: exitCodes.noPermission,
      hint: `ask for access, then try again: ${requestCommand(refused, osUser)}`,
      cause: error,
    });
  }
  const { askForAccess } = await import("../access/ask-access.ts");
  await askForAccess(context, { instanceId, instanceName: name, osUser, requirements, reason: requested.reason });
}

/** The very command: what the user gave is in it. */
function requestCommand({ instance, requested }: Refused, osUser: string): string {
  const reason = requested.reason ?? "why you need it";
  return printedCommand(["latchkey", "request", instance, "--os-user", osUser, "--reason", reason, "--wait"]);
}

async function defaultOsUser(context: Context, instanceId: string): Promise<string> {
  const api = await context.api();
  const { defaultOsUser } = await api.call("getInstance", { instanceId }, { signal: context.signal });
  return defaultOsUser;
}
