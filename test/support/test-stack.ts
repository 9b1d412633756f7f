import { EventEmitter } from "node:events";
import { afterAll, beforeAll, expect } from "@jest/globals";
import type { LoggedCall } from "../../local/aws/call-log.ts";
import type { LocalStack, LocalStackOptions } from "../../local/stack-types.ts";
import { testBundles } from "../e2e/build-bundles.ts";
import { loadOnce } from "./load-once.ts";
import { startValidatingProxy, type ValidatingProxy } from "./validating-proxy.ts";

/** As `npm start` loads it: by Node itself, so that what one suite has warmed up serves the next. */
const { startLocalStack } = loadOnce("../../local/local-stack.ts") as typeof import("../../local/local-stack.ts");

/** The clock of AWS and of the instances: real time, plus what a test adds. */
export class TestClock {
  #ahead = 0;
  #stoppedAt: number | undefined;

  readonly now = (): Date => new Date((this.#stoppedAt ?? Date.now()) + this.#ahead);

  /** Stops the clock, by default now. Then only `advance` moves it, so that a test does not depend on its own duration. */
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
  /** Defined only while tests run. */
  readonly stack: LocalStack;
  readonly clock: TestClock;
  /** Every line that the functions logged. */
  readonly logLines: readonly string[];
  /** Emits `line` after each. */
  readonly logged: EventEmitter;
  /** The proxy in front of the stack, if any. */
  readonly proxy: ValidatingProxy | undefined;
}

export interface TestStackOptions extends Omit<LocalStackOptions, "clock" | "onLogLine" | "bundles"> {
  /** Validates every request and response against the OpenAPI document. By default only `npm run test:proxy` does. */
  readonly validated?: boolean;
}

/** A local stack for all tests of a file. */
export function useLocalStack({ validated, ...options }: TestStackOptions = {}): TestStack {
  const clock = new TestClock();
  const logLines: string[] = [];
  const logged = new EventEmitter();
  let running: LocalStack | undefined;
  let proxy: ValidatingProxy | undefined;
  beforeAll(async () => {
    running = await startLocalStack({
      clock: clock.now,
      bundles: testBundles,
      onLogLine: (line) => {
        logLines.push(line);
        logged.emit("line");
      },
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
    logged,
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

/** Functions that read instances may assume the roles that only describe. */
const isOfReadRole = ({ resource }: LoggedCall["actions"][number]) =>
  /Latchkey-(?:Read|Inspect|Capture)Role$/.test(resource);

/** What must hold over every call of every suite. */
function expectPrivilegesKept(calls: readonly LoggedCall[]): void {
  const assumed = calls.filter(({ operation, actions }) => operation === "AssumeRole" && !actions.every(isOfReadRole));
  expect(assumed.filter(({ role }) => role !== "connect")).toEqual([]);
  expect(assumed.filter(({ request }) => !(request as { Policy?: string }).Policy)).toEqual([]);
  expect(calls.filter(({ operation, role }) => pushOperations.includes(operation) && role !== "push")).toEqual([]);
  // Nothing that a stand-in did not know, and no fault but those that tests set.
  const isSet = ({ service, status }: LoggedCall) => ["events", "ec2"].includes(service) && status === 503;
  expect(calls.filter((call) => call.status >= 500 && !isSet(call))).toEqual([]);
}
