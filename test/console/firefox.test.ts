import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser } from "puppeteer-core";
import { fleet } from "../support/api-client.ts";
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

const button = (name: string) => `::-p-aria([name="${name}"][role="button"])`;

test("Firefox signs in, opens a terminal and runs a command, without a word in its console", async () => {
  const page = await browser.newPage();
  const logged: string[] = [];
  page.on("console", (message) => logged.push(message.text()));
  page.on("pageerror", (error) => logged.push(String(error)));
  await page.goto(`${local.stack.consoleUrl}/#/instances/${fleet.db1}`);
  await page.locator(button("Sign in")).click();
  await page.locator(button("alice (Engineer)")).click();
  await page.locator(button("Connect")).click();
  await page.locator("::-p-text(Connected)").wait();
  await page.keyboard.type("echo $((6*7))x\n");
  await page.locator(".xterm-rows ::-p-text(42x)").wait();
  expect(logged).toEqual([]);
});
