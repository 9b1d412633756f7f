import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Page, Route } from "playwright-core";
import { secondTarget } from "../../local/shared/account.ts";
import type { AuditEvent } from "../../sdk/types.ts";
import { keys } from "../fixtures/keys.ts";
import { end, makeAccessRequest, review } from "../support/access-client.ts";
import { callApi, fleet } from "../support/api-client.ts";
import { sampleEvent } from "../web/audit/sample-events.ts";
import { expectAccessible } from "./support/axe.ts";
import { keyboardOf } from "./support/keyboard.ts";
import { settled, signIn } from "./support/sign-in.ts";
import { useConsole } from "./support/use-console.ts";

const world = useConsole();

const connect = (as: string, instanceId: string, reason?: string) =>
  callApi(world.local.stack.url, {
    ...{ method: "POST", path: `/v1/instances/${instanceId}/connections`, as },
    body: { publicKey: keys.ed25519, ...(reason && { reason }) },
  });

/** alice's access to prod-1, from the request to its end. */
let accessRequestId = "";
/** Of a connection without a request. */
let connectionId = "";
beforeAll(async () => {
  const { stack } = world.local;
  const free = await connect("alice", fleet.web1, "to look at the log");
  connectionId = (free.body as { connectionId: string }).connectionId;
  await connect("alice", fleet.prod1);
  accessRequestId = (await makeAccessRequest(stack.url, "alice", { reason: "INC-1042: the disk is full" })).id;
  await review(stack.url, "bob", accessRequestId, "approve");
  await connect("alice", fleet.prod1, "to free some space");
  await end(stack.url, "alice", accessRequestId, "revoke");
  await stack.settled();
});

async function open(person: string, fragment: string): Promise<Page> {
  const page = await world.open(fragment);
  await signIn(page, person);
  await settled(page);
  return page;
}

const rowsOf = (page: Page) => page.locator("table.events tbody tr:not(.details)");
const textsOf = (page: Page, column: string) => rowsOf(page).locator(`td.${column}`).allInnerTexts();

/** Has the API return these events, a page each time. */
async function serve(page: Page, ...pages: readonly (readonly AuditEvent[])[]): Promise<void> {
  await page.route(/\/v1\/audit-events/, (route) => {
    const cursor = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
    const nextCursor = cursor + 1 < pages.length ? String(cursor + 1) : undefined;
    return route.fulfill({
      json: { items: pages[cursor], nextCursor },
      headers: { "Access-Control-Allow-Origin": world.local.stack.consoleUrl ?? "" },
    });
  });
}

describe("nothing is shown", () => {
  test("to those who may not read the trail of any instance", async () => {
    const page = await open("carol", "#/audit");
    await page.getByText("There are no such events that you may read.").waitFor();
    await expectAccessible(page);
  });
  test("of a story that one may not read", async () => {
    const page = await open("carol", `#/audit/story?accessRequestId=${accessRequestId}`);
    await page.getByText("There are no such events that you may read.").waitFor();
  });
  test("for a filter that the API refuses: it says what is wrong", async () => {
    world.expectLogged(/status of 400/);
    const page = await open("bob", "#/audit?instanceId=web-1");
    await page.getByRole("alert").waitFor();
    expect(await page.getByLabel("Instance id").getAttribute("aria-invalid")).toBe("true");
    await expectAccessible(page);
  });
});

describe("text from elsewhere is data", () => {
  const html = '<img src="x" onerror="alert(1)">';
  test("in the list and in all details", async () => {
    const page = await world.open("#/audit");
    const event = sampleEvent({
      type: `latchkey.${html}`,
      data: { actor: html, subject: "a\u202eb", reason: html, policies: [html], [html]: { html } },
    });
    await serve(page, [event]);
    await signIn(page, "bob");
    await rowsOf(page).getByRole("button").click();
    await page.getByRole("heading", { name: "Reason" }).waitFor();
    expect(await page.locator("main img").count()).toBe(0);
    expect(await page.locator(".event-details blockquote").innerText()).toBe(html);
    expect(await page.locator(".event-details dt").allInnerTexts()).toContain(html);
    await expectAccessible(page);
  });
});

