import { parseArgs } from "node:util";
import type { Command, CommandInput, OptionSpec, PassedOptions } from "../command/command.ts";
import { commonOptions, helpOption } from "../command/common-options.ts";
import { nearest } from "../command/nearest.ts";
import { Options } from "../command/options.ts";
import { helpOf, usageFailure, usageOf } from "../command/usage.ts";
import type { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { awsOptions } from "./aws-names.ts";

/** Reads what comes after a command's name. @returns `help` if that is asked for. @throws Failure `usage` */
export function parseInput(command: Command, args: readonly string[]): CommandInput | "help" {
  const specs = [...command.options, ...commonOptions];
  const end = args.indexOf("--");
  // Nothing after `--` is an option of latchkey, not even another `--`.
  let rest = end === -1 ? undefined : args.slice(end + 1);
  const passedOn: string[] = [];
  const options: Record<string, string[] | true> = {};
  const positionals: string[] = [];
  for (const token of tokensOf([...specs, ...passedSpecs(command)], end === -1 ? args : args.slice(0, end))) {
    if (beginsRest(command, specs, positionals, token)) {
      rest = args.slice(token.index);
      break;
    }
    if (token.kind === "positional") positionals.push(pathNotUrl(token.value, "an argument"));
    if (token.kind !== "option") continue;
    if (isPassedOn(command, token)) {
      passedOn.push(token.rawName, ...passedValue(command, token));
      continue;
    }
    const spec = specs.find(({ name }) => name === token.name);
    if (spec === undefined) throw unknownOption(command, specs, token.rawName);
    if (spec === helpOption) return "help";
    const value = readValue(command, spec, token);
    const before = options[spec.name];
    options[spec.name] = value === true ? true : [...(Array.isArray(before) ? before : []), value];
  }
  checkArguments(command, positionals);
  if (rest !== undefined && rest.length > 0 && command.rest === undefined) {
    throw usageFailure(`${command.name} takes nothing after --`, helpOf(command));
  }
  return {
    arguments: positionals,
    options: new Options(options),
    rest: passedOn.length === 0 ? rest : [...passedOn, ...(rest ?? [])],
  };
}

/** An option of the other program has its letter as its name, which no option of latchkey has. */
function passedSpecs({ passedOn: { flags, withValue } = noOptions }: Command): OptionSpec[] {
  const spec = (letter: string) => ({ name: letter, short: letter, summary: "" });
  return [...[...flags].map(spec), ...[...withValue].map((letter) => ({ ...spec(letter), value: "VALUE" }))];
}

const noOptions: PassedOptions = { flags: "", withValue: "" };

function isPassedOn({ passedOn: { flags, withValue } = noOptions }: Command, token: OptionToken): boolean {
  return token.rawName === `-${token.name}` && `${flags}${withValue}`.includes(token.name);
}

/** @throws Failure `usage` */
function passedValue(command: Command, { name, rawName, value }: OptionToken): string[] {
  if (command.passedOn?.withValue.includes(name) !== true) return [];
  if (value !== undefined) return [value];
  throw usageFailure(`${rawName} takes a value`, helpOf(command));
}

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];
type OptionToken = Extract<Token, { readonly kind: "option" }>;

/** Not strict: what is wrong we say in words of our own. */
function tokensOf(specs: readonly OptionSpec[], args: readonly string[]): readonly Token[] {
  const options = specs.map(({ name, short, value }) => {
    const type = value === undefined ? "boolean" : "string";
    return [name, { type, ...(short !== undefined && { short }) }] as const;
  });
  return parseArgs({
    args: [...args],
    options: Object.fromEntries(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

/**
 * Whether a remote command begins here, or an option that only a newer ssh knows. An unknown long option is a typing
 * error: ssh has none.
 */
function beginsRest(
  command: Command,
  specs: readonly OptionSpec[],
  positionals: readonly string[],
  token: Token,
): boolean {
  if (command.passedOn?.hasCommand !== true || positionals.length < command.arguments.length) return false;
  if (token.kind === "positional") return true;
  if (token.kind !== "option" || token.rawName.startsWith("--") || isPassedOn(command, token)) return false;
  return specs.every(({ name }) => name !== token.name);
}

function readValue(command: Command, spec: OptionSpec, { rawName, value, inlineValue }: OptionToken): string | true {
  if (spec.value === undefined) {
    if (value !== undefined) throw usageFailure(`${rawName} takes no value`, helpOf(command));
    return true;
  }
  if (value === undefined) throw usageFailure(`${rawName} takes a value: ${rawName} ${spec.value}`, helpOf(command));
  // `--os-user --json`: the value was forgotten. One that really begins so can be said with an equals sign.
  if (inlineValue === false && value.startsWith("-") && value.length > 1) {
    throw usageFailure(
      `${rawName} takes a value, and ${visible(value)} looks like an option`,
      `if it is meant: --${spec.name}=${visible(value)}`,
    );
  }
  if (spec.choices !== undefined) requireChoice(command, rawName, value, spec.choices);
  return pathNotUrl(value, rawName);
}

function requireChoice(command: Command, what: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  const meant = nearest(value, choices);
  throw usageFailure(
    `${what} is one of ${choices.join(", ")}`,
    meant === undefined ? helpOf(command) : `did you mean ${meant}?`,
  );
}

/** The AWS CLI reads a file that is given as `file://…`, and its users try the same here. */
function pathNotUrl(value: string, what: string): string {
  if (!/^file:\/\/\S*$/i.test(value)) return value;
  throw usageFailure(
    `${what} is a URL where a path is meant: ${visible(value)}`,
    `unlike the AWS CLI, latchkey takes the path as it is: ${visible(value.slice("file://".length))}`,
  );
}

function unknownOption(command: Command, specs: readonly OptionSpec[], rawName: string): Failure {
  const names = specs.map(({ name }) => name);
  const name = rawName.slice(2);
  const twin = Object.hasOwn(awsOptions, name) ? awsOptions[name] : undefined;
  const meant = twin ?? (rawName.startsWith("--") ? nearest(name, names) : undefined);
  const passOn = command.rest === undefined ? "" : `; options of ${command.rest.name} go after --`;
  return usageFailure(
    `${command.name} has no option ${visible(rawName)}`,
    meant === undefined || !names.includes(meant) ? `${helpOf(command)}${passOn}` : `did you mean --${meant}?`,
  );
}

function checkArguments(command: Command, given: readonly string[]): void {
  const least = command.arguments.filter(({ isOptional }) => !isOptional).length;
  if (given.length < least) {
    const missing = command.arguments[given.length]?.name;
    throw usageFailure(`${command.name} needs <${missing}>: ${usageOf(command)}`, helpOf(command));
  }
  const extra = given[command.arguments.length];
  if (extra !== undefined && !command.arguments.some(({ isRepeatable }) => isRepeatable)) {
    throw usageFailure(
      `${command.name} has no use for ${visible(extra)}`,
      command.rest === undefined ? usageOf(command) : `what is for ${command.rest.name} goes after --`,
    );
  }
  for (const [index, { name, choices }] of command.arguments.entries()) {
    const value = given[index];
    if (value !== undefined && choices !== undefined) requireChoice(command, `<${name}>`, value, choices);
  }
}
