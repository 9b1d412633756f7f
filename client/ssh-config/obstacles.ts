import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "../command/context.ts";
import { runChild } from "../terminal/run-child.ts";
import { visible } from "../terminal/terminal.ts";

/** Characters of an option and its value. */
const shownLength = 60;

/** An option that ssh does not set as the block does. */
export interface Obstacle {
  readonly name: string;
  readonly value: string;
}

/** Whether ssh reaches instances through Latchkey, by this block or another one. */
export const isThroughLatchkey = (all: readonly Obstacle[]) =>
  all.every(({ name, value }) => !/^proxy(?:command|jump)$/.test(name) || / ssh-proxy /.test(value));

/** As ssh prints them. */
export const obstacleWords = (all: readonly Obstacle[]) =>
  all.map(({ name, value }) => visible(`${name} ${value}`.slice(0, shownLength))).join(", ");

/** A login by plain ssh. */
interface Login {
  /** What `latchkey config` prints for it. */
  readonly block: string;
  readonly host: string;
  /** Where a file may be written, for the user alone. */
  readonly directory: string;
}

/**
 * The options that ssh, by its usual configuration, sets otherwise than the block: it takes the first value that it
 * finds, so they stand before the block.
 *
 * @returns undefined if ssh is not there, or does not read the block.
 */
export async function obstacles(
  { environment }: Pick<Context, "environment">,
  { block, host, directory }: Login,
): Promise<readonly Obstacle[] | undefined> {
  const file = path.join(directory, "block.conf");
  await writeFile(file, block, { mode: 0o600 });
  const effective = async (...args: readonly string[]) =>
    valuesIn((await runChild("ssh", ["-G", ...args, host], { environment })).stdout);
  const [theirs, ours] = await Promise.all([effective(), effective("-F", file)]);
  if (!ours.has("proxycommand")) return undefined;
  // A proxyjump takes the place of the proxycommand.
  return [...namesIn(block), "proxyjump"]
    .filter((name) => theirs.get(name) !== ours.get(name))
    .map((name) => ({ name, value: theirs.get(name) ?? "none" }));
}

/** Of each option that ssh prints, the first value. */
function valuesIn(text: string): ReadonlyMap<string, string> {
  const lines = text
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const);
  return new Map(lines.reverse());
}

/** IdentityFile adds up, so others do no harm. Newer versions of ssh print the accepted types by another name. */
function namesIn(block: string): readonly string[] {
  const names = [...block.matchAll(/^ {2}(\w+) /gm)].map(([, name = ""]) => name.toLowerCase());
  return [...new Set([...names.filter((name) => name !== "identityfile"), "pubkeyacceptedalgorithms"])];
}
