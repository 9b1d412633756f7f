import type { Context } from "./context.ts";
import type { Options } from "./options.ts";

/** An option of a command, as `--help`, the completion and the man page tell it. */
export interface OptionSpec {
  /** Without the dashes: `os-user`. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** What stands for its value in the help, such as `USER`. Left out: it is a flag. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly isRepeatable?: boolean;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
  /** Half a line: no capital, no full stop. */
  readonly summary: string;
}

export interface ArgumentSpec {
  /** As the help shows it: `instance`. */
  readonly name: string;
  readonly isOptional?: boolean;
  /** Whether any number of them may stand there. */
  readonly isRepeatable?: boolean;
  /** The only words that it may be. */
  readonly choices?: readonly string[];
  readonly summary: string;
}

/** Letters, without dashes: `4Av`. */
export interface PassedOptions {
  readonly flags: string;
  readonly withValue: string;
  /** Whether the other program takes a command after the arguments. */
  readonly hasCommand?: true;
}

export interface Example {
  readonly command: string;
  /** What it does, in half a line. */
  readonly says: string;
  /** Why it is not for the local stack, if it is not: tests run all others. */
  readonly notRun?: string;
}

/**
 * A command of `latchkey`. What stands here is all that help, completion and man page know; what it does is loaded only when it
 * runs, since to start `ssh` fast is a feature.
 */
export interface Command {
  /** One word, or two if several commands share the first: `policy test`. */
  readonly name: string;
  /** Half a line, for the list of commands. */
  readonly summary: string;
  /** What a user has to know beyond the options: one to three short paragraphs. */
  readonly description: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** What may stand after `--`, if anything: it is passed on as it is. */
  readonly rest?: ArgumentSpec;
  /**
   * The one-letter options of the program that gets the rest, if the rest needs no `--`. They may stand anywhere before a remote
   * command, so `latchkey ssh -v web-1 uptime` works, and so do programs that run it in place of `ssh`.
   */
  readonly passedOn?: PassedOptions;
  readonly examples: readonly Example[];
  /** Whether it is for other programs: not in the help's list. */
  readonly isHidden?: boolean;
  /** @returns the exit code. @throws Failure */
  run(context: Context, input: CommandInput): Promise<number>;
}

/** What a command line says, held against the command's own words. */
export interface CommandInput {
  readonly arguments: readonly string[];
  readonly options: Options;
  /** What is passed on; undefined if there was no `--` and nothing to pass on. */
  readonly rest: readonly string[] | undefined;
}
