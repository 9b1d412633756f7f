import { readFile } from "node:fs/promises";
import { describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { fleet } from "../support/api-client.ts";
import { expectAccessible } from "./support/axe.ts";
import { signIn } from "./support/sign-in.ts";
import { TerminalPage } from "./support/terminal.ts";
import { useConsole } from "./support/use-console.ts";

const world = useConsole();

const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));

async function open(): Promise<Page> {
  return (await openTerminal()).page;
}

async function openTerminal(): Promise<TerminalPage> {
  const page = await world.open();
  await signIn(page, "alice");
  const terminal = new TerminalPage(page);
  await terminal.connect(fleet.db1);
  await terminal.is("Connected");
  await terminal.button("Files").click();
  return terminal;
}

/** Downloads a file from the home of the host's login. */
async function download(page: Page, path: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  await page.getByLabel("Download", { exact: true }).fill(path);
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download" }).click(),
  ]);
  return { name: saved.suggestedFilename(), bytes: await readFile(await saved.path()) };
}

describe("files beside a terminal", () => {
  test("go to the host and come back as they were, and nothing is overwritten", async () => {
    const page = await open();
    const file = { name: "both ways.bin", mimeType: "application/octet-stream", buffer: bytes };
    const field = page.getByLabel("Upload to your home on the host");
    await field.setInputFiles(file);
    await page.getByText("Upload of both ways.bin: Done").waitFor();
    await field.setInputFiles({ ...file, buffer: Buffer.from("other") });
    await page.getByText("A file of that name is there already: nothing was overwritten").waitFor();
    const saved = await download(page, "./both ways.bin");
    expect(saved.name).toBe("both ways.bin");
    expect(saved.bytes.equals(bytes)).toBe(true);
    await expectAccessible(page);
  });

  test("are uploaded when they are dropped on the terminal", async () => {
    const page = await open();
    const dataTransfer = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File(["dropped"], "dropped.txt"));
      return data;
    })()`);
    await page.locator(".screen").dispatchEvent("drop", { dataTransfer });
    await page.getByText("Upload of dropped.txt: Done").waitFor();
    expect(String((await download(page, "dropped.txt")).bytes)).toBe("dropped");
  });

  test("go on after a reconnection", async () => {
    const terminal = await openTerminal();
    const { page } = terminal;
    const file = { name: "before.bin", mimeType: "application/octet-stream", buffer: bytes };
    await page.getByLabel("Upload to your home on the host").setInputFiles(file);
    await page.getByText("Upload of before.bin: Done").waitFor();
    await terminal.button("Reconnect").click();
    await terminal.is("Connecting");
    await terminal.is("Connected");
    expect((await download(page, "before.bin")).bytes.equals(bytes)).toBe(true);
  });

  test("that miss the terminal do not take the page's place", async () => {
    const page = await open();
    const isKept = `(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["dropped"], "dropped.txt"));
      const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
      return !document.querySelector("header").dispatchEvent(drop);
    })()`;
    expect(await page.evaluate(isKept)).toBe(true);
  });

  test("that are not there are said to be so", async () => {
    const page = await open();
    await page.getByLabel("Download", { exact: true }).fill("/no/such/file");
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByText("There is no such file or folder on the host").waitFor();
  });
});
