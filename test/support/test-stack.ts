import { afterAll, beforeAll, expect } from "@jest/globals";
import type { LoggedCall } from "../../local/aws/call-log.ts";
import { type LocalStack, type LocalStackOptions, startLocalStack } from "../../local/local-stack.ts";
import { testBundles } from "../e2e/build-bundles.ts";
import { startValidatingProxy, type ValidatingProxy } from "./validating-proxy.ts";

/** AWS's clock, and the instances', as a test moves it: real time and whatever has been added. */
export class TestClock {
  #ahead = 0;
  #stoppedAt: number | undefined;

  readonly now = (): Date => new Date((this.#stoppedAt ?? Date.now()) + this.#ahead);

  /** From now on only `advance` moves it, so that a test is exact however long it takes. Left out: it stops now. */
  stop(at = new Date()): void {
    this.#stoppedAt = at.getTime();
  }

  advance(seconds: number): void {
    this.#ahead += seconds * 1000;
  }

  /** Back to real time. */
  reset(): void {
    this.#ahead = 0;
    this.#stoppedAt = undefined;
  }
}

export interface TestStack {
  /** To be asked for only while tests run. */
  readonly stack: LocalStack;
  readonly clock: TestClock;
  /** Every line that a function has logged. */
  readonly logLines: readonly string[];
  /** What stands in front of the stack, where something does. */
  readonly proxy: ValidatingProxy | undefined;
}

interface TestStackOptions extends Omit<LocalStackOptions, "clock" | "onLogLine" | "bundles"> {
  /** Has every request and answer held against the OpenAPI document. Left out: only in `npm run test:proxy`. */
  readonly validated?: boolean;
}

/** A local stack for all tests of a file. */
export function useLocalStack({ validated, ...options }: TestStackOptions = {}): TestStack {
  const clock = new TestClock();
  const logLines: string[] = [];
  let running: LocalStack | undefined;
  let proxy: ValidatingProxy | undefined;
  beforeAll(async () => {
    running = await startLocalStack({
      clock: clock.now,
      bundles: testBundles,
      onLogLine: (line) => logLines.push(line),
      // Tests sweep when it suits them.
      eachMinute: () => () => {},
      ...options,
    });
    if (!(validated ?? process.env["LATCHKEY_TEST_PROXY"] === "1")) return;
    proxy = await startValidatingProxy(running.url);
    running = { ...running, url: proxy.url };
  });
  afterAll(async () => {
    await proxy?.stop();
    await running?.stop();
    expectPrivilegesKept(running?.log.calls ?? []);
    expect(proxy?.differences ?? []).toEqual([]);
  });
  return {
    clock,
    logLines,
    get proxy() {
      return proxy;
    },
    get stack() {
      if (!running) throw new Error("The local stack is not running yet");
      return running;
    },
  };
}

const pushOperations = ["SendSSHPublicKey", "SendSerialConsoleSSHPublicKey"];

/** What must hold over every call of every suite. */
function expectPrivilegesKept(calls: readonly LoggedCall[]): void {
  const assumed = calls.filter(({ operation }) => operation === "AssumeRole");
  expect(assumed.filter(({ role }) => role !== "connect")).toEqual([]);
  expect(assumed.filter(({ request }) => !(request as { Policy?: string }).Policy)).toEqual([]);
  expect(calls.filter(({ operation, role }) => pushOperations.includes(operation) && role !== "push")).toEqual([]);
  // Nothing that a stand-in did not know, and no fault of its own.
  const isBusDown = ({ service, status }: LoggedCall) => service === "events" && status === 503;
  expect(calls.filter((call) => call.status >= 500 && !isBusDown(call))).toEqual([]);
}
