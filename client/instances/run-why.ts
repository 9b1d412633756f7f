import type { AccessRequest, Instance } from "../../sdk/types.ts";
import { listAccessRequests } from "../api/list-access-requests.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { checkWords } from "./check-words.ts";
import { explain } from "./explain-decision.ts";
import { findTarget } from "./find-target.ts";
import { readTarget } from "./target.ts";

/** `latchkey why` */
export async function runWhy(context: Context, { arguments: [destination], options }: CommandInput): Promise<number> {
  const { terminal, signal } = context;
  const target = readTarget(destination, options);
  const api = await context.api();
  const { key, handle, requested } = await findTarget(context, target);
  // A decision takes neither a key nor options of a tunnel.
  const { reason: _, maxTunnelSeconds: __, ...asked } = requested;
  const subject = options.text("for");
  const [decision, instance] = await Promise.all([
    api.call("decide", { ...key, ...asked, ...(subject !== undefined && { subject }) }, { signal }),
    api.call("getInstance", key, { signal }),
  ]);
  const isAboutAccess = decision.code === "access-denied" || decision.code === "approval-required";
  const active = isAboutAccess && !options.flag("json") ? await activeAccess(context, subject) : [];
  const wantsChecks = options.flag("checks") || isAboutReach(decision.code);
  const checked = wantsChecks ? await withChecks(context, key) : undefined;
  const explanation = explain({ decision, instance, handle, requested, subject, active });
  const { sentences, next, forReviewer, exitCode } = explanation;
  if (options.flag("json")) {
    const { connectionOptions } = checked ?? {};
    terminal.json({ ...decision, ...(options.flag("checks") && connectionOptions && { connectionOptions }) });
  } else {
    const { connectionType = "auto" } = decision.resolved ?? requested;
    const words = checked ? checkWords(checked, connectionType === "auto" ? undefined : connectionType) : [];
    const [verdict = "", ...more] = [...sentences, ...words];
    const paint = exitCode === exitCodes.ok ? terminal.outPaints.green : terminal.outPaints.red;
    terminal.out(`${[paint(verdict), ...more].join("\n")}\n`);
    if (options.flag("checks") && words.length === 0) terminal.hint("this Latchkey's API has no checks for it");
    if (next !== undefined) terminal.hint(ownCommand(context, next));
    if (forReviewer !== undefined) terminal.hint(`a reviewer runs: ${ownCommand(context, forReviewer, "other")}`);
  }
  return exitCode;
}

/** Whether policy permits the connection, and something else prevents it. */
const isAboutReach = (code: string | undefined) =>
  ["instance-not-running", "no-route-to-instance", "endpoint-unavailable"].includes(code ?? "");

/** Undefined if they cannot be read, as from an API that is older: the decision is what counts. */
async function withChecks(
  { api, signal }: Context,
  key: Awaited<ReturnType<typeof findTarget>>["key"],
): Promise<Instance | undefined> {
  try {
    return await (await api()).call("getInstance", { ...key, checks: "true" }, { signal });
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** What the person has been given. None if that cannot be read: the decision is what counts. */
async function activeAccess({ api, signal }: Context, named: string | undefined): Promise<readonly AccessRequest[]> {
  try {
    const latchkey = await api();
    const subject = named ?? (await latchkey.call("whoAmI", {}, { signal })).id;
    return await listAccessRequests(latchkey, { subject, status: "active" }, { signal });
  } catch {
    signal.throwIfAborted();
    return [];
  }
}
