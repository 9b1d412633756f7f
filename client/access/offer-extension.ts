import type { Connection } from "../../sdk/types.ts";
import type { Context } from "../command/context.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { showTime } from "../terminal/show-time.ts";
import { askDuration, askReason } from "./ask-access.ts";
import { extendAccess } from "./extend-access.ts";

/** Milliseconds before the end of access from which an extension is offered. */
const shortlyBefore = 600_000;

/** Whether access ends within ten minutes, but has not ended. */
function endsSoon({ clock }: Pick<Context, "clock">, accessExpiresAt: string | undefined): accessExpiresAt is string {
  const left = Date.parse(accessExpiresAt ?? "") - clock().getTime();
  return left > 0 && left <= shortlyBefore;
}

/**
 * Before a session starts: says that access ends soon, and how to extend it. Nothing is written while a session has the
 * screen.
 */
export function noteAccessEnd(context: Context, { accessExpiresAt, accessRequestId }: Connection): void {
  if (accessRequestId === undefined || !context.terminal.isInteractive || !endsSoon(context, accessExpiresAt)) return;
  const extend = ownCommand(context, ["extend", accessRequestId, "--reason", "why you need more time"]);
  context.terminal.note(
    `access ends at ${showTime(accessExpiresAt)}; this session may go on. For more time: ${extend}`,
  );
}

/** After a session, if access ends soon: offers to extend it. Never throws: the session's exit code is what counts. */
export async function offerExtension(context: Context, connection: Connection): Promise<void> {
  const { terminal, signal } = context;
  const { accessRequestId: id } = connection;
  if (id === undefined || !terminal.isInteractive || !endsSoon(context, connection.accessExpiresAt)) return;
  try {
    const api = await context.api();
    const request = await api.call("getAccessRequest", { id }, { signal });
    const canExtend = request.status === "active" && !request.breakGlass && request.extension?.status !== "pending";
    if (!canExtend || !endsSoon(context, request.expiresAt)) return;
    const reply = await terminal.ask(`Access ends at ${showTime(request.expiresAt)}. Ask for more time? [y/N] `);
    if (!/^y(es)?$/i.test(reply?.trim() ?? "")) return;
    const reason = await askReason(terminal, request.requirements);
    await extendAccess(context, { id, reason, durationSeconds: await askDuration(terminal) });
  } catch (error) {
    terminal.note(error instanceof Error ? `access is not extended: ${error.message}` : "access is not extended");
  }
}
