import { afterEach, describe, expect, test } from "@jest/globals";
import type { Page, Route } from "playwright-core";
import type { InstanceResponse } from "../../contract/instance.ts";
import { end, makeAccessRequest, review } from "../support/access-client.ts";
import { fleet } from "../support/api-client.ts";
import { expectAccessible } from "./support/axe.ts";
import { settled, signIn } from "./support/sign-in.ts";
import { useConsole } from "./support/use-console.ts";

const world = useConsole();

async function open(fragment: string, person = "alice"): Promise<Page> {
  const page = await world.open(fragment);
  await signIn(page, person);
  await settled(page);
  return page;
}

const search = (page: Page) => page.getByLabel("Search");
const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) });
const rows = (page: Page) => page.locator("tbody tr:not(.gap)");
const namesOf = (page: Page) => page.locator("tbody .name").allInnerTexts();
const fragment = (page: Page) => new URL(page.url()).hash;
const text = (page: Page, words: string | RegExp) => page.getByText(words).first().waitFor();

describe("the list finds", () => {
  test("names as they are typed, and keeps the search in the URL", async () => {
    const page = await open("#/instances");
    await search(page).pressSequentially("db");
    await page.waitForURL(/#\/instances\?name=db$/);
    await row(page, "web-1").waitFor({ state: "detached" });
    expect(await namesOf(page)).toEqual(["db-1"]);
    await search(page).fill("");
    await row(page, "web-1").waitFor();
    expect(fragment(page)).toBe("#/instances");
  });

  test("an address once it is whole", async () => {
    const page = await open("#/instances");
    await search(page).fill("10.0.1");
    await text(page, "An address is found once it is whole.");
    await search(page).fill("10.0.1.20");
    await page.waitForURL(/address=10\.0\.1\.20/);
    await row(page, "web-1").waitFor({ state: "detached" });
    expect(await namesOf(page)).toEqual(["db-1"]);
  });

  test("a tag after Enter; Back brings the filters before, and the tag can be let go", async () => {
    const page = await open("#/instances?state=running");
    await search(page).fill("env=prod");
    await search(page).press("Enter");
    await page.waitForURL(/#\/instances\?state=running&tag\.env=prod$/);
    await row(page, "db-1").waitFor({ state: "detached" });
    expect([await namesOf(page), await search(page).inputValue()]).toEqual([["prod-1"], ""]);
    await page.goBack();
    await row(page, "db-1").waitFor();
    await page.goForward();
    await page.getByRole("button", { name: "Remove the tag env" }).click();
    await row(page, "db-1").waitFor();
    expect(fragment(page)).toBe("#/instances?state=running");
  });

  test("an instance by its id", async () => {
    const page = await open("#/instances");
    await search(page).fill(fleet.db1);
    await text(page, "Enter opens the instance with this id.");
    await search(page).press("Enter");
    await page.getByRole("heading", { name: "db-1", level: 1 }).waitFor();
  });

  test("what a link says: state, account and region are chosen in the form", async () => {
    const page = await open("#/instances?state=stopped&accountId=111122223333&region=us-east-1");
    expect(await namesOf(page)).toEqual(["old-1"]);
    expect(await page.getByLabel("State").inputValue()).toBe("stopped");
    await page.getByLabel("State").selectOption("Any");
    await row(page, "db-1").waitFor();
    await page.getByLabel("Account").fill("444455556666");
    await page.getByLabel("Account").press("Enter");
    await text(page, "No instance matches.");
    await page.getByRole("link", { name: "Show all instances" }).click();
    await row(page, "eu-1").waitFor();
    expect(await page.getByLabel("Account").inputValue()).toBe("");
  });

  test("nothing for somebody who may see nothing", async () => {
    const page = await open("#/instances", "carol");
    await text(page, "There is no instance that you may see.");
  });
});

test("the keyboard alone: / searches, arrows go from row to row, Enter opens", async () => {
  const page = await open("#/instances");
  await page.keyboard.press("/");
  await page.keyboard.type("db");
  await row(page, "web-1").waitFor({ state: "detached" });
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await row(page, "web-1").waitFor();
  const names = await namesOf(page);
  const focused = () => page.evaluate("document.activeElement.textContent");
  await page.keyboard.press("ArrowDown");
  expect(await focused()).toBe(names[0]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  expect(await focused()).toBe(names[1]);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: names[1] ?? "", level: 1 }).waitFor();
});

describe("a row says what one may do", () => {
  let made = "";
  afterEach(async () => {
    await end(world.local.stack.url, "alice", made, "cancel");
  });

  test("when one asks, or if there is an access request for it", async () => {
    made = (await makeAccessRequest(world.local.stack.url, "alice")).id;
    const page = await open("#/instances");
    await page.getByRole("button", { name: "Check what you may do on db-1" }).click();
    await row(page, "db-1").getByText("Allowed").waitFor();
    await row(page, "prod-1").getByRole("link", { name: "pending" }).click();
    await page.waitForURL(new RegExp(`#/requests/${made}$`));
  });
});

/** Ten thousand, of which names and tags are as somebody would have them who means harm. */
function many(count: number): Partial<InstanceResponse>[] {
  const [accountId, region] = ["111122223333", "us-east-1"];
  return Array.from({ length: count }, (_, index) => ({
    instanceId: `i-${index.toString(16).padStart(17, "0")}`,
    name: index === 0 ? `<img src=x onerror=alert(1)> \u202e ${"x".repeat(200)}` : `web-${index}`,
    ...{ state: "running", accountId, region, availabilityZone: "us-east-1a", defaultOsUser: "ec2-user" },
    tags: { "<b>env</b>": "javascript:alert(1)", role: "\u202eweb" },
    addresses: [{ address: `10.0.${index >> 8}.${index & 255}`, kind: "private", primary: true }],
    ...{ connectionOptions: [], hostKeys: [], observedAt: "2026-03-01T12:00:00.000Z" },
  }));
}

/** Responds to lists of instances, by pages of a hundred. */
async function respondWith(page: Page, items: readonly object[], more: object = {}): Promise<string[]> {
  const asked: string[] = [];
  await page.route(/\/v1\/instances\?/, (route: Route) => {
    const url = new URL(route.request().url());
    const from = Number(url.searchParams.get("cursor") ?? 0);
    asked.push(url.search);
    const next = from + 100 < items.length ? { nextCursor: String(from + 100) } : {};
    const json = { items: items.slice(from, from + 100), ...next, ...more };
    return route.fulfill({
      json,
      headers: { "access-control-allow-origin": route.request().headers()["origin"] ?? "" },
    });
  });
  return asked;
}

/** Types without any time between the letters. */
function typedAtOnce(box: { value: string; dispatchEvent(event: Event): void }, name: string): void {
  for (let end = 1; end <= name.length; end++) {
    box.value = name.slice(0, end);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

describe("a list of ten thousand", () => {
  test("is loaded as one scrolls, and only what is near the screen is rendered", async () => {
    const page = await open("#/reviews");
    const asked = await respondWith(page, many(10_000));
    await page.getByRole("link", { name: "Instances" }).click();
    await text(page, /^100 or more/);
    const table = page.getByRole("table");
    while ((await table.getAttribute("aria-rowcount")) === "-1") {
      await page.evaluate("scrollTo(0, document.body.scrollHeight)");
      await page.evaluate("new Promise(requestAnimationFrame)");
    }
    expect(await table.getAttribute("aria-rowcount")).toBe("10001");
    expect(asked).toHaveLength(100);
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    await row(page, "web-9999").waitFor();
    expect(await rows(page).count()).toBeLessThan(200);
    await page.evaluate("scrollTo(0, 0)");
    await row(page, "web-1 ").waitFor();
    await row(page, "web-9999").waitFor({ state: "detached" });
    expect(await rows(page).count()).toBeLessThan(200);
  });

  test("asks the API once for a name that is typed without a pause", async () => {
    const page = await open("#/reviews");
    const asked = await respondWith(page, many(200));
    await page.getByRole("link", { name: "Instances" }).click();
    await text(page, /^100 or more/);
    asked.length = 0;
    const response = page.waitForResponse(/namePrefix=/);
    await search(page).evaluate(typedAtOnce, "web-12");
    await response;
    expect(asked).toEqual(["?limit=100&namePrefix=web-12"]);
  });

  test("shows names and tags as text, on a telephone too", async () => {
    const page = await open("#/reviews");
    await respondWith(page, many(3));
    await page.getByRole("link", { name: "Instances" }).click();
    await text(page, "<img src=x onerror=alert(1)>");
    expect(await page.locator("main img, main b, main a[href^=javascript]").count()).toBe(0);
    await expectAccessible(page);
  });
});

test("accounts that could not be read are named", async () => {
  const page = await open("#/reviews");
  await respondWith(page, [], {
    incomplete: [{ accountId: "444455556666", region: "eu-west-1", code: "upstream-unavailable" }],
  });
  await page.getByRole("link", { name: "Instances" }).click();
  await text(page, /444455556666 \/ eu-west-1/);
  await text(page, "There is no instance that you may see.");
  await expectAccessible(page);
});

describe("one instance", () => {
  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

  test("is connected to as policy permits: the verdict comes first, and the command is beside", async () => {
    const page = await open(`#/instances/111122223333/us-east-1/${fleet.db1}`);
    await text(page, "Allowed");
    await text(page, "Route: 10.0.1.20:22, through eice-0123456789abcdef0.");
    await text(page, `latchkey ssh -l ec2-user ${fleet.db1}@111122223333/us-east-1`);
    await page.getByLabel("OS user").fill("root");
    await text(page, "No policy permits it.");
    expect(await button(page, "Connect").count()).toBe(0);
    await page.getByLabel("OS user").fill("-oProxyCommand=x");
    await text(page, "This is not a name that an OS user can have.");
    expect(await page.getByText("latchkey ssh").count()).toBe(0);
    await page.getByLabel("OS user").fill("ubuntu");
    await text(page, "Allowed");
    await button(page, "Connect").click();
    await page.waitForURL(/#\/terminals\/1$/);
    await page.getByRole("tabpanel").getByText("Connected", { exact: true }).waitFor();
  });

  test("that only another machine reaches has the commands for it", async () => {
    const page = await open(`#/instances/${fleet.web1}`);
    await text(page, "A browser cannot dial an address, and no endpoint reaches this instance");
    expect(await button(page, "Connect").count()).toBe(0);
    await text(page, `latchkey ssh -l ec2-user ${fleet.web1}@111122223333/us-east-1`);
    await page.getByLabel("Connection type").selectOption("direct");
    await text(page, `latchkey ssh -l ec2-user --connection-type direct ${fleet.web1}`);
    await text(page, "With ssh and a key of your own");
  });

  test("that needs approval leads to the form, and then to the request; the approval is seen without a reload", async () => {
    const { url } = world.local.stack;
    const page = await open(`#/instances/${fleet.prod1}`);
    await text(page, "Policy requires 1 approval and a reason.");
    await page.getByRole("link", { name: "Ask for access" }).waitFor();
    const { id } = await makeAccessRequest(url, "alice");
    await button(page, "Refresh").click();
    await page.getByRole("link", { name: "Open your access request" }).waitFor();
    await review(url, "bob", id, "approve");
    await button(page, "Connect").and(page.locator(":enabled")).waitFor();
    await text(page, /left$/);
    await end(url, "bob", id, "revoke");
  });

  test("that cannot be reached is checked at once, another when somebody asks", async () => {
    const page = await open(`#/instances/${fleet.db1}`);
    await button(page, "Check what is in the way").click();
    await page.getByRole("heading", { name: "Checks of endpoint" }).waitFor();
    await text(page, "instance security groups");
  });

  test("that is absent looks like one that may not be seen, and the list is the way on", async () => {
    world.expectLogged(/404/);
    const page = await open(`#/instances/${fleet.vault1}`);
    await page.getByRole("alert").waitFor();
    await page.getByRole("link", { name: "Search the instances" }).click();
    await row(page, "db-1").waitFor();
  });

  test("is read again when somebody comes back to the page after half a minute", async () => {
    const page = await open(`#/instances/${fleet.db1}`);
    let reads = 0;
    page.on("request", (request) => {
      if (request.method() === "GET" && request.url().includes(`/v1/instances/${fleet.db1}`)) reads++;
    });
    await page.evaluate("dispatchEvent(new Event('focus'))");
    expect(reads).toBe(0);
    await page.clock.install();
    await page.clock.fastForward("01:00");
    const read = page.waitForRequest(new RegExp(`/v1/instances/${fleet.db1}`));
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange')), dispatchEvent(new Event('focus'))");
    await read;
  });
});
