import { afterEach, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { makeHostKey } from "../../local/instances/host-key.ts";
import { fleet } from "../support/api-client.ts";
import { expectAccessible } from "./support/axe.ts";
import { signIn } from "./support/sign-in.ts";
import { isConnection, pushesKey, TerminalPage } from "./support/terminal.ts";
import { useConsole } from "./support/use-console.ts";

const world = useConsole();

afterEach(() => world.local.stack.tunnels.refuse(false));

/** The page of an instance, as somebody sees it. */
async function open(as = "alice", prepare: (page: Page) => Promise<unknown> = async () => {}): Promise<TerminalPage> {
  const page = await world.open();
  await prepare(page);
  await signIn(page, as);
  return new TerminalPage(page);
}

async function connected(prepare?: (page: Page) => Promise<unknown>): Promise<TerminalPage> {
  const terminal = await open("alice", prepare);
  await terminal.connect(fleet.db1);
  await terminal.is("Connected");
  return terminal;
}

const hasFocus = (element: { matches(selector: string): boolean }) => element.matches(":focus");
const rowsAndColumns = /(\d+) (\d+)\n/;

describe("a terminal", () => {
  test("runs a shell, resizes it, and ends with its status", async () => {
    const terminal = await connected();
    await terminal.type("echo $((6*7))x");
    await terminal.shows("42x");
    await terminal.type("clear; stty size");
    await terminal.shows(/\d+ \d+/);
    const before =
      rowsAndColumns
        .exec(await terminal.text())
        ?.slice(1)
        .map(Number) ?? [];
    await terminal.page.setViewportSize({ width: 700, height: 500 });
    await terminal.type("clear; stty size; top");
    await terminal.shows("load average");
    await terminal.press("q");
    await terminal.type("clear; stty size; echo $((7*7))y");
    await terminal.shows("49y");
    const after =
      rowsAndColumns
        .exec(await terminal.text())
        ?.slice(1)
        .map(Number) ?? [];
    expect([after[0], after[1]].map((size = 0, index) => size > 0 && size < (before[index] ?? 0))).toEqual([
      true,
      true,
    ]);
    await terminal.type("exit 3");
    await terminal.heading("The shell has ended with exit status 3").waitFor();
    await terminal.button("Close the terminal").click();
    await terminal.page.getByText("No terminal is open").waitFor();
  });

  test("has a key whose private half the page cannot export, and sends its public half alone", async () => {
    const sent: string[] = [];
    const terminal = await connected(async (page) => {
      await page.addInitScript(`{
        const generate = crypto.subtle.generateKey.bind(crypto.subtle);
        globalThis.madeKeys = [];
        crypto.subtle.generateKey = async (...args) => {
          const made = await generate(...args);
          if (args[0] === "Ed25519") madeKeys.push(made);
          return made;
        };
      }`);
      page.on("request", (request) => pushesKey(request) && sent.push(request.postData() ?? ""));
    });
    const exported = `Promise.all(madeKeys.flatMap(({ privateKey }) => ["pkcs8", "raw", "jwk"].map((format) =>
      crypto.subtle.exportKey(format, privateKey).then(() => "exported", ({ name }) => name))))`;
    expect(await terminal.page.evaluate(exported)).toEqual(Array(3).fill("InvalidAccessError"));
    expect(sent).toEqual([expect.stringMatching(/"publicKey":"ssh-ed25519 [A-Za-z0-9+/]{68}"/)]);
  });

  test("is dropped with its tunnel, and connects again with another key", async () => {
    const keys: unknown[] = [];
    const terminal = await connected(async (page) => {
      page.on("request", (request) => pushesKey(request) && keys.push(request.postDataJSON().publicKey));
    });
    await terminal.type("echo before$((1+1))");
    await terminal.shows("before2");
    expect(world.local.stack.tunnels.drop()).toBeGreaterThan(0);
    await terminal.heading("The connection was lost").waitFor();
    await terminal.button("Reconnect").click();
    await terminal.is("Connected");
    await terminal.type("echo after$((1+2))");
    await terminal.shows("after3");
    await terminal.shows("before2");
    expect(new Set(keys).size).toBe(2);
  });

  test("says that the endpoint refuses the tunnel, and connects when it does not", async () => {
    world.expectLogged(/WebSocket connection to/);
    const terminal = await open();
    world.local.stack.tunnels.refuse(true);
    await terminal.connect(fleet.db1);
    await terminal.heading("The tunnel cannot be opened").waitFor();
    await terminal.panel.getByText(/^latchkey ssh .* i-0d0000000000000a1@/).waitFor();
    world.local.stack.tunnels.refuse(false);
    await terminal.button("Try again").click();
    await terminal.is("Connected");
  });

  test("gives the commands for one's own machine if the instance is reached directly alone", async () => {
    world.expectLogged(/409/);
    const terminal = await open();
    await terminal.foreseeConnections();
    await terminal.connect(fleet.web1);
    await terminal.heading("From your own machine").waitFor();
    await terminal.panel.getByText("With ssh and a key of your own").click();
    const field = terminal.page.getByLabel("Your public key");
    await field.fill("-----BEGIN OPENSSH PRIVATE KEY-----");
    await terminal.button(/^Push this key/).click();
    await terminal.panel.getByText("publicKey contains a private key").waitFor();
    expect(await field.inputValue()).toBe("");
    await field.fill(makeHostKey().publicKeyLine);
    await terminal.button(/^Push this key/).click();
    await terminal.panel.getByText("Run this within").waitFor();
    await terminal.panel
      .getByText(/^ssh -o UserKnownHostsFile=latchkey-known-hosts .* ec2-user@127\.0\.0\.1$/)
      .waitFor();
    await expectAccessible(terminal.page);
  });

  test("leads to the form that asks for access, if that must be approved", async () => {
    world.expectLogged(/403/);
    const terminal = await open("dave");
    await terminal.foreseeConnections();
    await terminal.connect(fleet.prod1);
    await terminal.heading("Approval required").waitFor();
    await terminal.panel.getByRole("link", { name: "Ask for access" }).click();
    await terminal.page.waitForURL(`**/#/access/new?instanceId=${fleet.prod1}*`);
  });

  test("says that Latchkey hangs, and can be cancelled", async () => {
    const terminal = await open("alice", (page) => page.clock.install());
    await terminal.page.route(isConnection, () => {});
    await terminal.connect(fleet.db1);
    await terminal.is("Connecting");
    await terminal.page.clock.runFor(12_000);
    await terminal.panel.getByText(/^Latchkey has not responded for \d+ s\.$/).waitFor();
    await terminal.button("Cancel").click();
    await terminal.page.getByText("No terminal is open").waitFor();
  });

  test("stays open when the sign-in ends, and says what a reconnection needs", async () => {
    world.expectLogged(/401/);
    const terminal = await connected();
    const problem = { type: "about:blank", title: "Unauthenticated", status: 401, detail: "The token has expired." };
    const json = { ...problem, code: "unauthenticated", retryable: false, requestId: "r" };
    await terminal.page.route(isConnection, (route) =>
      route.fulfill({ status: 401, json, contentType: "application/problem+json" }),
    );
    await terminal.button("Reconnect").click();
    await terminal.is("Failed");
    await terminal.page.getByText("Your sign-in has ended").first().waitFor();
    await terminal.page.unroute(isConnection);
    await terminal.button("Try again").click();
    await terminal.is("Connected");
  });

  test("finds out that a laptop slept, and that its host is gone", async () => {
    let isSilent = false;
    const terminal = await connected(async (page) => {
      await page.clock.install();
      await page.routeWebSocket(/./, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((message) => isSilent || server.send(message));
      });
    });
    await terminal.page.clock.fastForward("10:00");
    await terminal.type("echo awake$((1+1))");
    await terminal.shows("awake2");
    isSilent = true;
    await terminal.page.clock.fastForward("10:00");
    await terminal.page.clock.runFor(8000);
    await terminal.heading("The connection did not outlast the sleep").waitFor();
    await terminal.button("Reconnect").waitFor();
  });
});

