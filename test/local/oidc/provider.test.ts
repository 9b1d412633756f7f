import { createHash, createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as client from "openid-client";
import { type RunningProvider, startProvider } from "../../../local/oidc/provider.ts";
import { listen } from "../../../local/shared/loopback-server.ts";
import { Browser, type Page } from "../../support/oidc/browser.ts";
import { sendRaw } from "../../support/raw-request.ts";

let provider: RunningProvider;
beforeAll(async () => {
  provider = await startProvider(0);
});
afterAll(() => provider.stop());

const insecure = { execute: [client.allowInsecureRequests] };
const discover = (id = "latchkey-cli", authentication: client.ClientAuth = client.None()) =>
  client.discovery(new URL(provider.issuer), id, undefined, authentication, insecure);

/** Reads a token as its receiver does, with the keys of the issuer. */
async function verified(token: string) {
  const [head = "", body = "", signature = ""] = token.split(".");
  const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
  const { keys } = (await (await fetch(provider.jwksUri)).json()) as { keys: (JsonWebKey & { kid: string })[] };
  const key = createPublicKey({ key: keys.find(({ kid }) => kid === read(head)["kid"]) ?? {}, format: "jwk" });
  const isGenuine = verify(
    "sha256",
    Buffer.from(`${head}.${body}`),
    { key, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  return { isGenuine, head: read(head), claims: read(body) };
}

interface Options {
  readonly id?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly browser?: Browser;
}

/** @param signIn what the person does at the page that opens */
async function authorize(
  signIn: (browser: Browser, page: Page) => Promise<Page>,
  { id = "latchkey-cli", parameters = {}, browser = new Browser() }: Options = {},
) {
  const config = await discover(id);
  const [verifier, state] = [client.randomPKCECodeVerifier(), client.randomState()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: "http://127.0.0.1:49152/callback",
    scope: "openid latchkey",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    ...parameters,
  });
  const { url: back } = await signIn(browser, await browser.open(url.href, { leave: false }));
  const grant = () =>
    client.authorizationCodeGrant(config, new URL(back), { pkceCodeVerifier: verifier, expectedState: state });
  return { config, back, grant };
}

const click = (name: string) => (browser: Browser, page: Page) => browser.press(page, name, {}, false);

describe("one click at the page signs in", () => {
  test.each([
    ["alice", "Engineer"],
    ["bob", "OnCall"],
    ["carol", "Guest"],
    ["dave", "Engineer"],
    ["erin", "OnCall"],
  ])("%s, a member of %s, whose access token is a JWT for Latchkey's API alone", async (name, group) => {
    const { access_token } = await (await authorize(click(name))).grant();
    expect(await verified(access_token)).toEqual({
      isGenuine: true,
      head: { typ: "at+jwt", alg: "ES256", kid: expect.any(String) },
      claims: expect.objectContaining({
        iss: provider.issuer,
        aud: "urn:latchkey:api",
        sub: name,
        client_id: "latchkey-cli",
        scope: "latchkey",
        groups: [group],
        email: `${name}@example.com`,
        email_verified: true,
        exp: expect.any(Number),
      }),
    });
  });

  test("without a click: a login_hint names the person", async () => {
    const { grant } = await authorize(async (_, page) => page, { parameters: { login_hint: "erin" } });
    expect((await verified((await grant()).access_token)).claims).toMatchObject({ sub: "erin" });
  });

  test("the console, at the root of any port, from which its page may ask", async () => {
    const parameters = { redirect_uri: "http://127.0.0.1:49152/" };
    const { config, grant } = await authorize(click("alice"), { id: "latchkey-console", parameters });
    expect((await verified((await grant()).access_token)).claims).toMatchObject({ client_id: "latchkey-console" });
    const origin = { origin: "http://127.0.0.1:49152" };
    const { token_endpoint = "" } = config.serverMetadata();
    const asked = await fetch(token_endpoint, {
      method: "POST",
      headers: origin,
      body: new URLSearchParams({ client_id: "latchkey-console" }),
    });
    expect(asked.headers.get("access-control-allow-origin")).toBe(origin.origin);
  });
});

test("a browser can be several people, each of whom stays signed in", async () => {
  const browser = new Browser();
  const signedIn: { name: string; config: client.Configuration; refresh_token: string }[] = [];
  for (const [name, id] of [
    ["alice", "latchkey-cli"],
    ["bob", "latchkey-console"],
    ["alice", "latchkey-console"],
  ] as const) {
    const { grant, config } = await authorize(click(name), { browser, id });
    const { refresh_token = "" } = await grant();
    signedIn.push({ name, config, refresh_token });
  }
  for (const { name, config, refresh_token } of signedIn) {
    const { access_token } = await client.refreshTokenGrant(config, refresh_token);
    expect((await verified(access_token)).claims).toMatchObject({ sub: name });
  }
});

describe("the console signs out", () => {
  const home = "http://127.0.0.1:49152/";
  const openSignOut = async (browser: Browser, post_logout_redirect_uri = home) => {
    const config = await discover("latchkey-console");
    const url = client.buildEndSessionUrl(config, { post_logout_redirect_uri, state: "s" });
    return browser.open(url.href, { leave: false });
  };

  test("by a page whose only script presses its button, and which leads back", async () => {
    const browser = new Browser();
    await authorize(click("alice"), { browser, id: "latchkey-console" });
    const page = await openSignOut(browser);
    const [, script = ""] = /<script>(.*)<\/script>/.exec(page.html) ?? [];
    expect(script).toBe('document.querySelector("button").click()');
    const hash = createHash("sha256").update(script).digest("base64");
    expect(page.headers.get("content-security-policy")).toContain(`script-src 'sha256-${hash}'`);
    expect((await browser.press(page, "Sign out", {}, false)).url).toBe(`${home}?state=s`);
  });

  test("and a login made in the same browser stays", async () => {
    const browser = new Browser();
    const { config, grant } = await authorize(click("alice"), { browser });
    const { refresh_token = "" } = await grant();
    await authorize(click("alice"), { browser, id: "latchkey-console" });
    await browser.press(await openSignOut(browser), "Sign out", {}, false);
    const { access_token } = await client.refreshTokenGrant(config, refresh_token);
    expect((await verified(access_token)).claims).toMatchObject({ sub: "alice" });
  });

  test("and a refresh token that it gives back is refused", async () => {
    const { config, grant } = await authorize(click("alice"), { id: "latchkey-console" });
    const { refresh_token = "" } = await grant();
    await client.tokenRevocation(config, refresh_token);
    await expect(client.refreshTokenGrant(config, refresh_token)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  test("but to no page other than its own", async () => {
    const refused = await openSignOut(new Browser(), "https://evil.example/");
    expect(refused).toMatchObject({ status: 400, html: expect.stringContaining("not registered") });
  });
});

test("pages load nothing from elsewhere, name their language, and label what is typed", async () => {
  const browser = new Browser();
  const page = await browser.open(`${provider.issuer}/device`);
  expect(page.html).toMatch(/<html lang="en">[\s\S]*<label for="code">[\s\S]*id="code"/);
  expect(page.html).not.toMatch(/https?:\/\/(?!127\.0\.0\.1)|@import|<script/);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
});

describe("refused is", () => {
  test.each([
    ["another redirect than loopback's", { redirect_uri: "http://example.com/callback" }],
    ["another path than the client's", { redirect_uri: "http://127.0.0.1/elsewhere" }],
    ["another client", { client_id: "somebody" }],
  ])("%s, on a page of its own", async (_, parameters) => {
    let shown: Page | undefined;
    await authorize(
      async (_, page) => {
        shown = page;
        return page;
      },
      { parameters },
    );
    expect(shown).toMatchObject({ status: 400, html: expect.stringContaining("Not signed in") });
  });

  test("a code without PKCE", async () => {
    const { back } = await authorize(async (_, page) => page, { parameters: { code_challenge: "" } });
    expect(new URL(back).searchParams.get("error")).toBe("invalid_request");
  });

  test("a refresh token that was used before, and then every other of that sign-in", async () => {
    const { config, grant } = await authorize(click("alice"));
    const { refresh_token: first = "" } = await grant();
    const { refresh_token: second = "" } = await client.refreshTokenGrant(config, first);
    expect(second).not.toBe(first);
    for (const token of [first, second])
      await expect(client.refreshTokenGrant(config, token)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  test("a Host that is not this machine", async () => {
    const port = Number(new URL(provider.issuer).port);
    const request = "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    expect(await sendRaw(port, Buffer.from(request))).toMatchObject({ status: 403, body: "" });
  });
});

describe("a device", () => {
  const ask = async () => {
    const config = await discover();
    return { config, device: await client.initiateDeviceAuthorization(config, { scope: "openid latchkey" }) };
  };

  test("is signed in by its code", async () => {
    const { config, device } = await ask();
    const browser = new Browser();
    const form = await browser.open(device.verification_uri);
    const confirmation = await browser.press(form, "Continue", { user_code: device.user_code });
    expect(confirmation.html).toContain(device.user_code);
    const done = await browser.press(await browser.press(confirmation, "Yes"), "dave");
    expect(done.html).toContain("Your device is signed in");
    const { access_token } = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0 });
    expect((await verified(access_token)).claims).toMatchObject({ sub: "dave" });
  });

  test("is not, if its code is refused or is not there", async () => {
    const { config, device } = await ask();
    const browser = new Browser();
    const form = await browser.open(device.verification_uri);
    const wrong = await browser.press(form, "Continue", { user_code: "BBBB-BBBB" });
    expect(wrong.html).toContain("There is no such code.");
    const confirmation = await browser.press(wrong, "Continue", { user_code: device.user_code });
    expect((await browser.press(confirmation, "No")).html).toContain("The device is not signed in.");
    await expect(client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0 })).rejects.toMatchObject({
      error: "access_denied",
    });
  });
});

test("ci-robot gets a token of a machine for its secret, and for no other", async () => {
  const robot = (secret: string) => discover("ci-robot", client.ClientSecretBasic(secret));
  const { access_token } = await client.clientCredentialsGrant(await robot("robot"), { scope: "latchkey" });
  const { claims } = await verified(access_token);
  expect(claims).toMatchObject({ sub: "ci-robot", client_id: "ci-robot", aud: "urn:latchkey:api" });
  expect(claims).not.toHaveProperty("groups");
  await expect(client.clientCredentialsGrant(await robot("alice"))).rejects.toThrow(
    "server responded with a challenge",
  );
});

test("the next free port is taken", async () => {
  const taken = await listen(createServer(), 0);
  const other = await startProvider(taken.port);
  expect(Number(new URL(other.issuer).port)).toBeGreaterThan(taken.port);
  await other.stop();
  await taken.stop();
});
