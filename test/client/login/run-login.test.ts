import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import os from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { failureOf } from "../../../client/api/failure-of.ts";
import type { CommandInput } from "../../../client/command/command.ts";
import { Options } from "../../../client/command/options.ts";
import { runLogin } from "../../../client/login/run-login.ts";
import { runLogout } from "../../../client/login/run-logout.ts";
import { runStatus } from "../../../client/login/run-status.ts";
import { startCallback } from "../../../client/login/start-callback.ts";
import { type Login, readLogin, writeLogin } from "../../../sdk/login/login-file.ts";
import { loginFileOf } from "../../../sdk/node/paths.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { type ScriptedProvider, startScriptedProvider } from "../../support/oidc/scripted-provider.ts";

let provider: ScriptedProvider;
let home: string;
let world: ReturnType<typeof scriptedWorld>;

beforeAll(async () => {
  provider = await startScriptedProvider();
});
afterAll(() => provider.stop());
beforeEach(async () => {
  provider.script = {};
  home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  world = scriptedWorld({ clock: () => now });
  Object.assign(world.context, { environment: {}, homeDirectory: home });
});
afterEach(async () => {
  // Nobody ever sees a token or a code.
  expect(world.shown.join("\n")).not.toMatch(/secret/);
  await rm(home, { recursive: true });
});

const now = new Date("2026-03-01T12:00:00Z");
const input = (options: Record<string, true | readonly string[]> = {}) => ({
  arguments: [],
  options: new Options({ issuer: [provider.issuer], ...options }),
  rest: undefined,
});
/** Rejects with the failure that the command ends with. No error holds a token, however deep a logger looks into it. */
const asFailure = (error: unknown) => {
  expect(inspect(error, { depth: 9 })).not.toContain("secret-");
  throw failureOf(error, world.context) ?? error;
};
const signedIn = (input: CommandInput, wait?: Parameters<typeof runLogin>[2]) =>
  runLogin(world.context, input, wait).catch(asFailure);
const status = (input: CommandInput) => runStatus(world.context, input).catch(asFailure);
const file = () => loginFileOf(world.context, "http://127.0.0.1");
const tokens = {
  token_type: "Bearer",
  access_token: "secret-access",
  refresh_token: "secret-refresh",
  expires_in: 300,
};

/** Signs in; the browser comes back as a test says. @param query what the provider adds to the redirect, by its own request */
async function comeBack(query: (sent: URLSearchParams) => Record<string, string>, then = () => {}) {
  const login = signedIn(input());
  const ended = login.then(
    (exitCode) => ({ exitCode }),
    (failure: unknown) => failure,
  );
  const page = await Promise.race([
    ended.then(() => undefined),
    world.shows(/http:\S+\/auth\?\S+/).then(([url]) => url),
  ]);
  if (page === undefined) return { end: await ended, shown: undefined };
  const sent = new URL(page).searchParams;
  const back = new URL(sent.get("redirect_uri") ?? "");
  back.search = new URLSearchParams(query(sent)).toString();
  const response = await fetch(back);
  const shown = { status: response.status, text: await response.text() };
  then();
  return { end: await ended, shown };
}

const good = (sent: URLSearchParams) => ({
  code: "secret-code",
  state: sent.get("state") ?? "",
  iss: provider.issuer,
});

