import { beforeEach, describe, expect, test } from "@jest/globals";
import { changeSuspension } from "../../../lambda/access/suspension.ts";
import { chatLinkKey, personKey } from "../../../lambda/aws/dynamodb/table-keys.ts";
import { link, unlink } from "../../../lambda/chat/links.ts";
import { captureLog } from "../../support/captured-log.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { jsonError } from "../../support/scripted-server.ts";
import { testContext } from "../../support/test-context.ts";
import { clientId, home, LinkWorld, type SignedIn } from "./link-world.ts";

const table = useEmbeddedTable();
const log = captureLog();
let world = new LinkWorld();
beforeEach(() => {
  world = new LinkWorld();
});

const alice = "alice@example.com";
const user = { chat: "slack", workspace: "T0LOCAL", user: "U0ALICE" };
const stored = (id = "slack/T0LOCAL/U0ALICE") => table.stored(chatLinkKey(id));
const titleOf = ({ body }: { readonly body: string }) => /<h1>(.*)<\/h1>/.exec(body)?.[1];
const context = () => testContext({ clock: () => world.now });

async function suspended(callerId: string) {
  const act = { actor: "bob@example.com", at: world.now, requestId: "suspension" };
  const change = changeSuspension(undefined, { callerId, isSuspended: true, reason: "INC-43" }, act);
  if (change) await world.suspensions.writeSuspension(change, context().deadline.signal);
}

describe("a visit ends without a link", () => {
  const slackClaim = (name: string, value: unknown): SignedIn => ({
    idToken: { [`https://slack.com/${name}`]: value },
  });
  const [refused, noPerson, unavailable] = [
    "The sign-in is not valid",
    "Latchkey does not know you as a person",
    "Try again",
  ];

  test.each<[sentence: string, company: SignedIn, slack: SignedIn, status: number, title: string]>([
    ["if the company's ID token is of another visit", { idToken: { nonce: "other" } }, {}, 400, refused],
    ["if it has no nonce", { idToken: { nonce: undefined } }, {}, 400, refused],
    ["if it is for another client", { idToken: { aud: "other" } }, {}, 400, refused],
    ["if it is another issuer's", { idToken: { iss: "https://evil.example.com" } }, {}, 400, refused],
    ["if it has expired", { idToken: { exp: 1 } }, {}, 400, refused],
    ["if the access token is for another API", { accessToken: { aud: "urn:other" } }, {}, 400, refused],
    ["if the access token is of another client", { accessToken: { client_id: "other" } }, {}, 400, refused],
    ["if there is no access token", { response: { status: 200, body: { id_token: "x" } } }, {}, 400, refused],
    ["if the provider refuses the code", { response: { status: 400, body: { error: "<b>" } } }, {}, 400, refused],
    ["if the provider is failing", { response: { status: 500, body: {} } }, {}, 503, unavailable],
    ["if the provider responds with no JSON", { response: { status: 200, body: undefined } }, {}, 503, unavailable],
    ["for a machine", { accessToken: { kind: "robot", sub: "ci" } }, {}, 403, noPerson],
    ["for an e-mail address that is not verified", { accessToken: { email_verified: false } }, {}, 403, noPerson],
    ["for somebody whom the issuer may not assert", { accessToken: { email: "eve@other.example" } }, {}, 403, noPerson],
    ["for a service account", { accessToken: { sub: clientId } }, {}, 403, noPerson],
    ["for a person without a mapping", { accessToken: { kind: "guest" } }, {}, 403, noPerson],
    ["if Slack's token is of another visit", {}, { idToken: { nonce: "other" } }, 400, refused],
    ["if Slack's token is another app's", {}, { idToken: { aud: "1000.3000" } }, 400, refused],
    ["if Slack's token is another issuer's", {}, { idToken: { iss: "https://login.example.com" } }, 400, refused],
    ["if Slack's token has no user", {}, slackClaim("user_id", undefined), 400, refused],
    ["if Slack's token has an id that is none", {}, slackClaim("user_id", "U0/../U1"), 400, refused],
    ["if Slack's token has no workspace", {}, slackClaim("team_id", undefined), 400, refused],
    ["of another workspace", {}, slackClaim("team_id", "T0OTHER"), 403, "This is another workspace"],
    [
      "of another organization's workspace",
      {},
      { idToken: { "https://slack.com/team_id": "T0OTHER", "https://slack.com/enterprise_id": "E0OTHER" } },
      403,
      "This is another workspace",
    ],
    ["if Slack refuses the code", {}, { response: { status: 200, body: { ok: false, error: "x" } } }, 400, refused],
    ["if Slack is throttling", {}, { response: { status: 429, body: { ok: false } } }, 503, unavailable],
  ])("%s", async (_, company, slack, status, title) => {
    const browser = world.browser();
    const page = await world.signInTwice(browser, company, slack);
    expect([page.status, titleOf(page)]).toEqual([status, title]);
    expect([await stored(), browser.cookie]).toEqual([undefined, undefined]);
  });

  test.each([
    ["/.well-known/openid-configuration", "start"],
    ["/token", "company"],
    ["/jwks", "company"],
    ["/api/openid.connect.token", "slack"],
    ["/openid/connect/keys", "slack"],
    ["secret", "slack"],
  ])("while %s does not respond", async (what, at) => {
    const browser = world.browser();
    const fails = () => world.down.add(what);
    if (at === "start") fails();
    const started = await browser.start();
    if (at === "company") fails();
    const atSlack = at === "start" ? started : await browser.follow(world.signIn(started));
    if (at === "slack") fails();
    const page = at === "slack" ? await browser.follow(world.signIn(atSlack)) : atSlack;
    expect([page.status, titleOf(page)]).toEqual([503, unavailable]);
    expect(await stored()).toBeUndefined();
    expect(log().at(-1)).toMatchObject({ level: "ERROR", Faults: 1 });
  });

  test.each([
    ["names another issuer", { issuer: "https://evil.example.com" }],
    ["has an endpoint without TLS", { token_endpoint: "http://login.example.com/token" }],
    ["has an endpoint that is no URL", { authorization_endpoint: "javascript:alert(1)" }],
  ])("if the provider's configuration %s", async (_, changes) => {
    world.configuration = { ...world.configuration, ...changes };
    expect((await world.browser().start()).status).toBe(503);
  });

  test("for a person who is suspended, of whom nothing is refreshed", async () => {
    await suspended(alice);
    const page = await world.signInTwice(world.browser());
    expect([page.status, titleOf(page)]).toEqual([403, "You are suspended"]);
    expect(await table.stored(personKey(alice))).toBeUndefined();
  });

  test("for a person who is suspended before they confirm", async () => {
    const browser = world.browser();
    const question = await world.signInTwice(browser);
    await suspended(alice);
    const page = await browser.press(question);
    expect([page.status, titleOf(page)]).toEqual([403, "You are suspended"]);
    expect(await stored()).toBeUndefined();
  });

  test.each(["before the page asks", "before they confirm"])(
    "if the user becomes another person's %s",
    async (when) => {
      const take = () => link(world, { user, person: "bob@example.com" }, context());
      if (when === "before the page asks") await take();
      const browser = world.browser();
      let page = await world.signInTwice(browser);
      if (when === "before they confirm") {
        await take();
        page = await browser.press(page);
      }
      expect([page.status, titleOf(page)]).toEqual([409, "This Slack user is another person&#39;s"]);
      expect(page.body).not.toContain("bob");
      expect(await stored()).toMatchObject({ person: "bob@example.com", sequence: 1 });
    },
  );

  test("if the table is down, which is said without a word of it", async () => {
    const browser = world.browser();
    const question = await world.signInTwice(browser);
    table.service.respondAlways(jsonError("InternalServerError", 500));
    const page = await browser.press(question);
    expect([page.status, titleOf(page)]).toEqual([503, unavailable]);
    expect(log().at(-1)).toMatchObject({ message: "link.failed", code: "upstream-failure" });
  });
});

