import { readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { fleet } from "../support/api-client.ts";
import { expectAccessible } from "./support/axe.ts";
import { signIn } from "./support/sign-in.ts";
import { TerminalPage } from "./support/terminal.ts";
import { useConsole } from "./support/use-console.ts";

const world = useConsole();

const name = `latchkey-console-${process.pid}.bin`;
/** The stand-in's logins have the home of this process. */
const stored = path.join(os.homedir(), name);
const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));

afterEach(() => rm(stored, { force: true }));

async function open(): Promise<TerminalPage> {
  const page = await world.open();
  await signIn(page, "alice");
  const terminal = new TerminalPage(page);
  await terminal.connect(fleet.db1);
  await terminal.is("Connected");
  await terminal.button("Files").click();
  return terminal;
}

describe("files beside a terminal", () => {
  test("go to the host and come back as they were, and nothing is overwritten", async () => {
    const { page } = await open();
    const file = { name, mimeType: "application/octet-stream", buffer: bytes };
    const field = page.getByLabel("Upload to your home on the host");
    await field.setInputFiles(file);
    await page.getByText(`Upload of ${name}: Done`).waitFor();
    expect((await readFile(stored)).equals(bytes)).toBe(true);
    await field.setInputFiles({ ...file, buffer: Buffer.from("other") });
    await page.getByText("A file of that name is there already: nothing was overwritten").waitFor();
    expect((await readFile(stored)).equals(bytes)).toBe(true);

    await page.getByLabel("Download", { exact: true }).fill(stored);
    const [saved] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download" }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe(name);
    expect((await readFile(await saved.path())).equals(bytes)).toBe(true);
    await expectAccessible(page);
  });

  test("are uploaded when they are dropped on the terminal", async () => {
    const { page } = await open();
    const dropped = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File(["dropped"], ${JSON.stringify(name)}));
      return data;
    })()`);
    await page.locator(".screen").dispatchEvent("drop", { dataTransfer: dropped });
    await page.getByText(`Upload of ${name}: Done`).waitFor();
    expect(await readFile(stored, "utf8")).toBe("dropped");
  });

  test("that are not there are said to be so", async () => {
    const { page } = await open();
    await page.getByLabel("Download", { exact: true }).fill("/no/such/file");
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByText("There is no such file or folder on the host").waitFor();
  });
});
