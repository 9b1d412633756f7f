import { longestAccess } from "../../contract/access-request.ts";
import { longestReason } from "../../contract/fields.ts";
import { readReasonPattern } from "../../contract/reason-pattern.ts";
import type { ReasonRules } from "../../contract/requirements.ts";

/**
 * How long access may last, at first and with all its extensions, how long a request may wait for reviews, and what its
 * reason must be like.
 */
export interface Bounds extends ReasonRules {
  readonly maxDurationSeconds: number;
  readonly maxTotalSeconds: number;
  readonly pendingTimeoutSeconds: number;
}

/** How often the longest access may follow itself by extensions, unless policy says more or less. */
const usualTotal = 2;

/** Seconds that access may last with all its extensions. */
export const longestTotal = usualTotal * longestAccess;

/** Without annotations: the contract's longest access, and an hour to find a reviewer. */
export const defaultBounds = {
  maxDurationSeconds: longestAccess,
  maxTotalSeconds: longestTotal,
  pendingTimeoutSeconds: 60 * 60,
} satisfies Bounds;

/** Seconds that a request may wait for reviews: after a week nobody remembers why it was made. */
export const longestPending = 7 * 24 * 60 * 60;

/** The annotations that are numbers, and the range of each. Nobody can review in less than a minute. */
const ranges = {
  maxDurationSeconds: { least: 1, most: longestAccess, unit: "seconds" },
  maxTotalSeconds: { least: 1, most: longestTotal, unit: "seconds" },
  pendingTimeoutSeconds: { least: 60, most: longestPending, unit: "seconds" },
  minReasonLength: { least: 1, most: longestReason, unit: "characters" },
} as const;

const numberNames = Object.keys(ranges) as readonly (keyof typeof ranges)[];

/** The annotations that bound access. */
export const boundNames: readonly string[] = [...numberNames, "reasonPattern"];

/**
 * Reads the bounds in a policy's annotations.
 *
 * @throws Error naming the annotation, if a value is not a whole number in its range, or not a pattern.
 */
export function readBounds(annotations: Readonly<Record<string, string>>): Partial<Bounds> {
  const bounds: Partial<Record<keyof typeof ranges, number>> = {};
  for (const name of numberNames) {
    if (!Object.hasOwn(annotations, name)) continue;
    const { least, most, unit } = ranges[name];
    const value = wholeNumber(annotations[name]);
    if (value === undefined || value < least || value > most) {
      throw new Error(`@${name} must be a whole number of ${unit} from ${least} to ${most}, in digits`);
    }
    bounds[name] = value;
  }
  if (!Object.hasOwn(annotations, "reasonPattern")) return bounds;
  return { ...bounds, reasonPatterns: [checkedPattern(annotations["reasonPattern"] ?? "")] };
}

function checkedPattern(pattern: string): string {
  try {
    readReasonPattern(pattern);
    return pattern;
  } catch (error) {
    throw new Error(`@reasonPattern ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * The strictest of each: the shortest times, the longest least reason, every pattern. The default if none is given: of the
 * total, twice the longest access.
 *
 * @param startsIn seconds until scheduled access starts. Unless policy says how long its request can wait for reviews,
 *   that is how long.
 */
export function strictestBounds(all: readonly Partial<Bounds>[], startsIn = 0): Bounds {
  const given = (name: keyof typeof ranges) => all.map((bounds) => bounds[name]).filter((value) => value !== undefined);
  const smallest = (name: keyof typeof defaultBounds, otherwise = defaultBounds[name]) => {
    const values = given(name);
    return values.length > 0 ? Math.min(...values) : otherwise;
  };
  const maxDurationSeconds = smallest("maxDurationSeconds");
  const lengths = given("minReasonLength");
  const reasonPatterns = [...new Set(all.flatMap((bounds) => bounds.reasonPatterns ?? []))];
  return {
    maxDurationSeconds,
    maxTotalSeconds: smallest("maxTotalSeconds", usualTotal * maxDurationSeconds),
    pendingTimeoutSeconds: smallest(
      "pendingTimeoutSeconds",
      Math.max(defaultBounds.pendingTimeoutSeconds, Math.ceil(startsIn)),
    ),
    ...(lengths.length > 0 && { minReasonLength: Math.max(...lengths) }),
    ...(reasonPatterns.length > 0 && { reasonPatterns }),
  };
}

/** The part of the bounds that callers are told before they ask. */
export function reasonRulesOf({ minReasonLength, reasonPatterns }: Bounds): ReasonRules {
  return { ...(minReasonLength !== undefined && { minReasonLength }), ...(reasonPatterns && { reasonPatterns }) };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : undefined;
}
