import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { readTarget } from "../instances/target.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { lookArguments, sshArguments } from "./arguments.ts";
import { runSession } from "./run-session.ts";
import { withSession } from "./session.ts";

/** `latchkey ssh` */
export async function runSsh(context: Context, input: CommandInput): Promise<number> {
  const { options } = input;
  const [isPrinted, isJson] = [options.flag("print"), options.flag("json")];
  if (isPrinted && isJson) throw new Failure("take one of --print and --json", { exitCode: exitCodes.usage });
  const target = readTarget(input.arguments[0], options);
  return withSession(context, { target, options, isKept: isPrinted || isJson }, async (session) => {
    const args = sshArguments(session.basis, {
      forwardings: options.list("local-forwarding"),
      options: options.list("ssh-option"),
      rest: input.rest ?? [],
    });
    if (isJson || isPrinted) {
      const { printConnection, printSsh } = await import("./print-session.ts");
      return isJson ? printConnection(context, session) : printSsh(context, session, args);
    }
    return runSession(context, session, {
      program: "ssh",
      args,
      sshArgs: lookArguments(session.basis, [...options.list("ssh-option"), ...(input.rest ?? [])]),
    });
  });
}
