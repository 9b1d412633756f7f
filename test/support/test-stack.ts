import { afterAll, beforeAll } from "@jest/globals";
import { type LocalStack, type LocalStackOptions, startLocalStack } from "../../local/local-stack.ts";
import { testBundles } from "../e2e/build-bundles.ts";

/** AWS's clock, and the instances', as a test moves it: real time and whatever has been added. */
export class TestClock {
  #ahead = 0;

  readonly now = (): Date => new Date(Date.now() + this.#ahead);

  advance(seconds: number): void {
    this.#ahead += seconds * 1000;
  }

  reset(): void {
    this.#ahead = 0;
  }
}

export interface TestStack {
  /** To be asked for only while tests run. */
  readonly stack: LocalStack;
  readonly clock: TestClock;
  /** Every line that a function has logged. */
  readonly logLines: readonly string[];
}

/** A local stack for all tests of a file. */
export function useLocalStack(options: Omit<LocalStackOptions, "clock" | "onLogLine" | "bundles"> = {}): TestStack {
  const clock = new TestClock();
  const logLines: string[] = [];
  let running: LocalStack | undefined;
  beforeAll(async () => {
    running = await startLocalStack({
      ...options,
      clock: clock.now,
      bundles: testBundles,
      onLogLine: (line) => logLines.push(line),
    });
  }, 60_000);
  afterAll(async () => running?.stop());
  return {
    clock,
    logLines,
    get stack() {
      if (!running) throw new Error("The local stack is not running yet");
      return running;
    },
  };
}
