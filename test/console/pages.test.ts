import { beforeAll, describe, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { makeAccessRequest, review } from "../support/access-client.ts";
import { fleet } from "../support/api-client.ts";
import { expectAccessible } from "./support/axe.ts";
import { takeScreenshots } from "./support/screenshots.ts";
import { settled, signIn } from "./support/sign-in.ts";
import { useConsole } from "./support/use-console.ts";

const world = useConsole();

/** A request of each state that people wait for, and one that has been approved. */
let pending = "";
let approved = "";
beforeAll(async () => {
  const { url } = world.local.stack;
  approved = (await makeAccessRequest(url, "dave", { reason: "The disk of prod-1 is full: INC-1042" })).id;
  await review(url, "bob", approved, "approve");
  pending = (await makeAccessRequest(url, "alice", { reason: "Restart the queue worker after the deployment" })).id;
  await world.local.stack.settled();
});

/** Each page with what it shows, the person who sees it, and its fragment. */
const pages: readonly [name: string, person: string, fragment: () => string][] = [
  ["instances", "alice", () => "#/instances"],
  ["no instances", "alice", () => "#/instances?name=nothing-has-this-name"],
  ["instance", "alice", () => `#/instances/111122223333/us-east-1/${fleet.db1}`],
  ["instance of production", "alice", () => `#/instances/111122223333/us-east-1/${fleet.prod1}`],
  ["stopped instance", "alice", () => `#/instances/${fleet.old1}`],
  ["absent instance", "alice", () => `#/instances/${fleet.absent}`],
  ["access", "alice", () => "#/access"],
  ["no access", "erin", () => "#/access"],
  ["ask", "alice", () => `#/access/new?instanceId=${fleet.prod1}`],
  ["request", "alice", () => `#/requests/${pending}`],
  ["approved request", "dave", () => `#/requests/${approved}`],
  ["review", "bob", () => `#/requests/${pending}`],
  ["absent request", "alice", () => "#/requests/ar-00000000000000000000000000"],
  ["reviews", "bob", () => "#/reviews"],
  ["audit", "bob", () => "#/audit"],
  ["story", "bob", () => `#/audit/story?accessRequestId=${approved}`],
  ["terminals", "alice", () => "#/terminals"],
  ["unknown page", "alice", () => "#/nothing"],
];

/** Opens a page as somebody, once it has what it shows. */
async function open(person: string, fragment: string): Promise<Page> {
  const page = await world.open(fragment);
  await signIn(page, person);
  await settled(page);
  return page;
}

describe("everybody can use, in both themes, on a desktop and a telephone, the page", () => {
  test("sign in", async () => {
    const page = await world.open();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    await expectAccessible(page);
    await takeScreenshots(page, "sign-in");
  });

  test.each(pages)("%s", async (name, person, fragment) => {
    if (name.startsWith("absent")) world.expectLogged(/status of 404/);
    const page = await open(person, fragment());
    await expectAccessible(page);
    await takeScreenshots(page, name.replaceAll(" ", "-"));
  });
});

test("everybody can use a terminal, and the page of one that has lost its tunnel", async () => {
  const page = await open("alice", `#/instances/${fleet.db1}`);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const panel = page.getByRole("tabpanel");
  await panel.getByText("Connected", { exact: true }).first().waitFor();
  await page.keyboard.type("uptime; echo $((6*7))x\n");
  await page.locator(".xterm-rows").filter({ hasText: "42x" }).waitFor();
  await expectAccessible(page);
  await takeScreenshots(page, "terminal");
  world.local.stack.tunnels.drop();
  await panel.getByRole("heading", { name: "The connection was lost" }).waitFor();
  await expectAccessible(page);
  await takeScreenshots(page, "terminal-dropped");
});

describe("everybody can use the list of instances", () => {
  const list = async () => {
    const page = await open("alice", "#/reviews");
    return { page, goThere: () => page.getByRole("link", { name: "Instances" }).click() };
  };

  test("while the API does not respond", async () => {
    const { page, goThere } = await list();
    await page.route(`${world.local.stack.oidcUrl}/**`, () => {});
    await goThere();
    await page
      .getByText(/^Loading/)
      .first()
      .waitFor();
    await expectAccessible(page);
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });

  test("when the API cannot be reached, and then it can", async () => {
    const { page, goThere } = await list();
    world.expectLogged(/net::ERR_/);
    await page.route(`${world.local.stack.oidcUrl}/**`, (route) => route.abort("connectionrefused"));
    await goThere();
    await page.getByRole("heading", { name: "No connection to Latchkey" }).waitFor();
    await expectAccessible(page);
    await page.unrouteAll();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("link", { name: "db-1" }).waitFor();
  });

  test("without a network, and then with one", async () => {
    const { page, goThere } = await list();
    world.expectLogged(/net::ERR_INTERNET_DISCONNECTED/);
    await page.context().setOffline(true);
    await page.getByText("You are offline.").first().waitFor();
    await goThere();
    await page.getByRole("heading", { name: "You are offline" }).waitFor();
    await expectAccessible(page);
    await page.context().setOffline(false);
    await page.getByRole("link", { name: "db-1" }).waitFor();
  });
});
