import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type RunningProvider, startProvider } from "../../../local/oidc/provider.ts";
import { listen, type RunningServer } from "../../../local/shared/loopback-server.ts";
import { sampleResponses } from "../../support/client/sample-responses.ts";
import { untilSaid } from "../../support/client/until.ts";
import { clientEnvironment, runClient, useClientHome } from "../../support/client-process.ts";
import { Browser } from "../../support/oidc/browser.ts";
import { startChromium } from "../../support/oidc/chromium.ts";
import { expireLogins } from "../../support/oidc/signing-browser.ts";
import { whereIs } from "../../support/programs.ts";
import { useLocalStack } from "../../support/test-stack.ts";
import { describeGitHubActions, exampleOfGitHub, useProviderForGitHub } from "./suites/github-actions.ts";

const home = useClientHome();
useProviderForGitHub();
const local = useLocalStack({ openIdProvider: true, ...exampleOfGitHub });
let provider: RunningProvider;
let api: RunningServer;
/** The tokens that the API got, in their order. */
let sent: string[];
/** What the API responds with. */
let respond: (path?: string) => unknown;

beforeAll(async () => {
  provider = await startProvider(0, { accessTokenSeconds: 2 });
  api = await listen(
    createServer(({ headers, url }, response) => {
      sent.push(headers.authorization?.replace(/^Bearer /, "") ?? "none");
      response.end(JSON.stringify(respond(url)));
    }),
    0,
  );
});
afterAll(() => Promise.all([provider.stop(), api.stop()]));
beforeEach(async () => {
  sent = [];
  respond = () => sampleResponses.whoAmI;
  await rm(path.join(home.directory, ".local"), { recursive: true, force: true });
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

const options = () => ({ home: home.directory, stack: { url: `http://127.0.0.1:${api.port}` } });
const latchkey = (...args: readonly string[]) => runClient(args, options());
const claimsOf = (token = "") => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

/** Starts `latchkey login`, and resolves when it shows what the pattern finds. */
async function startLogin(pattern: RegExp, ...args: readonly string[]) {
  const child = spawn("latchkey", ["login", "--issuer", provider.issuer, ...args], {
    env: clientEnvironment(options()),
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const said = untilSaid(child.stderr, pattern);
  const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = once(child, "close").then(async ([exitCode]) => {
    const [stdout, stderr] = await outputs;
    return { exitCode, stdout, stderr };
  });
  return { shown: await said, ended };
}

const page = /http:\S+\/auth\?\S+/;

async function signIn(name: string): Promise<void> {
  const { shown, ended } = await startLogin(page);
  const browser = new Browser();
  const last = await browser.press(await browser.open(shown[0]), name);
  expect(last.html).toContain("You are signed in. You can close this page.");
  expect(await ended).toMatchObject({
    exitCode: 0,
    stdout: "",
    stderr: expect.stringMatching(new RegExp(`latchkey: signed in as ${name}@example\\.com\\n$`)),
  });
}

describe("a new user signs in", () => {
  test("by one click, and every command after it sends the token", async () => {
    await signIn("alice");
    expect(await latchkey("whoami")).toMatchObject({ exitCode: 0 });
    expect(claimsOf(sent[0])).toMatchObject({ sub: "alice", aud: "urn:latchkey:api", groups: ["Engineer"] });
    const status = await latchkey("status");
    expect(status).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^alice@example\.com, by http:/) });
    expect(await latchkey("logout")).toMatchObject({ exitCode: 0, stderr: "latchkey: signed out\n" });
    expect(await latchkey("whoami")).toMatchObject({ exitCode: 78 });
    expect(status.stdout).not.toContain(sent[0]?.slice(-20));
  });

  const chromium = whereIs("chromium");
  (chromium === undefined ? test.skip : test)("in Chromium", async () => {
    const { shown, ended } = await startLogin(page);
    const browser = await startChromium(chromium ?? "", path.join(home.directory, "chromium"));
    try {
      await browser.open(shown[0]);
      const button = "document.querySelector('button[value=bob]')";
      await browser.shows(`${button} !== null`);
      await browser.evaluate(`${button}.click()`);
      await browser.shows("document.body?.innerText.includes('You are signed in.')");
    } finally {
      await browser.stop();
    }
    expect(await ended).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("signed in as bob") });
  });

  test("by --device, in a browser elsewhere", async () => {
    const { shown, ended } = await startLogin(/open (http:\S+) in any browser, and enter the code (\S+)/, "--device");
    const browser = new Browser();
    const form = await browser.open(shown[1] ?? "");
    const confirmation = await browser.press(form, "Continue", { user_code: shown[2] ?? "" });
    await browser.press(await browser.press(confirmation, "Yes"), "dave");
    expect(await ended).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("signed in as dave") });
  });
});

test("latchkey login && latchkey ssh db-1 -- uptime, through the OIDC door of the local stack", async () => {
  const { oidcUrl: url = "", issuer = "" } = local.stack;
  const child = spawn(
    "sh",
    ["-c", 'latchkey login --issuer "$ISSUER" && latchkey whoami && latchkey ssh db-1 -- "echo $((6 * 7)); uptime"'],
    { env: { ...clientEnvironment({ home: home.directory, stack: { url } }), ISSUER: issuer } },
  );
  children.push(child);
  const stdout = text(child.stdout);
  const ended = once(child, "close");
  const browser = new Browser();
  const [opened] = await untilSaid(child.stderr, page);
  await browser.press(await browser.open(opened), "alice");
  expect({ code: (await ended)[0], stdout: await stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^alice, a person in Engineer \(local:Engineer\)\n42\n.* load average: /),
  });
});

describe("the login is refreshed", () => {
  test("once by two commands at once: the provider takes no refresh token twice", async () => {
    await signIn("alice");
    for (let round = 0; round < 2; round++) {
      await expireLogins(home.directory);
      const ends = await Promise.all([latchkey("whoami"), latchkey("whoami")]);
      expect(ends.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
        Array(2).fill({ exitCode: 0, stderr: "" }),
      );
    }
  });

  test("while latchkey requests --wait waits longer than the token is valid", async () => {
    await signIn("alice");
    const request = { ...sampleResponses.createAccessRequest, status: "pending" };
    // Nothing waits at the first look.
    const later = { items: [request] };
    const looks = [{ items: [] }];
    respond = (path) => (path === "/v1/whoami" ? sampleResponses.whoAmI : (looks.shift() ?? later));
    const { exitCode, stdout } = await latchkey("requests", "--wait", "--limit", "1");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining(request.id) });
    expect([...new Set(sent)].map((token) => claimsOf(token).sub)).toEqual(["alice", "alice"]);
  });

  test("no more while the provider is down, which a command says", async () => {
    await signIn("alice");
    await expireLogins(home.directory);
    const before = provider;
    provider = await startProvider(0);
    await before.stop();
    expect(await latchkey("whoami")).toMatchObject({
      exitCode: 69,
      stderr: expect.stringContaining("refuses connections"),
    });
  });
});

describeGitHubActions(local);
