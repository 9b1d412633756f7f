import type { PatternElem } from "@cedar-policy/cedar-wasm/nodejs";
import { personId } from "../contract/caller.ts";
import { isMachineSessionName } from "../contract/person-id.ts";

/** A form of text: the characters allowed at each position, and the length. */
export interface TextForm {
  readonly takes: (place: number, character: string) => boolean;
  readonly shortest: number;
  readonly longest: number;
}

const person: TextForm = {
  takes: (place, character) => (place === 0 ? /[a-z0-9]/ : /[a-z0-9._+=,@-]/).test(character),
  shortest: 2,
  longest: 64,
};

/** `<account>/<role>`. */
const machine: TextForm = {
  takes: (place, character) => (place < 12 ? /[0-9]/ : place === 12 ? /\// : /[\w+=,.@-]/).test(character),
  shortest: 14,
  longest: 77,
};

/** `<issuer>/<mapping>/<claims>`, percent-encoded. */
const issuerMachine: TextForm = {
  takes: (place, character) => (place === 0 ? /[a-z]/ : /[\w.!~*'()%/-]/).test(character),
  shortest: 5,
  longest: 1024,
};

export const personForm = "a person's is 2 to 64 of a-z, 0-9 and ._+=,@-";
export const machineForm = "a machine's is <account>/<role>, or <issuer>/<mapping>/<claims>";

/**
 * Whether a pattern of Cedar's `like` matches an id that somebody could have: a machine's if the pattern has a slash, else a
 * person's. A role's name may have capitals and an `@`, so `*@Example.com` would otherwise pass for a machine's.
 */
export function canBeId(pattern: readonly PatternElem[]): boolean {
  return textOf(pattern).includes("/")
    ? canMatch(pattern, machine) || canMatch(pattern, issuerMachine)
    : canBePersonId(pattern);
}

/** Whether a pattern matches an id that a person could have. */
export function canBePersonId(pattern: readonly PatternElem[]): boolean {
  if (!pattern.includes("Wildcard")) return personId.safeParse(textOf(pattern)).success;
  const end = textOf(pattern.slice(pattern.lastIndexOf("Wildcard") + 1));
  return canMatch(pattern, person) && !isMachineSessionName(end);
}

/** The pattern that a text with `*` for any characters stands for. */
export function patternOf(text: string): PatternElem[] {
  return [...text].map((character) => (character === "*" ? "Wildcard" : { Literal: character }));
}

/** What a policy says: a `*` of its own is `\*` there. */
export function textOf(pattern: readonly PatternElem[]): string {
  return pattern.map((part) => (part === "Wildcard" ? "*" : part.Literal)).join("");
}

/** Follows the pattern, with the set of lengths that the matched part can have. */
export function canMatch(pattern: readonly PatternElem[], { takes, shortest, longest }: TextForm): boolean {
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
