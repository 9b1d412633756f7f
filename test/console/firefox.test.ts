import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "puppeteer-core";
import { loadOnce } from "../support/load-once.ts";
import { whereIs } from "../support/programs.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { testConsole } from "./support/build.ts";

const { launch } = (loadOnce("puppeteer-core") as typeof import("puppeteer-core")).default;

const local = useLocalStack({ openIdProvider: true, console: { files: testConsole } });
let browser: Browser;
beforeAll(async () => {
  browser = await launch({ browser: "firefox", executablePath: whereIs("firefox-esr") ?? "firefox-esr" });
});
afterAll(() => browser?.close());

const press = (page: Page, name: string) => page.locator(`::-p-aria([name="${name}"][role="button"])`).click();

test("Firefox signs in, and nothing violates its policy", async () => {
  const page = await browser.newPage();
  const logged: string[] = [];
  page.on("console", (message) => logged.push(message.text()));
  page.on("pageerror", (error) => logged.push(String(error)));
  await page.goto(local.stack.consoleUrl ?? "");
  await press(page, "Sign in");
  await press(page, "alice (Engineer)");
  await page.locator('::-p-aria([name="db-1"][role="link"])').wait();
  expect(logged).toEqual([]);
});
