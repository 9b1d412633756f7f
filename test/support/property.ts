import { randomInt } from "node:crypto";
import { test } from "@jest/globals";
import fc from "fast-check";

/** The number of runs of a property: in `npm test`, and in `npm run fuzz`. */
export interface Runs {
  readonly small: number;
  readonly large: number;
}

/** Milliseconds: far more than the longest property takes, so that only a hanging one times out. */
const timeout = 45 * 60 * 1000;

const { LATCHKEY_FUZZ, LATCHKEY_RUNS, LATCHKEY_SEED } = process.env;

/** One seed for every property of a test file. */
const seed = LATCHKEY_SEED === undefined ? randomInt(2 ** 31) : integerOf("LATCHKEY_SEED", LATCHKEY_SEED);
const factor = LATCHKEY_RUNS === undefined ? 1 : integerOf("LATCHKEY_RUNS", LATCHKEY_RUNS);

/**
 * Tests that a property holds for the values that fast-check draws; a function makes one that needs something to start first. It prints the seed and the number of runs and, if the
 * property fails, fast-check's report with the smallest counterexample. `LATCHKEY_SEED=<seed>` repeats a run; `LATCHKEY_RUNS=<n>`
 * makes it n times as long.
 */
export function testProperty<Values>(
  name: string,
  runs: Runs,
  property: fc.IRawProperty<Values> | (() => Promise<fc.IRawProperty<Values>>),
): void {
  const chosen = seedAndRuns(runs);
  test(
    name,
    async () => {
      process.stdout.write(`property ${name}: seed ${chosen.seed}, ${chosen.numRuns} runs\n`);
      await fc.assert(typeof property === "function" ? await property() : property, chosen);
    },
    timeout,
  );
}

/** The parameters of a property. `fc.sample` draws the same values with them. */
export function seedAndRuns({ small, large }: Runs): { seed: number; numRuns: number } {
  return { seed, numRuns: (LATCHKEY_FUZZ ? large : small) * factor };
}

function integerOf(name: string, text: string): number {
  if (!/^-?\d{1,10}$/.test(text)) throw new Error(`${name} must be an integer`);
  return Number(text);
}
