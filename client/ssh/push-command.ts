import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { readTarget } from "../instances/target.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { sshArguments } from "./arguments.ts";
import { printConnection, printSsh } from "./print-session.ts";
import { withSession } from "./session.ts";

/** `latchkey push` */
export async function runPush(context: Context, input: CommandInput): Promise<number> {
  const { options } = input;
  const target = readTarget(input.arguments[0], options);
  if (options.text("identity") === undefined && options.text("private-key-file") === undefined) {
    throw new Failure("push needs a key of yours: --identity FILE.pub", {
      exitCode: exitCodes.usage,
      hint: "the command ssh makes a key for one connection by itself",
    });
  }
  return withSession(context, { target, options, isKept: true }, async (session) =>
    options.flag("json")
      ? printConnection(context, session)
      : printSsh(context, session, sshArguments(session.basis, { forwardings: [], options: [], rest: [] })),
  );
}