describe("the list", () => {
  test("tells what happened, newest first", async () => {
    const page = await open("bob", "#/audit?subject=alice");
    const told = await textsOf(page, "what");
    expect(told[0]).toBe("Revoked the access");
    expect(told.map((text) => text.replace(/,.*/, ""))).toEqual([
      "Revoked the access",
      "Pushed a key for ec2-user",
      "Was authorized to connect as ec2-user",
      "Access began as ec2-user",
      "Approved",
      "Asked for access for 1 h as ec2-user",
      "Was denied a connection as ec2-user: approval-required",
      "Pushed a key for ec2-user",
      "Was authorized to connect as ec2-user",
    ]);
    expect(await textsOf(page, "outcome")).toEqual(expect.arrayContaining(["denied", "approved", "pushed", "revoked"]));
  });

  test("is filtered by its URL, which the form changes, and the way back undoes", async () => {
    const page = await open("bob", "#/audit");
    await page.getByText("Filters").click();
    await page.getByLabel("Event").selectOption({ label: "Connection denied" });
    await page.getByLabel("Subject").fill(" alice ");
    await page.getByRole("button", { name: "Show events" }).click();
    await page.getByText("1 event, newest first.").waitFor();
    expect(new URL(page.url()).hash).toBe("#/audit?subject=alice&type=latchkey.connection.denied");
    await page.getByRole("link", { name: "Last hour" }).click();
    await page.getByText("1 event, newest first.").waitFor();
    expect(new URL(page.url()).hash).toContain("last=hour");
    expect(await page.getByLabel("Subject").inputValue()).toBe("alice");
    await page.goBack();
    await page.goBack();
    await page.getByText(/^\d\d events, newest first\.$/).waitFor();
    expect(await page.getByLabel("Subject").inputValue()).toBe("");
  });

  test("takes exact times in the reader's zone, and says them in UTC", async () => {
    const page = await world.open("#/audit?from=2026-03-01T12:00:00.000Z", { timezoneId: "Europe/Berlin" });
    await signIn(page, "bob");
    await page.getByText("2026-03-01T12:00:00.000Z in UTC").waitFor();
    expect(await page.getByLabel("From").inputValue()).toBe("2026-03-01T13:00");
    await page.getByLabel("Before").fill("2026-03-01T14:30:15");
    await page.getByRole("button", { name: "Show events" }).click();
    await page.getByText("2026-03-01T13:30:15.000Z in UTC").waitFor();
    await page.getByText("There are no such events that you may read.").waitFor();
  });

  test("opens all that an event says, by keyboard alone", async () => {
    const page = await open("bob", `#/audit?accessRequestId=${accessRequestId}`);
    const keyboard = keyboardOf(page);
    await keyboard.activate(page.getByRole("button", { name: /^Asked for access/ }));
    const details = page.locator(".event-details");
    await details.getByText("INC-1042: the disk is full").waitFor();
    expect(await details.locator("dt").allInnerTexts()).toEqual(
      expect.arrayContaining(["Policies", "Policy digest", "Request id", "Reviewers", "Event id"]),
    );
    await keyboard.activate(details.getByText("The policies that decided"));
    await details.getByText('@id("prod-request")').waitFor();
    await expectAccessible(page);
    await keyboard.activate(details.getByRole("link", { name: "The whole story" }));
    await page.getByRole("heading", { name: "Story of an access request" }).waitFor();
  });

  test("loads more, also behind an empty page, and shows no event twice", async () => {
    const page = await world.open("#/audit");
    const events = [3, 2, 1].map((sequence) =>
      sampleEvent({ data: { sequence }, time: `2026-03-01T14:0${sequence}:00.000Z` }),
    );
    await serve(page, events.slice(0, 2), [], events.slice(1));
    await signIn(page, "bob");
    await page.getByText("The newest 2 events.").waitFor();
    await page.getByRole("button", { name: "Load more" }).click();
    await page.getByText("3 events, newest first.").waitFor();
    expect(await rowsOf(page).count()).toBe(3);
    expect(await page.getByRole("button", { name: "Load more" }).count()).toBe(0);
  });

  test("follows what happens, without reloading", async () => {
    const page = await open("bob", `#/audit?instanceId=${fleet.db1}&type=latchkey.connection.pushed`);
    await page.getByText("There are no such events that you may read.").waitFor();
    await page.getByRole("button", { name: "Follow" }).click();
    await connect("alice", fleet.db1);
    await rowsOf(page).getByText("Pushed a key for").waitFor();
    expect(await rowsOf(page).count()).toBe(1);
    await expectAccessible(page);
  });

  test("says of which accounts events may be missing", async () => {
    const page = await open("bob", "#/reviews");
    world.local.stack.faults.set(secondTarget, "throttle");
    await page.getByRole("link", { name: "Audit" }).click();
    await page.getByText(`Events of account ${secondTarget.accountId}`).waitFor();
    await expectAccessible(page);
    world.local.stack.faults.clear();
  });

  test("is saved as what it shows", async () => {
    const page = await open("bob", `#/audit?accessRequestId=${accessRequestId}`);
    const save = async (name: string) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
      return {
        name: download.suggestedFilename(),
        lines: (await readFile(await download.path(), "utf8")).split(/\r?\n/),
      };
    };
    const shown = await rowsOf(page).count();
    const csv = await save("Save CSV");
    expect(csv.name).toMatch(/^latchkey-audit-.*Z\.csv$/);
    expect(csv.lines).toHaveLength(1 + shown + 1);
    expect(csv.lines[0]).toMatch(/^time,type,/);
    const json = await save("Save JSON");
    expect(json.lines.slice(0, -1).map((line) => JSON.parse(line).data.accessRequestId)).toEqual(
      Array(shown).fill(accessRequestId),
    );
  });

  test("stays when the API cannot be reached, and goes on then", async () => {
    const page = await world.open("#/audit");
    const events = [2, 1].map((sequence) =>
      sampleEvent({ data: { sequence }, time: `2026-03-01T14:0${sequence}:00.000Z` }),
    );
    await serve(page, events.slice(0, 1), events.slice(1));
    await signIn(page, "bob");
    await page.getByText("The newest 1 event.").waitFor();
    world.expectLogged(/net::ERR_/);
    const refuse = (route: Route) => route.abort("connectionrefused");
    await page.route(/\/v1\/audit-events/, refuse);
    await page.getByRole("button", { name: "Load more" }).click();
    await page.getByRole("heading", { name: "No connection to Latchkey" }).waitFor();
    expect(await rowsOf(page).count()).toBe(1);
    await page.unroute(/\/v1\/audit-events/, refuse);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("2 events, newest first.").waitFor();
  });
});

