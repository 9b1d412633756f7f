import type { BrowserContext, Page, Response } from "playwright-core";
import type { LocalStack } from "../../../local/stack-types.ts";

/** What a page keeps beyond its memory. Cookies are not the provider's, which scripts cannot read. */
const keptByPage = `(async () => ({
  localStorage: Object.keys(localStorage),
  sessionStorage: Object.keys(sessionStorage),
  cookies: document.cookie.split("; ").filter(Boolean),
  databases: (await indexedDB.databases()).map(({ name }) => name),
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
}))()`;

const reportViolations = `addEventListener("securitypolicyviolation", (violation) => {
  const { effectiveDirective, blockedURI, sourceFile, lineNumber } = violation;
  reportViolation([effectiveDirective, "blocks", blockedURI, "in", sourceFile, lineNumber].join(" "));
});`;

/** Watches the pages of one browser context for what must hold in every test. */
export class Watch {
  readonly #context: BrowserContext;
  readonly #stack: LocalStack;
  readonly #violations: string[] = [];
  readonly #requested: string[] = [];
  readonly #shown: string[] = [];
  readonly #secrets = new Set<string>();
  readonly #reading: Promise<void>[] = [];
  readonly #cookies: string[] = [];
  /** What the browser's console says. */
  readonly logged: string[] = [];

  private constructor(context: BrowserContext, stack: LocalStack) {
    this.#context = context;
    this.#stack = stack;
  }

  /** @param context without pages */
  static async over(context: BrowserContext, stack: LocalStack): Promise<Watch> {
    const watch = new Watch(context, stack);
    await context.exposeFunction("reportViolation", (text: string) => void watch.#violations.push(text));
    await context.addInitScript(reportViolations);
    context.on("console", (message) => watch.logged.push(`${message.type()}: ${message.text()}`));
    context.on("weberror", (error) => watch.logged.push(`uncaught: ${error.error().message}`));
    context.on("request", (request) => watch.#requested.push(request.url()));
    context.on("response", (response) => void watch.#reading.push(watch.#read(response)));
    context.on("page", (page) => watch.#watchPage(page));
    return watch;
  }

  #watchPage(page: Page): void {
    page.on("websocket", (socket) => this.#requested.push(socket.url()));
    page.on("framenavigated", (frame) => this.#shown.push(frame.url()));
  }

  /** Learns the secrets that the page is given. */
  async #read(response: Response): Promise<void> {
    const { consoleUrl = "", issuer } = this.#stack;
    const url = response.url();
    if (isBelow(url, consoleUrl) && "set-cookie" in (await response.allHeaders())) this.#cookies.push(url);
    const isOfTokens = url === `${issuer}/token`;
    if (!isOfTokens && !(response.request().method() === "POST" && url.endsWith("/connections"))) return;
    // The page may have gone before it was read.
    const body: unknown = await response.json().catch(() => ({}));
    for (const secret of secretsIn(body)) this.#secrets.add(secret);
  }

  /** What broke a rule. @param expected what the browser's console may say */
  async faults(expected: readonly RegExp[]): Promise<string[]> {
    await Promise.all(this.#reading);
    const { consoleUrl = "", oidcUrl = "", issuer = "", endpoints } = this.#stack;
    const tunnels = endpoints["AWS_ENDPOINT_URL_OPEN_TUNNEL"] ?? "";
    const open = this.#context.pages().filter((page) => isBelow(page.url(), consoleUrl));
    const kept = await Promise.all(open.map(keptBy));
    const texts = await Promise.all(open.map((page) => page.content()));
    const own = this.#requested.filter((url) => !isBelow(url, tunnels));
    const told = [...own, ...this.#shown, ...this.logged.filter((text) => !isOfRefusedUpgrade(text)), ...texts];
    return [
      ...this.#violations.map((text) => `a CSP violation: ${text}`),
      ...this.logged
        .filter((text) => !expected.some((pattern) => pattern.test(text)))
        .map((text) => `the browser's console: ${text}`),
      ...own
        .filter((url) => ![consoleUrl, oidcUrl, issuer].some((origin) => isBelow(url, origin)))
        .map((url) => `a request to another origin: ${url}`),
      ...this.#cookies.map((url) => `a cookie from ${url}`),
      ...kept.flat(),
      ...open.flatMap((page) => (hasReturn(page.url()) ? [`left in the URL: ${page.url()}`] : [])),
      ...told.flatMap((text) =>
        [...this.#secrets]
          .filter((secret) => text.includes(secret))
          .map((secret) => `the secret ${secret.slice(0, 12)}… in ${text.slice(0, 200)}`),
      ),
    ];
  }
}

const isBelow = (url: string, origin: string) => url === origin || url.startsWith(`${origin}/`);

/** Chromium names the URL of a WebSocket that it cannot open; a page cannot prevent it. */
const isOfRefusedUpgrade = (text: string) => /^error: WebSocket connection to '[^']+' failed/.test(text);

async function keptBy(page: Page): Promise<string[]> {
  const kept = (await page.evaluate(keptByPage)) as Readonly<Record<string, readonly string[]>>;
  return Object.entries(kept).flatMap(([where, names]) => names.map((name) => `kept in ${where}: ${name}`));
}

/** The tokens in a response, and what makes a tunnel's URL valid. */
function secretsIn(body: unknown): string[] {
  const { access_token, refresh_token, id_token, tunnel } = body as Secret;
  const query = tunnel === undefined ? [] : [...new URL(tunnel.url).searchParams];
  const signed = query.flatMap(([name, value]) => (/-(?:Signature|Security-Token)$/.test(name) ? [value] : []));
  const all = [access_token, refresh_token, id_token, ...signed];
  return all.filter((one) => one !== undefined).flatMap((one) => [one, encodeURIComponent(one)]);
}

interface Secret {
  readonly access_token?: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly tunnel?: { readonly url: string };
}

/** Whether a URL has what the provider sends back. In the fragment, `state` is that of the instances listed. */
function hasReturn(url: string): boolean {
  const { search, hash } = new URL(url);
  return /[?&](?:code|state)=/.test(search) || /[?&#]code=/.test(hash);
}
