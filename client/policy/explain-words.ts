import type { Explanation } from "../../policy-tools/index.ts";
import { visible } from "../terminal/terminal.ts";
import { decidedWords } from "./test-words.ts";

type Explained = Explanation["deciding"][number];

/** Permits that are shown if none decided: those that miss the least. */
const mostShown = 3;

const marks = { holds: "yes", fails: "NO ", error: "?  " } as const;

/** The decision, the policies that made it, and those that nearly permitted it. */
export function explanationLines(explanation: Explanation): string[] {
  const { deciding, nearMisses } = explanation;
  const more = nearMisses.length - mostShown;
  return [
    decidedWords(explanation),
    ...deciding.flatMap((policy) => ["", ...policyLines(policy, policy.effect === "permit" ? "permits" : "forbids")]),
    ...nearMisses.slice(0, mostShown).flatMap((policy) => ["", ...policyLines(policy, "would permit, but")]),
    ...(more > 0 ? ["", `and ${more} policies that miss more`] : []),
  ];
}

/** A policy, and each of its conditions with whether it holds. */
function policyLines({ id, conditions }: Explained, verb: string): string[] {
  const lines = conditions.map(({ text, result }) => `  ${marks[result]} ${visible(text)}`);
  return [`${visible(id)} ${verb}`, ...lines];
}
