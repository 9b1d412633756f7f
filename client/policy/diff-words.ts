import type { Change, DiffReport } from "../../policy-tools/index.ts";
import { visible } from "../terminal/terminal.ts";
import { contextWords, decidedWords } from "./test-words.ts";

/** Names in a line: the others are in the JSON. */
const mostNames = 10;

/** What callers gain, then what they lose. */
export function diffLines({ changes }: DiffReport): string[] {
  const part = (direction: Change["direction"], title: string) => {
    const lines = changes.filter((change) => change.direction === direction).flatMap(changeLines);
    return lines.length === 0 ? [] : [title, ...lines];
  };
  const lines = [
    ...part("gains", "After this change, these can do what they could not:"),
    ...part("loses", "After this change, these can no longer do what they could:"),
  ];
  return lines.length === 0 ? ["nobody gains or loses anything"] : lines;
}

/** `+ alice, dave: connect to prod-1`, in which contexts, and what is decided before and after. */
function changeLines({ direction, callers, action, resources, contexts, before, after }: Change): string[] {
  return [
    `${direction === "gains" ? "+" : "-"} ${names(callers)}: ${action} ${names(resources)}`,
    ...contexts.flatMap((context) => {
      const words = contextWords(
        Object.fromEntries(Object.entries(context).map(([path, values]) => [path, oneOf(values)])),
      );
      return words === "" ? [] : [`   ${words}`];
    }),
    `    before: ${decidedWords(before)}`,
    `    after:  ${decidedWords(after)}`,
  ];
}

const oneOf = (values: readonly unknown[]) =>
  values.map((value) => (typeof value === "string" && value !== "" ? value : JSON.stringify(value))).join(" or ");

function names(all: readonly string[]): string {
  const more = all.length - mostNames;
  return visible(`${all.slice(0, mostNames).join(", ")}${more > 0 ? `, and ${more} more` : ""}`);
}
