import { longestReason } from "../../contract/fields.ts";

/** Characters of a name that are kept. */
const longestName = 40;

/** Characters that a reason may have, so that it fits with the agent's name behind it. */
export const longestOwnReason = longestReason - " (asked by the agent )".length - longestName;

/**
 * What an MCP client calls itself, as it can stand in a sentence of ours: plain words, without anything that could end
 * the sentence or pass for another one.
 *
 * @returns undefined if nothing is left of it.
 */
export function agentName(name: unknown): string | undefined {
  if (typeof name !== "string") return undefined;
  const plain = name.slice(0, 1000).replace(/[^A-Za-z0-9._+-]+/g, " ");
  return plain.trim().slice(0, longestName).trim() || undefined;
}

/** The reason as reviewers and the trail see it. @param reason at most `longestOwnReason` characters. */
export function reasonBy(agent: string | undefined, reason: string): string {
  return `${reason.trimEnd()} (asked by ${agent === undefined ? "an agent" : `the agent ${agent}`})`;
}
