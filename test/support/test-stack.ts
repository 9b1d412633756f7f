import { afterAll, beforeAll, expect } from "@jest/globals";
import type { LoggedCall } from "../../local/aws/call-log.ts";
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
  afterAll(async () => {
    await running?.stop();
    expectPrivilegesKept(running?.log.calls ?? []);
  });
  return {
    clock,
    logLines,
    get stack() {
      if (!running) throw new Error("The local stack is not running yet");
      return running;
    },
  };
}

/** What must hold over every call of every suite. */
function expectPrivilegesKept(calls: readonly LoggedCall[]): void {
  const assumed = calls.filter(({ operation }) => operation === "AssumeRole");
  expect(assumed.filter(({ role }) => role !== "connect")).toEqual([]);
  expect(assumed.filter(({ request }) => !(request as { Policy?: string }).Policy)).toEqual([]);
  expect(calls.filter(({ operation, role }) => operation === "SendSSHPublicKey" && role !== "push")).toEqual([]);
  // Nothing that a stand-in did not know, and no fault of its own.
  expect(calls.filter(({ status }) => status >= 500)).toEqual([]);
}
