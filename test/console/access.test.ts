import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Locator, Page } from "playwright-core";
import { end, makeAccessRequest, readAccessRequest, review } from "../support/access-client.ts";
import { callApi, fleet } from "../support/api-client.ts";
import { expectAccessible } from "./support/axe.ts";
import { keyboardOf } from "./support/keyboard.ts";
import { settled, signIn } from "./support/sign-in.ts";
import { useConsole } from "./support/use-console.ts";

const world = useConsole();
const url = () => world.local.stack.url;

/** What a test leaves open would be in the way of the next. */
afterEach(async () => {
  const { items } = (await callApi(url(), { path: "/v1/access-requests?limit=100", as: "bob" })).body as {
    items: readonly { id: string; status: string; subject: string }[];
  };
  for (const { id, status, subject } of items) {
    if (status === "pending" || status === "scheduled") await end(url(), subject, id, "cancel");
    if (status === "active") await end(url(), "bob", id, "revoke");
  }
});

async function open(person: string, fragment: string): Promise<Page> {
  const page = await world.open(fragment);
  await signIn(page, person);
  await settled(page);
  return page;
}

const button = (page: Page | Locator, name: string | RegExp) => page.getByRole("button", { name });
const field = (page: Page | Locator, name: string) => page.getByLabel(name, { exact: true });
const inDialog = (page: Page) => page.getByRole("dialog");
const shows = (page: Page | Locator, text: string | RegExp) => page.getByText(text).first().waitFor();
interface Focusable {
  matches(selector: string): boolean;
}

const askForProd1 = `#/access/new?instanceId=${fleet.prod1}`;

/** The access request whose page is shown. */
async function shownId(page: Page): Promise<string> {
  await page.waitForURL(/#\/requests\//);
  return page.url().replace(/^.*\//, "");
}

/** Asks for prod-1 in the form. */
async function ask(page: Page, reason: string): Promise<string> {
  await shows(page, "It needs 1 approval and a reason.");
  await page.getByLabel("Reason").fill(reason);
  await button(page, "Ask for access").click();
  return shownId(page);
}

describe("nothing is sent, and what was typed stays,", () => {
  test("if the form is not complete: the fields say what is missing", async () => {
    const page = await open("alice", "#/access/new");
    await field(page, "How long").fill("30");
    await button(page, "Ask for access").click();
    await shows(page, "Choose an instance from the list, or give its id.");
    await shows(page, "Name a user of the instance's system, such as ec2-user.");
    await shows(page, "Say why: it is what reviewers go by.");
    expect(await field(page, "Instance").evaluate((element: Focusable) => element.matches(":focus"))).toBe(true);
    await expectAccessible(page);
    await field(page, "How long").fill("2h");
    await page.getByText("That is 2 h.").waitFor();
  });

  test("if the API refuses: its words stand above the button", async () => {
    world.expectLogged(/status of 403/);
    const page = await open("alice", askForProd1);
    await field(page, "How long").fill("12h");
    await page.getByLabel("Reason").fill("The disk is full");
    await shows(page, "Approval needed");
    await button(page, "Ask for access").click();
    await shows(page, "Policy permits access for at most 8h.");
    expect(await page.getByLabel("Reason").inputValue()).toBe("The disk is full");
    await expectAccessible(page);
  });

  test("if the API finds a field wrong: its words stand at the field", async () => {
    world.expectLogged(/status of 400/);
    const page = await open("alice", askForProd1);
    await field(page, "How long").fill("25h");
    await page.getByLabel("Reason").fill("The disk is full");
    await shows(page, "Approval needed");
    await button(page, "Ask for access").click();
    await page.locator("[aria-invalid]").waitFor();
    expect(await field(page, "How long").getAttribute("aria-invalid")).toBe("true");
  });

  test("if an instance is not seen", async () => {
    world.expectLogged(/status of 404/);
    const page = await open("alice", `#/access/new?instanceId=${fleet.vault1}`);
    await shows(page, "The instance does not exist, or you may not see it.");
  });

  test("twice by a double click", async () => {
    const page = await open("alice", askForProd1);
    const sent: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST" && request.url().endsWith("/access-requests")) sent.push(request.url());
    });
    await shows(page, "Approval needed");
    await page.getByLabel("Reason").fill("The disk is full");
    await button(page, "Ask for access").dblclick();
    await shownId(page);
    expect(sent).toHaveLength(1);
  });
});

