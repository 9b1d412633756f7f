import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { startLocalStack } from "../local/local-stack.ts";
import { listen } from "../local/shared/loopback-server.ts";
import type { RunningParts } from "../local/shared/running-parts.ts";
import { whereIs } from "../test/support/programs.ts";
import { type Budget, readBudget } from "./budget.ts";
import { type ConsoleMarks, markingScript } from "./console-marks.ts";
import { type ConsoleSizes, measureConsole } from "./console-size.ts";
import { table, written } from "./report.ts";
import { run } from "./run.ts";
import { summarize } from "./statistics.ts";
import { startEndpoint } from "./tunnel-processes.ts";

/** `npm run bench:console`, see docs/bench.md: the browser console in Debian's Chromium, on the local stack. */

/** Loads and connections that count, after one that does not; key presses that count, after those that do not. */
const [runs, warmUps, echoes] = [20, 50, 300];

/** db-1, which a tunnel reaches and nothing else. */
const instance = "#/instances/111122223333/us-east-1/i-0d0000000000000a1";

/** Milliseconds, a value a run. */
interface Times {
  readonly load: { readonly console: number[]; readonly empty: number[] };
  readonly listed: number[];
  readonly prompt: number[];
  /** The API's part of it. */
  readonly api: number[];
  readonly echo: { readonly page: number[]; readonly shown: number[]; readonly socket: number[] };
}

/** Resolves when the page has noted it. The policy of its host lets nothing evaluate text but the browser itself. */
const noted = (page: Page, name: keyof ConsoleMarks) => page.evaluate<ConsoleMarks>(`noted(${JSON.stringify(name)})`);

const between = (from: number | undefined, until: number | undefined) => (until ?? Number.NaN) - (from ?? Number.NaN);

/** A fresh browser context each time, so that nothing is cached. */
async function firstLoad(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext();
  await context.addInitScript(markingScript);
  const page = await context.newPage();
  await page.goto(url);
  const { canSignIn } = await noted(page, "canSignIn");
  await context.close();
  return between(0, canSignIn);
}

/** Signs in as alice. @returns the page, and the time from the provider's return to it until an instance is listed */
async function signIn(browser: Browser, url: string): Promise<{ readonly page: Page; readonly listed: number }> {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  await context.addInitScript(markingScript);
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: /^alice / }).click();
  const { listed } = await noted(page, "listed");
  return { page, listed: between(0, listed) };
}

/** Opens a terminal on db-1 by its button. */
async function connectOnce(page: Page): Promise<{ readonly prompt: number; readonly api: number }> {
  await page.evaluate(`performance.clearResourceTimings(), forget(), (location.hash = "${instance}")`);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const { pressed, prompted } = await noted(page, "prompted");
  const api = await page.evaluate<number>(
    "performance.getEntriesByType('resource').findLast(({ name }) => name.endsWith('/connections'))?.duration",
  );
  return { prompt: between(pressed, prompted), api };
}

/** Presses keys in the terminal of a program that reads, and sends a byte to a bare socket, by turns. */
async function measureEcho(page: Page, port: number): Promise<Times["echo"]> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  await page.keyboard.type("cat\n");
  const taken: Times["echo"] = { page: [], shown: [], socket: [] };
  for (let count = 0; count < warmUps + echoes; count++) {
    await page.keyboard.press("x");
    const { key, echoed, shown } = await noted(page, "shown");
    const startedAt = performance.now();
    socket.write("x");
    await once(socket, "data");
    const bare = performance.now() - startedAt;
    if (count < warmUps) continue;
    taken.page.push(between(key, echoed));
    taken.shown.push(between(key, shown));
    taken.socket.push(bare);
  }
  socket.destroy();
  return taken;
}

async function measure(files: string, parts: RunningParts): Promise<Times> {
  const stack = parts.keep(await startLocalStack({ openIdProvider: true, console: { files } }));
  const empty = '<!doctype html><meta charset="utf-8"><main><button class="main">Sign in</button></main>';
  const server = createServer((_, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(empty));
  const { port } = parts.keep(await listen(server, 0));
  const endpoint = parts.keep(await startEndpoint(1));
  const browser = await chromium.launch({ executablePath: whereIs("chromium") ?? "chromium", args: ["--no-sandbox"] });
  parts.keep({ stop: () => browser.close() });
  const { consoleUrl = "" } = stack;
  const times: Times = {
    load: { console: [], empty: [] },
    listed: [],
    prompt: [],
    api: [],
    echo: { page: [], shown: [], socket: [] },
  };
  for (let run = 0; run <= runs; run++) {
    const loaded = await firstLoad(browser, consoleUrl);
    const bare = await firstLoad(browser, `http://127.0.0.1:${port}/`);
    const { page, listed } = await signIn(browser, consoleUrl);
    // The first terminal of a page, as most are: what it needs is loaded when the instance is shown.
    await connectOnce(page);
    const { prompt, api } = await connectOnce(page);
    if (run === runs) Object.assign(times.echo, await measureEcho(page, endpoint.ports.echo));
    await page.context().close();
    if (run === 0) continue;
    times.load.console.push(loaded);
    times.load.empty.push(bare);
    times.listed.push(listed);
    times.prompt.push(prompt);
    times.api.push(api);
  }
  return times;
}

function bytesTable({ firstLoad: first, terminal, styles }: ConsoleSizes, { console: budget }: Budget): string {
  const of = (size: number, { kilobytes }: { readonly kilobytes: number }) => `${size.toFixed(1)} of ${kilobytes} kB`;
  return table([
    ["first load, gzipped", of(first, budget.firstLoad)],
    ["a terminal, gzipped", of(terminal, budget.terminal)],
    ["styles", of(styles, budget.styles)],
  ]);
}

function timesTable({ load, listed, prompt, api, echo }: Times): string {
  const row = (title: string, values: readonly number[], beside: readonly number[] = []) => [
    ...[title, written(summarize(values), "ms"), `${Math.min(...values).toFixed(2)} ms`],
    beside.length > 0 ? written(summarize(beside), "ms") : "",
  ];
  return table([
    ["", "console", "least", "beside"],
    row("first load until one can sign in; an empty page", load.console, load.empty),
    row("return from the sign-in until instances are listed", listed),
    row("Connect until the prompt; the API's part", prompt, api),
    row("a key until its echo is in the page; a bare socket", echo.page, echo.socket),
    row("a key until its echo is on the screen; a bare socket", echo.shown, echo.socket),
  ]);
}

async function main(parts: RunningParts): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-bench-"));
  parts.keep({ stop: () => rm(directory, { recursive: true, force: true }) });
  const sizes = await measureConsole(directory);
  const times = await measure(directory, parts);
  const machine = `${os.availableParallelism()} cores, Node ${process.versions.node}`;
  console.log(`${machine}, ${runs} fresh browser contexts, ${echoes} keys: median (quartiles)\n`);
  console.log(timesTable(times));
  console.log(`\n${bytesTable(sizes, await readBudget())}`);
}

await run((parts) => {
  parseArgs(); // it takes none
  return main(parts);
});
