import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";

type Values = Readonly<Record<string, readonly string[] | true | undefined>>;

/** The options of a command line: every name in it is one of the command's. */
export class Options {
  readonly #values: Values;

  /** @param values by name without dashes: what was given, in its order; `true` for a flag. */
  constructor(values: Values) {
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** What was given, the last time. */
  text(name: string): string | undefined {
    return this.list(name).at(-1);
  }

  /** Everything that was given. */
  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value : [];
  }

  /** @throws Failure if it is not an integer in that range. */
  integer(name: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new Failure(`--${name} takes a whole number from ${min} to ${max}`, { exitCode: exitCodes.usage });
  }
}
