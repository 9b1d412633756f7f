import { expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { fleet } from "../support/api-client.ts";
import { keyboardOf } from "./support/keyboard.ts";
import { useConsole } from "./support/use-console.ts";

const world = useConsole();

/** Somebody at a browser of their own, who has only keys. */
async function openAs(name: string, fragment: string) {
  const page = await world.open(fragment);
  const keyboard = keyboardOf(page);
  const activate = (role: "button" | "link", label: string | RegExp) =>
    keyboard.activate(page.getByRole(role, { name: label, exact: true }).first());
  await activate("button", "Sign in");
  await activate("button", new RegExp(`^${name} `));
  return { page, keyboard, activate };
}

/** @param factor another each time: what a screen has shown stays there */
const runsShell = async (page: Page, factor = 7) => {
  await page.getByRole("tabpanel").getByText("Connected", { exact: true }).first().waitFor();
  await page.keyboard.type(`echo $((6*${factor}))x\n`);
  await page
    .locator(".xterm-rows")
    .filter({ hasText: `${6 * factor}x` })
    .waitFor();
};

test("who has only keys asks for prod-1, is connected once bob approves, and ends the access", async () => {
  const alice = await openAs("alice", `#/access/new?instanceId=${fleet.prod1}`);
  await alice.page.getByRole("main").getByText("prod-1").first().waitFor();
  await alice.keyboard.fill(alice.page.getByLabel("OS user"), "ec2-user");
  await alice.keyboard.fill(alice.page.getByLabel("Reason"), "The disk is full");
  await alice.activate("button", "Ask for access");
  await alice.keyboard.reach(alice.page.getByLabel("Connect as soon as it is approved"));
  await alice.keyboard.press("Space");

  const bob = await openAs("bob", "#/reviews");
  await bob.activate("button", "Approve… what alice asks for");
  await bob.activate("button", "Approve");

  await runsShell(alice.page);
  await alice.keyboard.press("Control+Shift+E");
  await alice.keyboard.reach(alice.page.getByRole("link", { name: "My access" }), "Shift+Tab");
  await alice.keyboard.press("Enter");
  await alice.activate("link", /prod-1/);
  await alice.activate("button", "End access…");
  await alice.activate("button", "End access");
  await alice.page.getByText("Access was ended early.").waitFor();
  expect(new URL(alice.page.url()).hash).toMatch(/^#\/requests\/ar-/);
});

test("who has only keys finds db-1, connects, and connects again after a drop", async () => {
  const { page, keyboard, activate } = await openAs("alice", "");
  await keyboard.fill(page.getByLabel("Search"), "db-1");
  await keyboard.press("Enter");
  await activate("link", "db-1");
  await activate("button", "Connect");
  await runsShell(page);
  expect(world.local.stack.tunnels.drop()).toBe(1);
  await activate("button", "Reconnect");
  await runsShell(page, 8);
});