test("a person finds an instance by the start of its name", async () => {
  const page = await open("alice", "#/access/new");
  await field(page, "Instance").fill("pro");
  await page.locator(`datalist option[value="prod-1 (${fleet.prod1})"]`).waitFor({ state: "attached" });
  await field(page, "Instance").fill("prod-1");
  await shows(page, "111122223333, us-east-1");
  await shows(page, "It needs 1 approval and a reason.");
  expect(await page.getByLabel("OS user").inputValue()).toBe("ec2-user");
});

test("the OS user of a link stays, and decides what is needed", async () => {
  const page = await open("alice", `${askForProd1}&osUser=root`);
  await shows(page, "It needs 2 approvals and a reason.");
  expect(await field(page, "OS user").inputValue()).toBe("root");
});

describe("alice asks for prod-1, and bob", () => {
  let alice: Page;
  let id = "";
  beforeEach(async () => {
    alice = await open("alice", askForProd1);
    id = await ask(alice, "The disk is full");
    await shows(alice, "Waiting for 1 approval.");
  });

  test("approves for less time: her page goes on without a reload, and connects if she has said so", async () => {
    await alice.getByLabel("Connect as soon as it is approved").check();
    const bob = await open("bob", "#/reviews");
    await shows(bob, "alice asks for prod-1 as ec2-user");
    await button(bob, /^Approve/).click();
    await inDialog(bob).getByLabel("Comment").fill("Go on");
    await inDialog(bob).getByLabel("For at most").fill("30m");
    await expectAccessible(bob);
    await button(inDialog(bob), "Approve").click();
    await shows(bob, "Approved: alice has access.");
    await alice.waitForURL(/#\/terminals\/1$/);
    await shows(alice, "Connected");
    await shows(alice, /^Access 29 min/);
    await alice.goBack();
    await shows(alice, "You can connect.");
    await shows(alice, "30 min of the 1 h asked for");
    await alice.getByRole("blockquote").getByText("Go on").waitFor();
    await shows(bob, "Nothing waits for your review.");
  });

  test("approves: her page does not connect by itself if she has not said so", async () => {
    await review(url(), "bob", id, "approve");
    await button(alice, "Connect").waitFor();
    expect(alice.url()).toContain(id);
    await button(alice, "Connect").click();
    await alice.waitForURL(/#\/terminals\/1$/);
  });

  test("denies with a comment, which she reads", async () => {
    const bob = await open("bob", `#/requests/${id}`);
    await button(bob, /^Deny/).click();
    await inDialog(bob).getByLabel("Comment").fill("Not on a Friday");
    await expectAccessible(bob);
    await button(inDialog(bob), "Deny").click();
    await shows(alice, "Denied by bob.");
    await alice.getByRole("blockquote").getByText("Not on a Friday").waitFor();
    await expectAccessible(alice);
    await alice.getByRole("link", { name: "Ask again" }).click();
    expect(await field(alice, "Instance").inputValue()).toBe(fleet.prod1);
  });

  test("gives no review, since she cancels it", async () => {
    const bob = await open("bob", `#/requests/${id}`);
    await button(bob, /^Approve/).click();
    await button(alice, "Cancel the request…").click();
    await button(inDialog(alice), "Cancel the request").click();
    await shows(alice, "It was withdrawn.");
    world.expectLogged(/status of 409/);
    await inDialog(bob).getByLabel("Comment").fill("Go on");
    await button(inDialog(bob), "Approve").click();
    await shows(bob, "It has been decided or cancelled, or has expired.");
    expect(await inDialog(bob).getByLabel("Comment").inputValue()).toBe("Go on");
    await button(inDialog(bob), "Back").click();
    await shows(bob, "It was withdrawn.");
    expect(await button(bob, /^Approve/).count()).toBe(0);
  });

  test("reviews the time that she asks for more, and then ends her access", async () => {
    await review(url(), "bob", id, "approve");
    await button(alice, "Ask for more time…").click();
    await button(inDialog(alice), "Ask for more time").click();
    await shows(inDialog(alice), "Say why");
    await button(inDialog(alice), "30 min").click();
    await inDialog(alice).getByLabel("Reason").fill("The restore is slow");
    await expectAccessible(alice);
    await button(inDialog(alice), "Ask for more time").click();
    await shows(alice, "More time waits for 1 approval.");
    const { expiresAt } = await readAccessRequest(url(), "alice", id);
    const bob = await open("bob", "#/reviews");
    await shows(bob, "alice asks for more time on prod-1 as ec2-user");
    await expectAccessible(bob);
    await button(bob, /^Approve/).click();
    await button(inDialog(bob), "Approve").click();
    await shows(bob, "Approved: access ends later.");
    await shows(alice, "You can connect.");
    const extended = await readAccessRequest(url(), "alice", id);
    expect(Date.parse(extended.expiresAt ?? "") - Date.parse(expiresAt ?? "")).toBe(1_800_000);
    await bob.getByRole("link", { name: "Show the request" }).click();
    await button(bob, "Revoke access…").click();
    await shows(inDialog(bob), "an open SSH session continues");
    await button(inDialog(bob), "Revoke access").click();
    await shows(bob, "Access was ended early.");
  });

  test("does not approve more time by accident, while he approves what he has seen", async () => {
    const bob = await open("bob", `#/requests/${id}`);
    await button(bob, /^Approve/).click();
    await review(url(), "erin", id, "approve");
    const body = { durationSeconds: 600, reason: "The restore is slow" };
    await callApi(url(), { method: "POST", path: `/v1/access-requests/${id}/extensions`, as: "alice", body });
    await button(inDialog(bob), "Approve").click();
    await shows(bob, "nothing is reviewed");
    const { extension } = await readAccessRequest(url(), "alice", id);
    expect(extension).toMatchObject({ status: "pending", reviews: [] });
  });

  test("approves while her page cannot reach the API: it goes on once it can", async () => {
    world.expectLogged(/net::ERR_/);
    await alice.route(/wait=25/, (route) => route.abort("connectionreset"));
    await alice.getByRole("link", { name: "My access" }).click();
    await settled(alice);
    await alice.goBack();
    await shows(alice, "Latchkey does not respond, trying again.");
    await review(url(), "bob", id, "approve");
    await alice.unrouteAll();
    await button(alice, "Connect").waitFor();
  });
});

test("with keys alone, alice asks, bob approves, and alice connects and ends it", async () => {
  const alice = await open("alice", "#/access");
  const keys = keyboardOf(alice);
  await keys.activate(alice.getByRole("link", { name: "Ask for access" }).first());
  await keys.fill(field(alice, "Instance"), fleet.prod1);
  await shows(alice, "Approval needed");
  await keys.activate(button(alice, "30 min"));
  await keys.fill(alice.getByLabel("Reason"), "The disk is full");
  await keys.activate(button(alice, "Ask for access"));
  await shows(alice, "Waiting for 1 approval.");
  const bob = await open("bob", "#/reviews");
  const bobsKeys = keyboardOf(bob);
  await bobsKeys.activate(button(bob, /^Approve/));
  await bobsKeys.fill(inDialog(bob).getByLabel("Comment"), "Go on");
  await bobsKeys.press("Escape");
  await inDialog(bob).waitFor({ state: "detached" });
  await bobsKeys.activate(button(bob, /^Approve/));
  await bobsKeys.activate(button(inDialog(bob), "Approve"));
  await shows(bob, "Approved: alice has access.");
  await keys.activate(button(alice, "Connect"));
  await alice.waitForURL(/#\/terminals\/1$/);
  await alice.goBack();
  await keys.activate(button(alice, "End access…"));
  await keys.activate(button(inDialog(alice), "End access"));
  await shows(alice, "Access was ended early.");
});

test("a new request appears among the reviews by itself, but not under an open dialog", async () => {
  const bob = await open("bob", "#/reviews");
  await shows(bob, "Nothing waits for your review.");
  const focus = () => bob.evaluate('dispatchEvent(new Event("focus"))');
  await makeAccessRequest(url(), "alice", { reason: "The first" });
  await focus();
  await shows(bob, "The first");
  await button(bob, /^Approve/).click();
  await makeAccessRequest(url(), "dave", { reason: "The second" });
  await focus();
  await inDialog(bob).getByLabel("Comment").fill("Wait");
  expect(await bob.getByText("The second").count()).toBe(0);
  await button(inDialog(bob), "Back").click();
  await focus();
  await shows(bob, "The second");
});

test("a page that nobody sees asks for nothing, and goes on when it is seen", async () => {
  const { id } = await makeAccessRequest(url(), "alice");
  const alice = await open("alice", `#/requests/${id}`);
  await shows(alice, "Waiting for 1 approval.");
  const show = (state: string) =>
    alice.evaluate(`Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));`);
  const aborted = alice.waitForEvent("requestfailed", (request) => request.url().includes("wait=25"));
  await show("hidden");
  await aborted;
  const asked: string[] = [];
  alice.on("request", (request) => asked.push(request.url()));
  await review(url(), "bob", id, "approve");
  await alice.getByRole("button", { name: "Sign out" }).hover();
  expect(asked).toEqual([]);
  await show("visible");
  await shows(alice, "You can connect.");
});

test("who may not ask for others hears so before, and who needs no request is led to the instance", async () => {
  world.expectLogged(/status of 403/);
  const alice = await open("alice", askForProd1);
  await shows(alice, "Approval needed");
  await alice.getByText("For somebody else").click();
  await alice.getByLabel("Their id").fill("dave");
  await shows(alice, "Access denied");
  await alice.getByLabel("Their id").fill("");
  await field(alice, "Instance").fill(fleet.db1);
  await shows(alice, "You can connect now, without an access request.");
  await alice.getByRole("link", { name: "Connect to it" }).click();
  await alice.waitForURL(new RegExp(`#/instances/.*${fleet.db1}$`));
});

describe("break-glass", () => {
  test("takes a second press, and is marked", async () => {
    const bob = await open("bob", askForProd1);
    await shows(bob, "Approval needed");
    await bob.getByText("Emergency").click();
    await bob.getByLabel("Break glass").check();
    await bob.getByLabel("Reason").fill("Everything is down");
    await button(bob, "Break glass…").click();
    await shows(inDialog(bob), "You get access to prod-1 as ec2-user at once, without review.");
    await expectAccessible(bob);
    await button(inDialog(bob), "Back").click();
    await button(bob, "Break glass…").click();
    await button(inDialog(bob), "Break glass now").click();
    await shows(bob, "Taken by break-glass, without review.");
    await expectAccessible(bob);
    expect(await button(bob, "Ask for more time…").count()).toBe(0);
    await bob.getByRole("link", { name: "My access" }).click();
    await shows(bob, "Break-glass");
  });

  test("is refused to those whom policy does not let, and what was typed stays", async () => {
    world.expectLogged(/status of 403/);
    const alice = await open("alice", askForProd1);
    await shows(alice, "Approval needed");
    await alice.getByText("Emergency").click();
    await alice.getByLabel("Break glass").check();
    await alice.getByLabel("Reason").fill("Everything is down");
    await button(alice, "Break glass…").click();
    await button(inDialog(alice), "Break glass now").click();
    await shows(inDialog(alice), "Access denied");
    await button(inDialog(alice), "Back").click();
    expect(await alice.getByLabel("Reason").inputValue()).toBe("Everything is down");
  });
});

test("nobody is offered a review of their own request", async () => {
  const { id } = await makeAccessRequest(url(), "bob");
  const bob = await open("bob", `#/requests/${id}`);
  await button(bob, "Cancel the request…").waitFor();
  expect(await button(bob, /^(Approve|Deny)/).count()).toBe(0);
  await bob.getByRole("link", { name: "Reviews" }).click();
  await shows(bob, "Nothing waits for your review.");
});

test("access by tags says which instances it covers, and a link fills in the form", async () => {
  const alice = await open("alice", "#/access/new?tag.env=prod&osUser=ec2-user");
  expect(await alice.getByLabel("Tags", { exact: true }).inputValue()).toBe("env=prod");
  await alice.getByLabel("Reason").fill("Upgrade the kernel");
  await button(alice, "Ask for access").click();
  const id = await shownId(alice);
  await shows(alice, "At each connection policy decides on all tags");
  await expectAccessible(alice);
  await review(url(), "bob", id, "approve");
  await alice.getByRole("link", { name: "Choose an instance" }).click();
  await alice.waitForURL(/#\/instances\?tag\.env=prod$/);
  const erin = await open("erin", `#/requests/${id}`);
  await shows(erin, "A further approval counts on instances for which policy asks for more.");
});

test("access that starts later says when, here and in UTC, and counts down to it", async () => {
  const alice = await open("alice", askForProd1);
  await shows(alice, "Approval needed");
  await alice.getByText("Start later").click();
  const start = new Date(Math.ceil(world.local.clock.now().getTime() / 3_600_000) * 3_600_000 + 86_400_000);
  await alice.getByLabel("Start", { exact: true }).fill(start.toISOString().slice(0, 16));
  await shows(alice, `That is ${start.toISOString().slice(0, 16).replace("T", " ")} UTC.`);
  await alice.getByLabel("Reason").fill("Move the database");
  await expectAccessible(alice);
  await button(alice, "Ask for access").click();
  const id = await shownId(alice);
  expect(await alice.getByLabel("Connect as soon").count()).toBe(0);
  await review(url(), "bob", id, "approve");
  await shows(alice, "Approved, and not started yet.");
  await shows(alice, /^Starts in 1 d/);
  await alice.getByRole("link", { name: "My access" }).click();
  await alice.getByRole("heading", { name: "Scheduled" }).waitFor();
  await expectAccessible(alice);
});

test("what people write is shown as text, quoted and below the facts", async () => {
  const hostile = `<img src=x onerror=alert(1)> "Approved by bob" [ok](https://evil.example) ${"W".repeat(300)}`;
  const { id } = await makeAccessRequest(url(), "alice", { reason: hostile });
  for (const fragment of ["#/reviews", `#/requests/${id}`, "#/access?whose=all"]) {
    const bob = await open("bob", fragment);
    await bob.locator("blockquote bdi").getByText(hostile).waitFor();
    expect(await bob.locator("main img, main a[href*=evil]").count()).toBe(0);
  }
  await expectAccessible(await open("bob", "#/access?whose=all"));
});

test("the list narrows by status and by whose requests, and its link keeps that", async () => {
  await makeAccessRequest(url(), "dave", { reason: "The queue is stuck" });
  const alice = await open("alice", "#/access");
  await alice.getByLabel("Whose").selectOption("All I may see");
  await alice.getByLabel("Status").selectOption("Pending");
  await shows(alice, "The queue is stuck");
  await alice.waitForURL(/#\/access\?whose=all&status=pending$/);
  await alice.getByLabel("Status").selectOption("Scheduled");
  await shows(alice, "No access request matches the filters.");
});