describe("a host key", () => {
  test("that has changed stops before authentication, and nobody can accept it", async () => {
    const terminal = await open();
    const key = makeHostKey().publicKeyLine;
    await terminal.changeConnections((made) => ({
      ...made,
      hostKeys: made.hostKeys.map((known) => ({ ...known, key })),
    }));
    await terminal.connect(fleet.db1);
    await terminal.heading("The host's key has changed").waitFor();
    expect(await terminal.button(/[Aa]ccept/).count()).toBe(0);
    await expectAccessible(terminal.page);
  });

  test("that nobody vouches for is a question, whose default is no", async () => {
    const terminal = await open();
    await terminal.changeConnections((made) => ({ ...made, hostKeys: [] }));
    await terminal.connect(fleet.db1);
    await terminal.heading("Nobody vouches for this host").waitFor();
    await terminal.panel.getByText(/^ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}$/).waitFor();
    await expectAccessible(terminal.page);
    await terminal.press("Enter");
    await terminal.heading("The host's key was not accepted").waitFor();
  });

  test("that a person accepted is remembered by this page, and by no other", async () => {
    const terminal = await open();
    await terminal.changeConnections((made) => ({ ...made, hostKeys: [] }));
    await terminal.connect(fleet.db1);
    await terminal.button("Accept this key and connect").click();
    await terminal.is("Connected");
    await terminal.button("Reconnect").click();
    await terminal.is("Connecting");
    await terminal.is("Connected");
    const other = await open();
    await other.changeConnections((made) => ({ ...made, hostKeys: [] }));
    await other.connect(fleet.db1);
    await other.heading("Nobody vouches for this host").waitFor();
  });
});

