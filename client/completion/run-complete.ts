import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";

/** Milliseconds that somebody who has pressed Tab waits without wondering. */
const patience = 2000;

/** `latchkey complete` */
export async function runComplete(context: Context, { arguments: [kind, text = ""] }: CommandInput): Promise<number> {
  try {
    const { token, tokenCommand } = await context.settings();
    // It might open a browser: nobody who presses Tab expects that.
    if (token === undefined && tokenCommand !== undefined) return exitCodes.ok;
    const names = await namesOf(context, kind);
    // A name with a control character or a space in it would become something else in a shell.
    const plain = names.filter((name) => name.startsWith(text) && /^[\w.@:/+-]+$/.test(name));
    context.terminal.out(plain.map((name) => `${name}\n`).join(""));
  } catch {
    // Nothing to complete.
  }
  return exitCodes.ok;
}

async function namesOf(context: Context, kind: string | undefined): Promise<readonly string[]> {
  const api = await context.api();
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(patience)]);
  if (kind === "requests") {
    const { items } = await api.call("listAccessRequests", { limit: 100 }, { signal });
    return items.filter(({ status }) => status === "pending" || status === "active").map(({ id }) => id);
  }
  const { items } = await api.call("listInstances", { limit: 100 }, { signal });
  return [...new Set(items.map(({ name, instanceId }) => name ?? instanceId))].sort();
}
