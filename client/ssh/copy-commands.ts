import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import type { Options } from "../command/options.ts";
import { readTarget } from "../instances/target.ts";
import { lookArguments, scpArguments, sftpArguments } from "./arguments.ts";
import { readOperand, readOperands } from "./operands.ts";
import { runSession } from "./run-session.ts";
import { withSession } from "./session.ts";

/** `latchkey scp` */
export async function runScp(
  context: Context,
  { arguments: files, options, rest = [] }: CommandInput,
): Promise<number> {
  const { destination, operands } = readOperands(files, context.platform);
  const flags = [...scpFlags(options), ...assignments(options), ...rest];
  return withSession(context, { target: readTarget(destination, options), options }, (session) =>
    runSession(context, session, {
      program: "scp",
      args: scpArguments(session.basis, { flags, operands }),
      sshArgs: lookArguments(session.basis, [...options.list("ssh-option"), ...rest]),
    }),
  );
}

/** `latchkey sftp` */
export async function runSftp(
  context: Context,
  { arguments: [text = ""], options, rest = [] }: CommandInput,
): Promise<number> {
  const remote = readOperand(text, context.platform);
  const [destination, path] = remote.destination === undefined ? [text, undefined] : [remote.destination, remote.path];
  return withSession(context, { target: readTarget(destination, options), options }, (session) =>
    runSession(context, session, {
      program: "sftp",
      args: sftpArguments(session.basis, [...assignments(options), ...rest], path),
      sshArgs: lookArguments(session.basis, [...options.list("ssh-option"), ...rest]),
    }),
  );
}

const flagOf = { recursive: "-r", preserve: "-p", compress: "-C", quiet: "-q" } as const;

function scpFlags(options: Options): string[] {
  return Object.entries(flagOf).flatMap(([name, flag]) => (options.flag(name) ? [flag] : []));
}

function assignments(options: Options): string[] {
  return options.list("ssh-option").flatMap((option) => ["-o", option]);
}
