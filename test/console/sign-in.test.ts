import { describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { expectAccessible } from "./support/axe.ts";
import { signIn, signInAtProvider } from "./support/sign-in.ts";
import { useConsole } from "./support/use-console.ts";

const world = useConsole();
const consoleUrl = () => world.local.stack.consoleUrl ?? "";

const isSignedIn = (page: Page) => page.getByRole("button", { name: "Sign out" }).waitFor();
const isAlice = (page: Page) => page.getByRole("banner").getByText("alice", { exact: true }).waitFor();
const isSignedOut = (page: Page) => page.getByRole("button", { name: "Sign in", exact: true }).waitFor();

/** The refresh token of the next sign-in. */
async function nextRefreshToken(page: Page): Promise<string> {
  const response = await page.waitForResponse(`${world.local.stack.issuer}/token`);
  return ((await response.json()) as { refresh_token: string }).refresh_token;
}

const revoke = (token: string) =>
  fetch(`${world.local.stack.issuer}/token/revocation`, {
    method: "POST",
    body: new URLSearchParams({ client_id: "latchkey-console", token }),
  });

const refresh = (token: string) =>
  fetch(`${world.local.stack.issuer}/token`, {
    method: "POST",
    body: new URLSearchParams({ client_id: "latchkey-console", grant_type: "refresh_token", refresh_token: token }),
  });

describe("signing in", () => {
  test("takes one click at the provider, and shows who is signed in", async () => {
    const page = await world.open();
    await signIn(page, "alice");
    await isAlice(page);
    expect(page.url()).toBe(`${consoleUrl()}/`);
  });

  test("leads back to the page that a link has named", async () => {
    const fragment = "#/instances?name=db-1";
    const page = await world.open(fragment);
    await signIn(page, "alice");
    expect(page.url()).toBe(`${consoleUrl()}/${fragment}`);
    await page.getByRole("link", { name: "db-1" }).waitFor();
  });

  test("is forgotten by a page that is loaded again, and takes one more click", async () => {
    const page = await world.open();
    await signIn(page, "alice");
    await page.reload();
    await isSignedOut(page);
    await signIn(page, "bob");
    await page.getByRole("banner").getByText("bob", { exact: true }).waitFor();
  });

  test("makes two people of two browsers", async () => {
    const [alice, bob] = [await world.open(), await world.open()];
    await signIn(alice, "alice");
    await signIn(bob, "bob");
    await alice.reload();
    await signIn(alice, "alice");
    await bob.getByRole("banner").getByText("bob", { exact: true }).waitFor();
  });
});

describe("a sign-in that fails", () => {
  test("because Back brings the page as it was left offers another", async () => {
    const page = await world.open();
    const left = page.waitForResponse((response) => response.url().startsWith(`${world.local.stack.issuer}/auth?`));
    // The browser stays where it is.
    await page.route(`${world.local.stack.issuer}/auth?*`, (route) => route.fulfill({ status: 204 }));
    await page.getByRole("button", { name: "Sign in" }).click();
    await left;
    await page.getByText("One moment…").waitFor();
    await page.evaluate('dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))');
    await isSignedOut(page);
  });

  /** What the provider is asked for, by somebody who has not chosen yet. */
  async function begin(): Promise<{ page: Page; state: string }> {
    const page = await world.open("#/reviews");
    const asked = page.waitForRequest((request) => request.url().startsWith(`${world.local.stack.issuer}/auth?`));
    await page.getByRole("button", { name: "Sign in" }).click();
    const state = new URL((await asked).url()).searchParams.get("state") ?? "";
    await page.getByRole("heading", { name: "Sign in to the local stack" }).waitFor();
    return { page, state };
  }
  const returnWith = async (page: Page, query: Readonly<Record<string, string>>) => {
    await page.goto(`/?${new URLSearchParams({ iss: world.local.stack.issuer ?? "", ...query })}`);
    await isSignedOut(page);
  };

  test("because the provider refuses it says so, and leaves another try", async () => {
    const { page, state } = await begin();
    await returnWith(page, { state, error: "access_denied", error_description: "<b>Call 555-0100</b>" });
    await page.getByText(/the sign-in was denied at 127\.0\.0\.1/).waitFor();
    expect(await page.getByText("555-0100").count()).toBe(0);
    await signIn(page, "alice");
  });

  test("because another page made the response says so, and gives the code to nobody", async () => {
    const { page } = await begin();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await returnWith(page, { state: "another", code: "stolen" });
    await page.getByText(/not for this sign-in/).waitFor();
    expect(asked.filter((url) => url.endsWith("/token"))).toEqual([]);
  });

  test("because this page never asked for it says so", async () => {
    const page = await world.open();
    await returnWith(page, { state: "another", code: "stolen" });
    await page.getByText(/did not begin that sign-in/).waitFor();
  });

  test("because the code is none says so", async () => {
    const { page, state } = await begin();
    world.expectLogged(/400 \(Bad Request\)/);
    await returnWith(page, { state, code: "guessed" });
    await page
      .getByText(/the sign-in has ended|Your sign-in has ended/)
      .first()
      .waitFor();
  });
});

describe("signing out", () => {
  test("forgets who was signed in, here and at the provider, without a question", async () => {
    const page = await world.open("#/reviews");
    const token = nextRefreshToken(page);
    await signIn(page, "alice");
    await page.getByRole("button", { name: "Sign out" }).click();
    await isSignedOut(page);
    expect(page.url()).toBe(`${consoleUrl()}/`);
    expect((await refresh(await token)).status).toBe(400);
    await page.reload();
    await isSignedOut(page);
  });
});

describe("a token that expires", () => {
  /** The page's clock, and not the provider's: the token is older than four of its five minutes. */
  const age = (page: Page) => page.clock.fastForward("04:30");
  const open = async (fragment: string) => {
    const page = await world.open();
    await page.clock.install();
    await page.goto(`/${fragment}`);
    const token = nextRefreshToken(page);
    await signIn(page, "alice");
    // Nothing is under way, which would time out.
    await isAlice(page);
    return { page, token: await token };
  };

  test("is replaced by the refresh token, which nobody notices", async () => {
    const { page } = await open("#/reviews");
    const next = nextRefreshToken(page);
    await age(page);
    await page.getByRole("link", { name: "Instances" }).click();
    await next;
    await page.getByRole("link", { name: "db-1" }).waitFor();
    await isSignedIn(page);
    expect(await page.getByText("Your sign-in has ended").count()).toBe(0);
  });

  /** Has the sign-in of a page end, and opens the second tab. */
  async function end() {
    const { page, token } = await open("#/reviews");
    await revoke(token);
    await age(page);
    world.expectLogged(/400 \(Bad Request\)/);
    await page.getByRole("link", { name: "Instances" }).click();
    await page.getByText("Your sign-in has ended.").first().waitFor();
    await expectAccessible(page);
    return { page, tab: await openTab(page) };
  }
  async function openTab(page: Page): Promise<Page> {
    const opened = page.waitForEvent("popup");
    await page.getByRole("link", { name: "Sign in again" }).click();
    return opened;
  }
  /** That it works again where it was. */
  async function goesOn(page: Page): Promise<void> {
    await page.getByText("Your sign-in has ended.").first().waitFor({ state: "hidden" });
    await page.getByRole("link", { name: "Reviews" }).click();
    await page.getByRole("link", { name: "Instances" }).click();
    await page.getByRole("link", { name: "db-1" }).waitFor();
  }

  test("and cannot be replaced leaves the page, and another sign-in in a second tab", async () => {
    const { page, tab } = await end();
    await signInAtProvider(tab, "alice");
    await tab.getByText("The other tab takes it from here.").waitFor();
    await goesOn(page);
  });

  test("and then somebody else signs in: the page stays with the person whose it was", async () => {
    const { page, tab } = await end();
    await signInAtProvider(tab, "bob");
    await page.getByText("somebody else has signed in").first().waitFor();
    await signInAtProvider(await openTab(page), "alice");
    await goesOn(page);
    await isAlice(page);
  });

  test("by the API's clock alone ends the sign-in too", async () => {
    const { page } = await open("#/reviews");
    world.expectLogged(/401 \(Unauthorized\)/);
    await page.route(`${world.local.stack.oidcUrl}/v1/instances*`, (route) =>
      route.continue({ headers: { ...route.request().headers(), authorization: "Bearer a.b.c" } }),
    );
    await page.getByRole("link", { name: "Instances" }).click();
    await page.getByText("Your sign-in has ended.").first().waitFor();
    await page.unrouteAll();
    await signInAtProvider(await openTab(page), "alice");
    await goesOn(page);
  });
});