describe("several terminals", () => {
  test("are tabs for the keyboard, which leaves each, and stay open behind other pages", async () => {
    const terminal = await connected();
    await terminal.type("echo first$((1+1))");
    await terminal.shows("first2");
    await terminal.connect(fleet.db1);
    await terminal.is("Connected");
    await terminal.type("echo second$((1+1))");
    await terminal.shows("second2");
    await terminal.press("Control+Shift+1");
    await terminal.shows("first2");
    await terminal.press("Control+Shift+E");
    expect(await terminal.button("Reconnect").evaluate(hasFocus)).toBe(true);
    await terminal.press("Shift+Tab");
    await terminal.press("Shift+Tab");
    await terminal.press("ArrowRight");
    await terminal.shows("second2");
    await expectAccessible(terminal.page);
    await terminal.page.getByRole("link", { name: "My access" }).click();
    await terminal.page.getByRole("heading", { name: "My access" }).waitFor();
    await terminal.page.goBack();
    await terminal.shows("second2");
    const asked = new Promise<string>((resolve) => {
      terminal.page.once("dialog", (dialog) => void dialog.dismiss().then(() => resolve(dialog.type())));
    });
    await Promise.race([terminal.page.close({ runBeforeUnload: true }), asked]);
    expect(await asked).toBe("beforeunload");
  });

  test("find what they have shown, and say if there is nothing", async () => {
    const terminal = await connected();
    await terminal.type("echo needle$((1+1))");
    await terminal.shows("needle2");
    await terminal.press("Control+Shift+F");
    await terminal.type("needle2");
    expect(await terminal.panel.getByText("Not found").count()).toBe(0);
    await terminal.type("3");
    await terminal.panel.getByText("Not found").waitFor();
    await terminal.press("Escape");
    await terminal.type("echo typed$((1+1))");
    await terminal.shows("typed2");
  });
});