describe("a request of no visit of this browser changes nothing:", () => {
  type Browser = ReturnType<LinkWorld["browser"]>;
  const over = "This page is no longer valid";

  test.each<[sentence: string, act: (browser: Browser, other: Browser) => Promise<{ status: number; body: string }>]>([
    [
      "the company's redirect, in another browser",
      async (browser, other) => other.follow(world.signIn(await browser.start())),
    ],
    [
      "the company's redirect, in a browser with a visit of its own",
      async (browser, other) => {
        await other.start();
        return other.follow(world.signIn(await browser.start()));
      },
    ],
    [
      "Slack's redirect, in another browser that is as far",
      async (browser, other) => {
        await other.follow(world.signIn(await other.start()));
        return other.follow(world.signIn(await browser.follow(world.signIn(await browser.start()))));
      },
    ],
    [
      "the company's redirect for a second time",
      async (browser) => {
        const redirect = world.signIn(await browser.start());
        await browser.follow(redirect);
        return browser.follow(redirect);
      },
    ],
    [
      "Slack's redirect for a second time",
      async (browser) => {
        const redirect = world.signIn(await browser.follow(world.signIn(await browser.start())));
        await browser.follow(redirect);
        return browser.follow(redirect);
      },
    ],
    [
      "the company's code at Slack's page",
      async (browser) => {
        const redirect = world.signIn(await browser.start());
        redirect.pathname = redirect.pathname.replace("company", "slack");
        return browser.follow(redirect);
      },
    ],
    [
      "a redirect with two states, of which one is right",
      async (browser) => {
        const redirect = world.signIn(await browser.start());
        redirect.searchParams.append("state", "other");
        return browser.follow(redirect);
      },
    ],
    [
      "a redirect without a state",
      async (browser) => {
        const redirect = world.signIn(await browser.start());
        redirect.searchParams.delete("state");
        return browser.follow(redirect);
      },
    ],
    [
      "a redirect after ten minutes",
      async (browser) => {
        const redirect = world.signIn(await browser.start());
        world.now = new Date(world.now.getTime() + 600_000);
        return browser.follow(redirect);
      },
    ],
    [
      "the company's redirect with the cookie of a visit before",
      async (browser) => {
        await browser.start();
        const { cookie } = browser;
        const redirect = world.signIn(await browser.start());
        browser.cookie = cookie;
        return browser.follow(redirect);
      },
    ],
    [
      "a confirmation for a second time",
      async (browser) => {
        const question = await world.signInTwice(browser);
        const { cookie } = browser;
        await browser.press(question);
        await unlink(world, user, context());
        browser.cookie = cookie;
        return browser.press(question);
      },
    ],
    ["a confirmation of nothing", async (browser) => browser.confirm("x")],
    [
      "a confirmation of another page, without the token",
      async (browser) => world.signInTwice(browser).then(() => browser.confirm("")),
    ],
    [
      "a confirmation with another token",
      async (browser) => world.signInTwice(browser).then(() => browser.confirm("x".repeat(43))),
    ],
    [
      "a confirmation from another browser",
      async (browser, other) => {
        await world.signInTwice(other, {}, { idToken: { "https://slack.com/user_id": "U0EVE" } });
        return other.press(await world.signInTwice(browser));
      },
    ],
    [
      "a visit that there is not",
      async (browser) => {
        browser.cookie = `__Host-latchkey-link=${"x".repeat(43)}`;
        return browser.confirm("x");
      },
    ],
  ])("%s", async (_, act) => {
    const page = await act(world.browser(), world.browser());
    expect([page.status, titleOf(page)]).toEqual([400, over]);
    for (const id of ["U0ALICE", "U0EVE"])
      expect((await stored(`slack/T0LOCAL/${id}`))?.["isLinked"] ?? false).toBe(false);
  });

  test("and the visit goes on", async () => {
    const browser = world.browser();
    const redirect = world.signIn(await browser.start());
    await browser.follow(new URL(`${home}/company?code=evil&state=evil`));
    const question = await browser.follow(world.signIn(await browser.follow(redirect)));
    await browser.press(question);
    expect(await stored()).toMatchObject({ person: alice });
  });

  test("a code works once, and only in its own visit: the provider would refuse it too", async () => {
    const [alices, eves] = [world.browser(), world.browser()];
    const stolen = world.signIn(await alices.start());
    const own = world.signIn(await eves.start());
    own.searchParams.set("code", stolen.searchParams.get("code") ?? "");
    const page = await eves.follow(own);
    expect([page.status, titleOf(page)]).toEqual([400, "The sign-in is not valid"]);
  });
});

