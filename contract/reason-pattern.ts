import type { ReasonRules } from "./requirements.ts";

/** Whether a pattern is found in a reason. */
type ReasonPattern = (reason: string) => boolean;

/** One character of the pattern. An optional and repeated one stands for `*`. */
interface Step {
  readonly character: RegExp;
  readonly isOptional?: boolean;
  readonly isRepeated?: boolean;
}

interface Alternative {
  readonly steps: readonly Step[];
  readonly isFromStart: boolean;
  readonly isToEnd: boolean;
}

const longestPattern = 200;

/** Each costs a test for each character of the reason. */
const mostSteps = 200;

/** A class, an escape or a plain character; then how often. There is no group, so that matching takes linear time. */
const part =
  /(?<character>\[(?!\^\])\^?(?:\\.|[^\\\][])+\]|\\[^\n]|[^\\[\](){}*+?|^$])(?:(?<sign>[*+?])|\{(?<least>[0-9]{1,3})(?:(?<comma>,)(?<most>[0-9]{1,3})?)?\})?/uy;

/**
 * Reads a pattern: the regular expressions of JavaScript without groups, and so without anything that could take more than linear
 * time. It has characters, `.`, classes such as `[A-Z0-9]`, escapes such as `\d`, the quantifiers `?`, `*`, `+`, `{2}`, `{2,}` and
 * `{2,5}`, `|` between alternatives, and `^` and `$` at their ends.
 *
 * @throws Error saying what is wrong, if it is not such a pattern, is too long, or is found in every reason.
 */
export function readReasonPattern(text: string): ReasonPattern {
  if (text.length > longestPattern) throw new Error(`is longer than ${longestPattern} characters`);
  const alternatives: Alternative[] = [];
  let place = 0;
  const skip = (sign: string) => {
    const isThere = text[place] === sign;
    if (isThere) place += 1;
    return isThere;
  };
  do {
    const isFromStart = skip("^");
    const steps: Step[] = [];
    for (;;) {
      part.lastIndex = place;
      const found = part.exec(text);
      if (!found?.groups) break;
      steps.push(...stepsOf(found.groups));
      place = part.lastIndex;
    }
    alternatives.push({ isFromStart, steps, isToEnd: skip("$") });
  } while (skip("|"));
  if (place < text.length) {
    throw new Error(`has something other than characters, classes, quantifiers and | at position ${place + 1}`);
  }
  if (alternatives.reduce((sum, { steps }) => sum + steps.length, 0) > mostSteps) {
    throw new Error(`stands for more than ${mostSteps} characters`);
  }
  const pattern = (reason: string) => alternatives.some((alternative) => isFound(alternative, [...reason]));
  if (pattern("")) throw new Error("is found in every reason");
  return pattern;
}

function stepsOf({ character: source = "", sign, least, comma, most }: Partial<Record<string, string>>): Step[] {
  const character = characterOf(source);
  const repeated = { character, isOptional: true, isRepeated: true };
  if (sign === "*") return [repeated];
  if (sign === "+") return [{ character }, repeated];
  if (sign === "?") return [{ character, isOptional: true }];
  if (least === undefined) return [{ character }];
  const required = Array<Step>(Number(least)).fill({ character });
  if (comma === undefined) return required;
  if (most === undefined) return [...required, repeated];
  if (Number(most) < Number(least)) throw new Error(`has {${least},${most}}, the larger number first`);
  return [...required, ...Array<Step>(Number(most) - Number(least)).fill({ character, isOptional: true })];
}

function characterOf(source: string): RegExp {
  // `\b` and `\1` would be no characters, and `\u` has more than one sign.
  if (/^\\[A-Za-z0-9]$/.test(source) && !/^\\[dDwWsS]$/.test(source)) throw new Error(`has the unknown ${source}`);
  try {
    return new RegExp(`^${source}$`, "u");
  } catch {
    throw new Error(`has ${source}, which is not a character or a class`);
  }
}

/** Follows all ways through the pattern at once. A place is the number of steps behind it. */
function isFound({ steps, isFromStart, isToEnd }: Alternative, characters: readonly string[]): boolean {
  const reached = (places: Set<number>) => {
    // A set also iterates over what is added meanwhile.
    for (const place of places) if (steps[place]?.isOptional) places.add(place + 1);
    return places;
  };
  let places = reached(new Set([0]));
  for (const character of characters) {
    if (!isToEnd && places.has(steps.length)) return true;
    const next = new Set(isFromStart ? [] : [0]);
    for (const place of places) {
      const step = steps[place];
      if (step?.character.test(character)) next.add(step.isRepeated ? place : place + 1);
    }
    places = reached(next);
  }
  return places.has(steps.length);
}

/**
 * What a reason lacks, in words: `at least 20 characters`. Undefined if it lacks nothing. A pattern that cannot be read asks for
 * nothing: a client leaves it to a newer server.
 */
export function missingInReason(
  reason: string,
  { minReasonLength = 0, reasonPatterns = [] }: ReasonRules,
): string | undefined {
  if ([...reason].length < minReasonLength) return lengthWords(minReasonLength);
  const missing = reasonPatterns.find((pattern) => !isIn(reason, pattern));
  return missing === undefined ? undefined : patternWords(missing);
}

/** All that a reason must have, in words. */
export function reasonWords({ minReasonLength, reasonPatterns = [] }: ReasonRules): string[] {
  return [
    ...(minReasonLength === undefined ? [] : [lengthWords(minReasonLength)]),
    ...reasonPatterns.map(patternWords),
  ];
}

const lengthWords = (least: number) => `at least ${least} character${least === 1 ? "" : "s"}`;
const patternWords = (pattern: string) => `text that matches ${pattern}`;

function isIn(reason: string, pattern: string): boolean {
  try {
    return readReasonPattern(pattern)(reason);
  } catch {
    return true;
  }
}
