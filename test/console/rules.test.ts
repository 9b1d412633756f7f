import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { expectAccessible } from "./support/axe.ts";
import { launchChromium } from "./support/chromium.ts";
import { keyboardOf } from "./support/keyboard.ts";
import { signIn } from "./support/sign-in.ts";
import { useConsole } from "./support/use-console.ts";
import { Watch } from "./support/watch.ts";

const world = useConsole();
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

describe("the rules of every test are broken by", () => {
  test.each([
    [
      "an inline style",
      'document.body.setAttribute("style", "color: red")',
      "a CSP violation: style-src-attr blocks inline",
    ],
    [
      "markup from text",
      'try { document.body.innerHTML = "<b>" } catch {}',
      "a CSP violation: require-trusted-types-for",
    ],
    ["what the page logs", 'console.log("hello")', "console: log: hello"],
    ["an error that nobody catches", 'void Promise.reject(new Error("lost"))', "console: uncaught: lost"],
    ["an item of the local storage", 'localStorage.setItem("a", "1")', "kept in localStorage: a"],
    ["an item of the session storage", 'sessionStorage.setItem("a", "1")', "kept in sessionStorage: a"],
    ["a cookie", 'document.cookie = "a=1"', "kept in cookies: a=1"],
    ["a database", 'await new Promise((done) => { indexedDB.open("a").onsuccess = done })', "kept in databases: a"],
    ["a cache", 'await caches.open("a")', "kept in caches: a"],
    ["a code in the URL", 'history.replaceState(null, "", "/?code=1")', "left in the URL: "],
    [
      "a request to another origin",
      'await fetch("http://localhost:9/").catch(() => {})',
      "a CSP violation: connect-src",
    ],
    ["a token in the URL", 'history.replaceState(null, "", "#" + token)', "the secret "],
    ["a token on the page", "document.body.append(token)", "the secret "],
    ["a token in the log", "console.log(token)", "the secret "],
  ])("%s", async (_, script, fault) => {
    const { stack } = world.local;
    const context = await browser.newContext({ baseURL: stack.consoleUrl ?? "" });
    const watch = await Watch.over(context, stack);
    const page = await context.newPage();
    const response = page.waitForResponse(`${stack.issuer}/token`);
    await page.goto("/");
    await signIn(page, "alice");
    const { access_token: token } = (await (await response).json()) as { access_token: string };
    expect(await watch.faults([])).toEqual([]);
    await page.evaluate(`(async (token) => { ${script} })(${JSON.stringify(token)})`);
    expect(await watch.faults([])).toContainEqual(expect.stringContaining(fault));
    await context.close();
  });
});

describe("a page that is not accessible is found by", () => {
  test.each([
    ["a button without a name", 'document.body.append(document.createElement("button"))', "button-name"],
    ["text that can hardly be read", 'document.body.append("x"); document.body.style.color = "#777"', "color-contrast"],
    ["what is wider than a telephone", 'document.body.style.minWidth = "500px"', "140 pixels wider than the window"],
  ])("%s", async (_, script, fault) => {
    const page = await world.open();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    await expectAccessible(page);
    await page.evaluate(script);
    await expect(expectAccessible(page)).rejects.toThrow(fault);
  });
});

test("who has only keys signs in", async () => {
  const page = await world.open();
  const keyboard = keyboardOf(page);
  await keyboard.activate(page.getByRole("button", { name: "Sign in" }));
  await keyboard.activate(page.getByRole("button", { name: "alice" }));
  await expect(keyboard.reach(page.getByRole("main"))).rejects.toThrow("Tab never leads to");
  await keyboard.activate(page.getByRole("button", { name: "Sign out" }));
  await page.getByRole("button", { name: "Sign in" }).waitFor();
});