describe("what others wrote", () => {
  test.each(["company", "slack"])("in an error of the redirect from %s is shown nowhere", async (at) => {
    const browser = world.browser();
    let seen = await browser.start();
    if (at === "slack") seen = await browser.follow(world.signIn(seen));
    const redirect = world.signIn(seen);
    redirect.searchParams.delete("code");
    redirect.searchParams.set("error", "<script>alert(1)</script>");
    redirect.searchParams.set("error_description", "<script>alert(2)</script>");
    const page = await browser.follow(redirect);
    expect([page.status, titleOf(page)]).toEqual([403, "You are not signed in"]);
    expect(page.body).not.toContain("alert(");
    expect(JSON.stringify(log())).not.toContain("alert(");
    expect(browser.cookie).toBeUndefined();
  });

  test("as their name is text", async () => {
    const name = `<img src=x onerror="alert(1)">\u202Eecila${"x".repeat(3000)}`;
    const names = { name, "https://slack.com/team_name": "&amp;<b>" };
    const page = await world.signInTwice(world.browser(), {}, { idToken: names });
    expect(page.body).toContain("<bdi>&#60;img src=x onerror=&#34;alert(1)&#34;&#62;\u202Eecila");
    expect(page.body).toContain("<bdi>&#38;amp;&#60;b&#62;</bdi> (T0LOCAL)");
    expect(page.body.length).toBeLessThan(3000);
  });
});