describe("login ends without a login, if", () => {
  test.each<[string, (sent: URLSearchParams) => Record<string, string>, number, RegExp]>([
    [
      "another issuer responds",
      (sent) => ({ ...good(sent), iss: "https://evil.example" }),
      76,
      /^the response has a wrong issuer/,
    ],
    [
      "the person denies it",
      (sent) => ({ ...good(sent), error: "access_denied" }),
      77,
      /^the login was denied at http:\S+ \(access_denied\)$/,
    ],
    [
      "the provider is not available, and says more than that",
      (sent) => ({ ...good(sent), error: "server_error", error_description: "\u001b[2Jlatchkey: signed in" }),
      69,
      /is not available \(server_error: \\u\{1b\}\[2Jlatchkey: signed in\)$/,
    ],
  ])("%s", async (_, query, exitCode, message) => {
    const before = provider.asked.length;
    const { end, shown } = await comeBack(query);
    expect(end).toMatchObject({ exitCode, message: expect.stringMatching(message) });
    expect(shown).toMatchObject({ status: 400, text: expect.stringContaining("You are not signed in.") });
    expect(existsSync(file())).toBe(false);
    expect(provider.asked).toHaveLength(before);
  });

  test.each<[string, number, unknown, number, RegExp]>([
    ["the code is refused", 400, { error: "invalid_grant" }, 78, /^the login has ended \(invalid_grant\)$/],
    ["the client is unknown", 401, { error: "invalid_client" }, 78, /does not accept this client/],
    ["the provider fails", 502, "<h1>secret</h1>", 69, /^http:\S+ returned 502$/],
    ["the provider responds with a page", 200, "<h1>secret</h1>", 76, /does not respond as an OpenID provider/],
    ["a token is missing", 200, { token_type: "Bearer" }, 76, /does not respond as an OpenID provider/],
    [
      "the token is of no type",
      200,
      { ...tokens, token_type: undefined },
      76,
      /does not respond as an OpenID provider/,
    ],
    ["its lifetime is no number", 200, { ...tokens, expires_in: "soon" }, 76, /does not respond as an OpenID provider/],
    [
      "the provider repeats a token in its words",
      400,
      { error: "invalid_grant", error_description: `${"secret-access".repeat(3)} was used` },
      78,
      /^the login has ended \(invalid_grant: … was used\)$/,
    ],
    ["the token has two lines", 200, { ...tokens, access_token: "secret\nX: y" }, 76, /gave a token that cannot be/],
  ])("%s", async (_, status, body, exitCode, message) => {
    provider.script = { token: [[status, body]] };
    expect((await comeBack(good)).end).toMatchObject({ exitCode, message: expect.stringMatching(message) });
    expect(existsSync(file())).toBe(false);
  });

  test.each<[string, () => void, Record<string, true | readonly string[]>, number, RegExp]>([
    ["the provider is down", () => {}, { issuer: ["http://127.0.0.1:1"] }, 69, /refuses connections \(ECONNREFUSED\)$/],
    [
      "it is a web site",
      () => {
        provider.script = { metadata: "<h1>Welcome</h1>" };
      },
      {},
      76,
      /does not respond as an OpenID provider/,
    ],
    [
      "it says to be another",
      () => {
        provider.script = { metadata: { issuer: "https://evil.example" } };
      },
      {},
      76,
      /does not respond as an OpenID provider|wrong issuer/,
    ],
    [
      "the page to open is no page",
      () => {
        provider.script = { metadata: { authorization_endpoint: "file:///etc/passwd" } };
      },
      {},
      76,
      /does not respond as an OpenID provider/,
    ],
    ["the way to it is open to all", () => {}, { issuer: ["http://example.com"] }, 64, /must begin with https/],
    ["no provider is set", () => {}, { issuer: [] }, 64, /is not set$/],
    [
      "the provider knows no devices",
      () => {
        provider.script = { metadata: { device_authorization_endpoint: undefined } };
      },
      { device: true },
      78,
      /no login for devices/,
    ],
  ])("%s", async (_, arrange, options, exitCode, message) => {
    arrange();
    await expect(signedIn(input(options))).rejects.toMatchObject({
      exitCode,
      message: expect.stringMatching(message),
    });
    expect(existsSync(file())).toBe(false);
  });

  test("another command is refreshing the login before, and is not waited for", async () => {
    provider.script = { token: [[200, tokens]] };
    const before = { v: 1, subject: "bob", accessToken: "bobs-secret" } as Login;
    await writeLogin(file(), before);
    await writeFile(`${file()}.lock`, `${process.pid} ${os.hostname()}`);
    const { end, shown } = await comeBack(good, world.interrupt);
    expect({ end, status: shown?.status }).toEqual({ end: 130, status: 200 });
    expect(await readLogin(file())).toEqual(before);
  });

  test("Ctrl-C comes first", async () => {
    const login = signedIn(input());
    await world.shows(/\/auth\?/);
    world.interrupt();
    await expect(login).rejects.toBe(130);
  });
});

describe("signed in by the browser", () => {
  beforeEach(async () => {
    provider.script = { token: [[200, tokens]] };
    expect(await comeBack(good)).toMatchObject({ end: { exitCode: 0 }, shown: { status: 200 } });
  });

  test("the code was redeemed with the verifier of PKCE, and the tokens are in a file that only the owner reads", async () => {
    const page = world.shown.map((line) => /http:\S+\/auth\?\S+/.exec(line)?.[0]).find(Boolean) ?? "";
    expect(Object.fromEntries(new URL(page).searchParams)).toMatchObject({
      code_challenge_method: "S256",
      client_id: "latchkey-cli",
      scope: "openid offline_access latchkey",
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:[0-9]+\/callback$/),
    });
    expect(provider.asked.at(-1)?.get("code_verifier")).toMatch(/^[\w-]{43}$/);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file()))).mode & 0o777).toBe(0o700);
    expect(await readLogin(file())).toMatchObject({ accessToken: "secret-access", refreshToken: "secret-refresh" });
  });

  test("status says who, by whom and until when, without the tokens", async () => {
    expect(await status(input())).toBe(0);
    await status(input({ json: true }));
    expect(world.shown.join("\n")).toContain("(this token: until 2026-03-01T12:05:00.000Z)");
    expect(world.shown.join("\n")).toContain('"isRefreshed": true');
  });

  test("logout revokes the refresh token and deletes the file; once more, it says so", async () => {
    expect(await runLogout(world.context)).toBe(0);
    expect(provider.asked.at(-1)?.get("token")).toBe("secret-refresh");
    expect(existsSync(file())).toBe(false);
    expect(await runLogout(world.context)).toBe(0);
    expect(world.shown.slice(-2)).toEqual(["note: signed out", "note: you were not signed in"]);
    await expect(status(input())).rejects.toMatchObject({ exitCode: 78 });
  });

  test("logout deletes the file, though the provider revokes nothing", async () => {
    provider.script = { revoked: 503 };
    expect(await runLogout(world.context)).toBe(0);
    expect(world.shown.at(-2)).toMatch(/did not revoke the refresh token/);
    expect(existsSync(file())).toBe(false);
  });

  test("an expired login without a refresh token ends status with 78", async () => {
    const login = JSON.parse(await readFile(file(), "utf8"));
    await writeLogin(file(), { ...login, refreshToken: undefined, expiresAt: now.getTime() });
    await expect(status(input())).rejects.toMatchObject({ exitCode: 78 });
  });
});

