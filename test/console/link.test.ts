import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { useLocalStack } from "../support/test-stack.ts";
import { expectAccessible } from "./support/axe.ts";
import { launchChromium } from "./support/chromium.ts";
import { signInAtProvider } from "./support/sign-in.ts";

const local = useLocalStack({ openIdProvider: true, slack: true });
const home = () => local.stack.slackUrl?.replace(/\/slack$/, "/link") ?? "";

let browser: Browser;
const contexts: BrowserContext[] = [];
/** What the pages' console says, such as that the policy has refused something. */
const logged: string[] = [];
beforeAll(async () => {
  browser = await launchChromium();
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  expect(logged.splice(0)).toEqual([]);
});
afterAll(() => browser?.close());

/** A page in a browser of its own, where a visit begins. */
async function begin(options?: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  contexts.push(context);
  const page = await context.newPage();
  // The status of a refusal is told there too.
  page.on("console", (message) => message.text().includes("status of 4") || logged.push(message.text()));
  await page.goto(home());
  return page;
}

/** Of the visit. A browser does not tell the ports of this machine apart. */
const visitCookies = async (page: Page) =>
  (await page.context().cookies(home())).filter(({ name }) => name === "__Host-latchkey-link");

const choose = (page: Page, user: string) => page.getByRole("button", { name: user }).click();
const heading = (page: Page, name: string) => page.getByRole("heading", { name }).waitFor();

describe("the pages that link a Slack user", () => {
  test("are accessible, in both themes, on a desktop and on a telephone", async () => {
    const page = await begin({ bypassCSP: true });
    await signInAtProvider(page, "erin");
    await choose(page, "U0NOBODY");
    await heading(page, "Link your Slack user?");
    await expectAccessible(page);
    await page.goto(home());
    await signInAtProvider(page, "erin");
    await choose(page, "U0BOB");
    await heading(page, "This Slack user is another person's");
    await expectAccessible(page);
    await page.getByRole("link", { name: "Start again" }).click();
    await signInAtProvider(page, "erin");
    await choose(page, "U0ERIN");
    await heading(page, "Your Slack user is linked");
    await expectAccessible(page);
  });

  test("take three clicks without a script, and keep the visit in a cookie that no script reads", async () => {
    const page = await begin({ javaScriptEnabled: false });
    await signInAtProvider(page, "dave");
    expect(await visitCookies(page)).toMatchObject([{ path: "/", httpOnly: true, secure: true, sameSite: "Lax" }]);
    await choose(page, "U0NOBODY");
    await heading(page, "Link your Slack user?");
    await page.getByRole("button", { name: "Link" }).click();
    await heading(page, "Your Slack user is linked");
    await page.getByText("slack/T0LOCAL/U0NOBODY is dave.").waitFor();
    expect(page.url()).toBe(home());
    expect(await visitCookies(page)).toEqual([]);
  });

  test("are of no use to another page that posts their form", async () => {
    const page = await begin();
    await signInAtProvider(page, "alice");
    const other = await page.context().newPage();
    await other.setContent(
      `<form method="post" action="${home()}"><input name="token" value="x"><button>Win</button></form>`,
    );
    await other.getByRole("button", { name: "Win" }).click();
    await heading(other, "This page is no longer valid");
    await choose(page, "U0ALICE");
    await heading(page, "Your Slack user is linked");
  });
});