describe("a visit", () => {
  test("of both sign-ins asks, and then links the two", async () => {
    const browser = world.browser();
    const started = await browser.start();
    expect(started).toMatchObject({ status: 303 });
    expect(Object.fromEntries(started.location.searchParams)).toEqual({
      tenant: "1",
      response_type: "code",
      client_id: clientId,
      redirect_uri: `${home}/company`,
      scope: "openid latchkey",
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
    });
    const atSlack = await browser.follow(world.signIn(started));
    expect(Object.fromEntries(atSlack.location.searchParams)).toEqual({
      response_type: "code",
      client_id: "1000.2000",
      redirect_uri: `${home}/slack`,
      scope: "openid profile",
      team: "T0LOCAL",
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(await table.stored(personKey(alice))).toMatchObject({
      groups: ["OnCall"],
      frontDoor: "oidc",
      seenAt: world.now.toISOString(),
    });
    const question = await browser.follow(world.signIn(atSlack));
    expect([question.status, titleOf(question)]).toEqual([200, "Link your Slack user?"]);
    for (const part of [alice, "<bdi>Alice</bdi> (U0ALICE)", "T0LOCAL"]) expect(question.body).toContain(part);
    expect(await stored()).toBeUndefined();
    const page = await browser.press(question);
    expect([page.status, titleOf(page)]).toEqual([200, "Your Slack user is linked"]);
    expect(await stored()).toMatchObject({ person: alice, isLinked: true, events: [{ type: "latchkey.chat.linked" }] });
    expect(browser.cookie).toBeUndefined();
    expect(log().map(({ message }) => message)).toEqual([
      "link.started",
      "link.signed-in",
      "link.asked",
      "link.linked",
    ]);
    expect(log().at(-1)).toMatchObject({ callerId: alice, chatUser: "slack/T0LOCAL/U0ALICE", requestId: "request-1" });
  });

  test("of two who are linked refreshes what is known of the person, and asks nothing", async () => {
    await link(world, { user, person: alice }, context());
    world.now = new Date(world.now.getTime() + 1000);
    const page = await world.signInTwice(world.browser());
    expect(titleOf(page)).toBe("Your Slack user is linked");
    expect(await stored()).toMatchObject({ sequence: 1 });
    expect(await table.stored(personKey(alice))).toMatchObject({ seenAt: world.now.toISOString() });
  });

  test("links a user again, whom somebody else was linked to", async () => {
    await link(world, { user, person: "bob@example.com" }, context());
    await unlink(world, user, context());
    const browser = world.browser();
    await browser.press(await world.signInTwice(browser));
    expect(await stored()).toMatchObject({ person: alice, isLinked: true, sequence: 3 });
  });

  test("may be of any workspace of an organization", async () => {
    const browser = world.browser();
    const claims = { "https://slack.com/team_id": "T0OTHER", "https://slack.com/enterprise_id": "E0LOCAL" };
    await browser.press(await world.signInTwice(browser, {}, { idToken: claims }));
    expect(await stored("slack/T0OTHER/U0ALICE")).toMatchObject({ person: alice });
  });

  test.each([
    ["reads the app's secret again if Slack refuses the one in memory", "new", 200, "Link your Slack user?"],
    ["ends if Slack refuses the stored secret too", "old", 400, "The sign-in is not valid"],
  ])("%s", async (_, storedSecret, status, title) => {
    Object.assign(world, { storedSecret, validSecret: "new" });
    const page = await world.signInTwice(world.browser());
    expect([page.status, titleOf(page)]).toEqual([status, title]);
  });

  test("takes the ID token where the OIDC door takes it", async () => {
    world = new LinkWorld({
      issuer: { audience: "google-client", clientIds: undefined, tokenType: undefined },
      clientId: "google-client",
    });
    const browser = world.browser();
    await browser.press(await world.signInTwice(browser, { accessToken: { email: "eve@example.com" } }));
    expect(await stored()).toMatchObject({ person: alice });
  });

  test("keeps its secrets: no log line has a code or a state, and no page a nonce", async () => {
    const browser = world.browser();
    const started = await browser.start();
    expect(started.headers["Set-Cookie"]).toMatch(
      /^__Host-latchkey-link=[\w-]+; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/,
    );
    const redirect = world.signIn(started);
    const atSlack = await browser.follow(redirect);
    const question = await browser.follow(world.signIn(atSlack));
    const lines = JSON.stringify(log());
    for (const name of ["code", "state"]) expect(lines).not.toContain(redirect.searchParams.get(name));
    expect(question.body).not.toContain(atSlack.location.searchParams.get("nonce"));
  });
});

test.each<[sentence: string, see: () => Promise<{ headers: object }>]>([
  ["a redirect", () => world.browser().start()],
  ["the question", () => world.signInTwice(world.browser())],
  ["a refusal", () => world.browser().confirm("")],
  ["a page that is not there", () => world.browser().get("/link/other")],
])("%s has the headers that let nothing run, frame or remember it", async (_, see) => {
  expect((await see()).headers).toMatchObject({
    "Cache-Control": "no-store",
    "Content-Security-Policy": expect.stringMatching(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    ),
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": expect.any(String),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Request-Id": "request-1",
  });
});
