import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { type TestStack, type TestStackOptions, useLocalStack } from "../../support/test-stack.ts";
import { testConsole } from "./build.ts";
import { launchChromium } from "./chromium.ts";
import { Watch } from "./watch.ts";

export interface ConsoleWorld {
  readonly local: TestStack;
  /** The console in a browser of its own: no other has its cookies. @param fragment `#/reviews`; left out: none */
  open(fragment?: string, options?: BrowserContextOptions): Promise<Page>;
  /** Says what one message in the browsers' consoles, or more, may contain. There must be one by the end of the test. */
  expectLogged(pattern: RegExp): void;
}

/**
 * A local stack with the console, and Chromium, for all tests of a file. After each test `Watch` says whether the pages kept the
 * rules that hold in every test.
 */
export function useConsole(options: TestStackOptions = {}): ConsoleWorld {
  const local = useLocalStack({ openIdProvider: true, console: { files: testConsole }, ...options });
  let browser: Browser;
  const open = new Map<BrowserContext, Watch>();
  const expected: RegExp[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(async () => {
    const contexts = [...open];
    open.clear();
    const patterns = expected.splice(0);
    const faults = await Promise.all(contexts.map(([, watch]) => watch.faults(patterns)));
    await Promise.all(contexts.map(([context]) => context.close()));
    const logged = contexts.flatMap(([, watch]) => watch.logged);
    const missing = patterns.filter((pattern) => !logged.some((text) => pattern.test(text)));
    expect({ faults: faults.flat(), missing }).toEqual({ faults: [], missing: [] });
  });
  afterAll(() => browser?.close());
  return {
    local,
    async open(fragment = "", options = {}) {
      const { consoleUrl = "" } = local.stack;
      const context = await browser.newContext({ baseURL: consoleUrl, reducedMotion: "reduce", ...options });
      open.set(context, await Watch.over(context, local.stack));
      const page = await context.newPage();
      await page.goto(`/${fragment}`);
      return page;
    },
    expectLogged: (pattern) => void expected.push(pattern),
  };
}
