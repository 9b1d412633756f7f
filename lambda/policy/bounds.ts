import { longestAccess } from "../../contract/access-request.ts";

/** How long access may last, and how long a request may wait for reviews. */
export interface Bounds {
  readonly maxDurationSeconds: number;
  readonly pendingTimeoutSeconds: number;
}

/** Without annotations: the contract's longest access, and an hour to find a reviewer. */
export const defaultBounds: Bounds = { maxDurationSeconds: longestAccess, pendingTimeoutSeconds: 60 * 60 };

/** Seconds that a request may wait for reviews: after a week nobody remembers why it was made. */
export const longestPending = 7 * 24 * 60 * 60;

/** The annotations that bound access, and the range of each in seconds. Nobody can review in less than a minute. */
const ranges: Readonly<Record<keyof Bounds, { readonly least: number; readonly most: number }>> = {
  maxDurationSeconds: { least: 1, most: longestAccess },
  pendingTimeoutSeconds: { least: 60, most: longestPending },
};

export const boundNames = Object.keys(ranges) as readonly (keyof Bounds)[];

/**
 * Reads the bounds in a policy's annotations.
 *
 * @throws Error naming the annotation, if a value is not a whole number in its range.
 */
export function readBounds(annotations: Readonly<Record<string, string>>): Partial<Bounds> {
  const bounds: Partial<Record<keyof Bounds, number>> = {};
  for (const name of boundNames) {
    if (!Object.hasOwn(annotations, name)) continue;
    const { least, most } = ranges[name];
    const value = wholeNumber(annotations[name]);
    if (value === undefined || value < least || value > most) {
      throw new Error(`@${name} must be a whole number of seconds from ${least} to ${most}, in digits`);
    }
    bounds[name] = value;
  }
  return bounds;
}

/** The smallest of each; the default if none is given. */
export function smallestBounds(all: readonly Partial<Bounds>[]): Bounds {
  const smallest = (name: keyof Bounds) => {
    const said = all.map((bounds) => bounds[name]).filter((value) => value !== undefined);
    return said.length > 0 ? Math.min(...said) : defaultBounds[name];
  };
  return {
    maxDurationSeconds: smallest("maxDurationSeconds"),
    pendingTimeoutSeconds: smallest("pendingTimeoutSeconds"),
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : undefined;
}