describe("at a provider with needs of its own", () => {
  const idToken = (exp: number) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { iss: provider.issuer, sub: "1", aud: "latchkey-cli", iat: exp - 3600, exp };
    return `${part({ alg: "RS256" })}.${part(claims)}.c2VjcmV0`;
  };
  const settle = (login: object, issuer = provider.issuer) =>
    Object.assign(world.context, { settings: async () => ({ url: "http://127.0.0.1", issuer, login }) });
  const pageShown = () => new URL(world.shown.map((line) => /http:\S+\/auth\?\S+/.exec(line)?.[0]).find(Boolean) ?? "");

  test("the redirect has the port that settings say, the page their parameters, and the token's request their secret", async () => {
    const free = await startCallback(new AbortController().signal, { state: "s" });
    const { port } = new URL(free.redirectUri);
    free.stop();
    settle({
      redirectPort: Number(port),
      parameters: { audience: "urn:x", scope: "openid x" },
      clientSecret: "s1",
    });
    provider.script = { token: [[200, tokens]] };
    expect((await comeBack(good)).end).toEqual({ exitCode: 0 });
    expect(Object.fromEntries(pageShown().searchParams)).toMatchObject({
      redirect_uri: `http://127.0.0.1:${port}/callback`,
      audience: "urn:x",
      scope: "openid x",
    });
    expect(provider.asked.at(-1)?.get("client_secret")).toBe("s1");
    expect(await readLogin(file())).toMatchObject({ clientSecret: "s1" });
  });

  test("a port that is taken ends it, and --device is the hint", async () => {
    const taken = await startCallback(new AbortController().signal, { state: "s" });
    settle({ redirectPort: Number(new URL(taken.redirectUri).port) });
    await expect(runLogin(world.context, input())).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringMatching(/^the redirectPort \d+ cannot be used: EADDRINUSE$/),
    });
    taken.stop();
  });

  test("none of it goes to another issuer", async () => {
    settle({ parameters: { audience: "urn:x" }, clientSecret: "s1" }, "https://accounts.example.com");
    provider.script = { token: [[200, tokens]] };
    expect((await comeBack(good)).end).toEqual({ exitCode: 0 });
    expect(pageShown().searchParams.has("audience")).toBe(false);
    expect(provider.asked.at(-1)?.has("client_secret")).toBe(false);
    expect((await readLogin(file()))?.clientSecret).toBeUndefined();
  });

  test("the ID token is sent, until it expires, if settings say so", async () => {
    settle({ useIdToken: true });
    const token = idToken(Math.floor(Date.now() / 1000) + 3600);
    provider.script = { token: [[200, { ...tokens, id_token: token }]] };
    expect((await comeBack(good)).end).toEqual({ exitCode: 0 });
    const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    expect(await readLogin(file())).toMatchObject({ accessToken: token, usesIdToken: true, expiresAt: exp * 1000 });
  });

  test("without an ID token nobody is signed in, if it is the one to send", async () => {
    settle({ useIdToken: true });
    provider.script = { token: [[200, tokens]] };
    expect((await comeBack(good)).end).toMatchObject({ exitCode: 76 });
    expect(existsSync(file())).toBe(false);
  });
});

