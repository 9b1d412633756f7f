import { ApiProblem } from "../../sdk/errors.ts";
import { waitForAccess } from "../../sdk/wait-for-access.ts";
import { failureOf } from "../api/failure-of.ts";
import type { CommandInput } from "../command/command.ts";
import type { Api, Context } from "../command/context.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { tell } from "../terminal/tell.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { version } from "../terminal/version.ts";
import type { Ports, ToolFailure } from "./ports.ts";
import { onlyReachable } from "./reachable-calls.ts";
import { runRemotely } from "./remote-command.ts";

/** `latchkey mcp` */
export async function runMcp(context: Context, { options }: CommandInput): Promise<number> {
  await context.settings();
  if (context.terminal.isInteractive) context.terminal.note("waits for an agent's client on standard input");
  // A bundle beside this one, which no other command loads.
  const { serve } = await import("./serve.ts");
  await serve(portsOf(context), { allowStanding: options.flag("allow-standing"), version, signal: context.signal });
  context.signal.throwIfAborted();
  return exitCodes.ok;
}

/** What tools may do: nothing else of the API, and nothing with standard input and output, which are the protocol's. */
export function portsOf(own: Context): Ports {
  const api = async (): Promise<Api> => {
    const { url, call } = await own.api().then((all) => ({ url: all.url, call: all.call.bind(all) }));
    return { url, call: onlyReachable(call) };
  };
  const context: Context = { ...own, terminal: unattended(own.terminal), api };
  const call: Ports["call"] = async (name, ...args) => (await api()).call(name, ...args);
  return {
    call,
    reviewCommand: (id) => ownCommand(context, ["review", id, "--approve"], "other"),
    waitForAccess: (request, waitOptions) => waitForAccess(call, request, { clock: context.clock, ...waitOptions }),
    runRemotely: ({ signal, ...command }) => runRemotely({ ...context, signal }, command),
    failureOf: (error) => toolFailure(error, context),
  };
}

/** A terminal at which nobody can be asked, even if somebody has started the command by hand. */
function unattended(terminal: Terminal): Terminal {
  const refuse = () => {
    throw new Error("Standard input and output are the protocol's");
  };
  return { ...terminal, isInteractive: false, out: refuse, json: refuse, ask: refuse };
}

function toolFailure(error: unknown, context: Context): ToolFailure {
  const failure = failureOf(error, context);
  if (failure === undefined) {
    tell(error, context);
    return { message: "internal error", hint: "standard error of the server has more", problem: undefined };
  }
  const { message, hint, cause } = failure;
  return { message, hint, problem: cause instanceof ApiProblem ? cause.problem : undefined };
}
