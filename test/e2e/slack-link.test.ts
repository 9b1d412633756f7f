import { describe, expect, test } from "@jest/globals";
import { callApi } from "../support/api-client.ts";
import { Browser, type Page } from "../support/oidc/browser.ts";
import { useLocalStack } from "../support/test-stack.ts";

const local = useLocalStack({ openIdProvider: true, slack: true });
const home = () => local.stack.slackUrl?.replace(/\/slack$/, "/link") ?? "";
const titleOf = ({ html }: Page) => /<h1>(.*)<\/h1>/.exec(html)?.[1];

/** Signs in at the company's provider and at Slack. @returns the page after that. */
async function signInTwice(browser: Browser, person: string, user: string): Promise<Page> {
  const atSlack = await browser.press(await browser.open(home()), person);
  return titleOf(atSlack)?.startsWith("Sign in to Slack") ? browser.press(atSlack, user) : atSlack;
}

/** The links of a user that the trail has, oldest first, as bob reads it. */
async function linksOf(user: string) {
  await local.stack.settled();
  const query = "/v1/audit-events?limit=100&type=latchkey.chat";
  const pages = await Promise.all(
    ["linked", "unlinked"].map((type) => callApi(local.stack.url, { path: `${query}.${type}`, as: "bob" })),
  );
  const events = pages.flatMap(({ body }) => (body as { items: { type: string; time: string; data: object }[] }).items);
  return events
    .map(({ type, time, data }) => ({ type, time, ...(data as { chatUser: string; actor: string; subject: string }) }))
    .filter(({ chatUser }) => chatUser === `slack/T0LOCAL/${user}`)
    .sort((one, other) => (one.time < other.time ? -1 : 1))
    .map(({ type, actor, subject }) => `${type.replace("latchkey.", "")} ${subject} by ${actor}`);
}

describe("a Slack user", () => {
  test("is linked by one visit with two sign-ins, which asks first", async () => {
    const browser = new Browser();
    const question = await signInTwice(browser, "alice", "U0NOBODY");
    expect([question.status, titleOf(question)]).toEqual([200, "Link your Slack user?"]);
    expect(question.html).toMatch(/<dd>alice<\/dd>[\s\S]*U0NOBODY[\s\S]*T0LOCAL/);
    expect(await linksOf("U0NOBODY")).toEqual([]);
    expect(titleOf(await browser.press(question, "Link"))).toBe("Your Slack user is linked");
    expect(await linksOf("U0NOBODY")).toEqual(["chat.linked alice by alice"]);
    // The sign-in again, for what is known of alice.
    expect(titleOf(await signInTwice(new Browser(), "alice", "U0NOBODY"))).toBe("Your Slack user is linked");
  });

  test("who is another person's stays theirs", async () => {
    const page = await signInTwice(new Browser(), "dave", "U0ALICE");
    expect([page.status, titleOf(page)]).toEqual([409, "This Slack user is another person&#39;s"]);
    expect(await linksOf("U0ALICE")).toEqual(["chat.linked alice by alice"]);
  });

  test("is nobody's once the person is suspended, who cannot link again then", async () => {
    const suspension = { path: "/v1/suspensions/carol", as: "bob", body: { reason: "INC-43" } };
    await callApi(local.stack.url, { method: "PUT", ...suspension });
    await local.stack.sweep();
    expect(await linksOf("U0CAROL")).toEqual(["chat.linked carol by carol", "chat.unlinked carol by latchkey"]);
    const page = await signInTwice(new Browser(), "carol", "U0CAROL");
    expect([page.status, titleOf(page)]).toEqual([403, "You are suspended"]);
    await callApi(local.stack.url, { method: "DELETE", ...suspension });
    const browser = new Browser();
    await browser.press(await signInTwice(browser, "carol", "U0CAROL"), "Link");
    expect((await linksOf("U0CAROL")).at(-1)).toBe("chat.linked carol by carol");
  });
});

test("a redirect works in the browser that began the visit, and once", async () => {
  const [alices, daves] = [new Browser(), new Browser()];
  const atProvider = await alices.open(home());
  const redirect = await alices.press(atProvider, "alice", {}, false);
  expect(redirect.url).toMatch(`${home()}/company?code=`);
  expect(titleOf(await daves.open(redirect.url))).toBe("This page is no longer valid");
  expect(titleOf(await alices.open(redirect.url))).toMatch(/^Sign in to Slack/);
  expect(titleOf(await alices.open(redirect.url))).toBe("This page is no longer valid");
});

test("the log has each step, and no code, state or token", async () => {
  const lines = local.logLines.filter((line) => line.includes('"link.'));
  expect(lines.map((line) => JSON.parse(line)["message"])).toContain("link.linked");
  expect(lines.join("\n")).not.toMatch(/code=|state=|eyJ/);
});
