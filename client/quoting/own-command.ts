import type { World } from "../terminal/world.ts";
import { printedCommand } from "./shell-words.ts";

/** What a command that is printed takes over from this command line. */
export type CommandLine = Pick<World, "given" | "platform">;

/**
 * A command of ours to run next, with the options of this command line that name the API: without them it could go to
 * another one.
 *
 * @param reader `other` if somebody else is to run it, who has another profile.
 */
export function ownCommand(
  { given, platform }: CommandLine,
  words: readonly string[],
  reader: "user" | "other" = "user",
): string {
  const kept = Object.entries(given).filter(([name]) => reader === "user" || name !== "profile");
  return printedCommand(["latchkey", ...kept.flatMap(([name, value]) => [`--${name}`, value]), ...words], platform);
}
