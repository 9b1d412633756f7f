import type { PatternElem } from "@cedar-policy/cedar-wasm/nodejs";

/** A form of ids: the characters allowed at each position, and the length. */
interface IdForm {
  readonly takes: (place: number, character: string) => boolean;
  readonly shortest: number;
  readonly longest: number;
}

const person: IdForm = {
  takes: (place, character) => (place === 0 ? /[a-z0-9]/ : /[a-z0-9._+=,@-]/).test(character),
  shortest: 2,
  longest: 64,
};

/** `<account>/<role>`. */
const machine: IdForm = {
  takes: (place, character) => (place < 12 ? /[0-9]/ : place === 12 ? /\// : /[\w+=,.@-]/).test(character),
  shortest: 14,
  longest: 77,
};

/**
 * Whether a pattern of Cedar's `like` matches an id that somebody could have: a machine's if the pattern has a slash, else a
 * person's. A role's name may have capitals and an `@`, so `*@Example.com` would otherwise pass for a machine's.
 */
export function canBeId(pattern: readonly PatternElem[]): boolean {
  const hasSlash = pattern.some((part) => part !== "Wildcard" && part.Literal.includes("/"));
  return canMatch(pattern, hasSlash ? machine : person);
}

/** Follows the pattern, with the set of lengths that the matched part can have. */
function canMatch(pattern: readonly PatternElem[], { takes, shortest, longest }: IdForm): boolean {
  let lengths = [0];
  for (const part of pattern) {
    if (part === "Wildcard") {
      const least = Math.min(...lengths);
      lengths = Array.from({ length: longest + 1 }, (_, length) => length).filter((length) => length >= least);
    } else {
      for (const character of part.Literal) {
        lengths = lengths.filter((length) => length < longest && takes(length, character)).map((length) => length + 1);
      }
    }
  }
  return lengths.some((length) => length >= shortest);
}