describe("by --device", () => {
  const device = () => ({
    device_code: "secret-device",
    user_code: "BCDF-\u001b[2J",
    verification_uri: `${provider.issuer}/verify`,
    expires_in: 600,
    interval: 7,
  });
  const signIn = async (token: [number, unknown][], more = {}) => {
    provider.script = { device: { ...device(), ...more }, token };
    const waits: number[] = [];
    const end = await signedIn(input({ device: true }), async (time) => void waits.push(time / 1000)).then(
      (exitCode) => ({ exitCode }),
      (failure: unknown) => failure,
    );
    return { end, waits };
  };

  test("the code is shown, and asked about as often as the provider says: less after slow_down", async () => {
    const pending = [400, { error: "authorization_pending" }] satisfies [number, unknown];
    const { end, waits } = await signIn([pending, [400, { error: "slow_down" }], pending, [200, tokens]]);
    expect({ end, waits }).toEqual({ end: { exitCode: 0 }, waits: [7, 7, 12, 12] });
    expect(world.shown[0]).toBe(
      `note: to sign in, open ${provider.issuer}/verify in any browser, and enter the code BCDF-\\u{1b}[2J`,
    );
  });

  test.each([
    ["is asked about no more, once it has expired by what the provider said", { expires_in: 20 }, [7, 7, 7]],
    ["is asked about each minute at least", { interval: 1e9, expires_in: 100 }, [60, 60]],
  ])("a code %s", async (_, more, expected) => {
    const { end, waits } = await signIn(Array(5).fill([400, { error: "authorization_pending" }]), more);
    expect({ end, waits }).toMatchObject({ end: { exitCode: 75 }, waits: expected });
  });

  test("status takes a token that is said to live for ever", async () => {
    expect((await signIn([[200, { ...tokens, expires_in: 1e300 }]])).end).toEqual({ exitCode: 0 });
    expect(await status(input())).toBe(0);
  });

  test("a page that is none is not named", async () => {
    provider.script = { device: { ...device(), verification_uri: "javascript:alert(1)" } };
    await expect(signedIn(input({ device: true }))).rejects.toMatchObject({ exitCode: 76 });
    expect(world.shown).toEqual([]);
  });

  test.each([
    ["access_denied", 77, /was denied/],
    ["expired_token", 75, /nobody confirmed the code in time/],
  ])("%s ends it with %d", async (error, exitCode, message) => {
    const { end } = await signIn([[400, { error }]]);
    expect(end).toMatchObject({ exitCode, message: expect.stringMatching(message) });
    expect(existsSync(file())).toBe(false);
  });
});

test("the port that the browser comes back to takes one GET of one path, by its own name, with the login's state, and nothing else", async () => {
  const callback = await startCallback(world.context.signal, { state: "s" });
  const { origin, host, port } = new URL(callback.redirectUri);
  const ask = (method: string, path: string, asHost = host) =>
    new Promise((resolve, reject) => {
      request(`${origin}${path}`, { method, headers: { Host: asHost } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once("error", reject)
        .end();
    });
  const strangers: [method: string, path: string, host?: string][] = [
    ["POST", "/callback?code=x&state=s"],
    ["HEAD", "/callback?code=x&state=s"],
    ["GET", "/?code=x&state=s"],
    ["GET", "/callback/?code=x&state=s"],
    ["GET", "/favicon.ico"],
    ["GET", "/callback?code=x"],
    ["GET", "/callback?code=x&state=other"],
    ["GET", "/callback?code=x&state=s&state=s"],
    ["GET", "/callback?error=access_denied"],
    ["GET", "/callback?code=x&state=s", `evil.example:${port}`],
    ["GET", "/callback?code=x&state=s", `localhost:${port}`],
  ];
  for (const stranger of strangers) expect([stranger, await ask(...stranger)]).toEqual([stranger, 404]);
  const first = ask("GET", "/callback?code=y&state=s");
  const { url, reply } = await callback.response;
  expect(url.search).toBe("?code=y&state=s");
  expect(await ask("GET", "/callback?code=z&state=s")).toBe(404);
  await reply(Promise.resolve());
  expect(await first).toBe(200);
  callback.stop();
});
