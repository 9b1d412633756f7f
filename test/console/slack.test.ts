import path from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { useLocalStack } from "../support/test-stack.ts";
import { launchChromium } from "./support/chromium.ts";

/** The page of Slack's stand-in, in a browser. `npm run screenshots` takes the pictures of docs/slack.md here. */

const local = useLocalStack({ slack: true, openIdProvider: true });
let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 760, height: 900 }, deviceScaleFactor: 2 });
});
afterAll(() => browser.close());

const images = path.resolve(import.meta.dirname, "../../docs/images");
async function picture(name: string, what: string): Promise<void> {
  if (process.env["LATCHKEY_WRITE_SCREENSHOTS"] !== "1") return;
  await page
    .locator(what)
    .last()
    .screenshot({ path: path.join(images, `slack-${name}.png`) });
}

const open = (user: string) => page.goto(`${local.stack.slack?.url}/?as=${user}`);

test("alice fills in the form, bob approves in the channel, and alice reads what to type", async () => {
  await open("U0ALICE");
  await page.getByLabel("/latchkey").fill("ask");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByLabel("Instance").fill("prod-1");
  await page.getByLabel("Why").fill("INC-42: the disk is full");
  await picture("form", "dialog");
  await page.getByRole("button", { name: "Ask" }).click();
  await page.getByText("Access asked for").waitFor();
  await picture("asked", "article");

  await open("U0BOB");
  await page.getByText("INC-42: the disk is full").waitFor();
  await picture("request", "article");
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByText("You approved it").waitFor();

  await open("U0ALICE");
  await local.stack.settled();
  await open("U0ALICE");
  await page.getByText(/^latchkey ssh /).waitFor();
  await picture("next-step", "article");
  await picture("approved", "article:has-text('#on-call')");
  expect(await page.getByRole("button", { name: "Approve" }).count()).toBe(0);
});