describe("the story", () => {
  const stepsOf = (page: Page) => page.locator(".timeline .what").allInnerTexts();

  test("of an access request is told from its beginning to its end", async () => {
    const page = await open("bob", `#/audit/story?accessRequestId=${accessRequestId}`);
    expect((await stepsOf(page)).map((text) => text.replace(/,.*/, ""))).toEqual([
      "alice asked for access for 1 h as ec2-user",
      "bob approved",
      "Access began as ec2-user",
      "alice was authorized to connect as ec2-user",
      "alice pushed a key for ec2-user",
      "alice revoked the access",
    ]);
    expect(await page.locator(".timeline blockquote").allInnerTexts()).toEqual([
      "INC-1042: the disk is full",
      "to free some space",
    ]);
    await page.getByText("Decided by prod-review").waitFor();
    expect(await page.locator(".timeline .when").nth(1).innerText()).toMatch(/(ms|s) later$/);
    await page.locator(".timeline summary").first().click();
    await expectAccessible(page);
    await page.getByRole("link", { name: "The access request" }).click();
    await page.waitForURL(/#\/requests\//);
  });

  test("of a connection that needed no request is its own", async () => {
    const page = await open("bob", `#/audit/story?connectionId=${connectionId}`);
    await page.getByRole("heading", { name: "Story of a connection" }).waitFor();
    expect(await stepsOf(page)).toHaveLength(2);
    await page.getByText("to look at the log").first().waitFor();
    await expectAccessible(page);
  });

  test("says what is missing", async () => {
    const page = await world.open("#/audit/story?accessRequestId=ar-1");
    const subject = "access-requests/ar-1";
    const data = { sequence: 3, accessRequestId: "ar-1" };
    await serve(page, [sampleEvent({ subject, data, type: "latchkey.access-request.revoked" })]);
    await signIn(page, "bob");
    await page.getByText("1, 2 of access-requests/ar-1").waitFor();
  });
});
