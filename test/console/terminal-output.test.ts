import { describe, expect, test } from "@jest/globals";
import { fleet } from "../support/api-client.ts";
import { signIn } from "./support/sign-in.ts";
import { TerminalPage } from "./support/terminal.ts";
import { useConsole } from "./support/use-console.ts";

const world = useConsole();

async function connected(): Promise<TerminalPage> {
  const page = await world.open("", { permissions: ["clipboard-read", "clipboard-write"] });
  await signIn(page, "alice");
  const terminal = new TerminalPage(page);
  await terminal.connect(fleet.db1);
  await terminal.is("Connected");
  return terminal;
}

/** Has the host write something, and waits until it is shown. */
async function print(terminal: TerminalPage, text: string): Promise<void> {
  await terminal.type(`clear; printf '${text}'; echo printed$((1+1))`);
  await terminal.shows("printed2");
}

const clipboard = ({ page }: TerminalPage) => page.evaluate("navigator.clipboard.readText()");

/** The middle of a word on the screen, where the host printed it. */
const placeOf = ({ page }: TerminalPage, word: string): Promise<{ x: number; y: number }> =>
  page.evaluate(`(() => {
    const walker = document.createTreeWalker(document.querySelector(".xterm-rows"), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.data !== ${JSON.stringify(word)}) continue;
      const range = document.createRange();
      range.selectNode(node);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }
    throw new Error("it is not there");
  })()`);

describe("hostile output", () => {
  test("sets a title that is bounded text", async () => {
    const terminal = await connected();
    await print(terminal, `\\033]0;<img src=x>\\342\\200\\256${"T".repeat(500)}\\007`);
    const title = await terminal.page.getByRole("tab").innerText();
    expect(title).toMatch(/^1 .*\nConnected · <img src=x> T{66,67}…$/);
    expect(await terminal.page.title()).toBe("Terminals – Latchkey");
  });

  test("does not reach the clipboard", async () => {
    const terminal = await connected();
    await terminal.page.evaluate("navigator.clipboard.writeText('mine')");
    await print(terminal, "\\033]52;c;ZXZpbA==\\007\\033]52;p;ZXZpbA==\\007\\033]52;c;?\\007");
    expect(await clipboard(terminal)).toBe("mine");
    expect(await terminal.text()).not.toContain("bWluZQ");
  });

  test("has nothing typed in its place: responses to queries hold no text of its own", async () => {
    const terminal = await connected();
    const evil = "echo $((6*7))evil";
    const queries = [
      `\\033]0;${evil}\\n\\007\\033[21t\\033[20t`, // the title, asked for
      `\\033P$q${evil}\\033\\\\`, // DECRQSS
      `\\033]4;1;?\\007\\033]10;?\\007\\033[c\\033[>c\\033[6n\\033[?6n\\033[5n\\005`,
      `\\033P+q${evil}\\033\\\\\\033]P${evil}\\033\\\\`,
    ];
    await print(terminal, queries.join(""));
    await terminal.press("Enter");
    await terminal.press("Control+C");
    await terminal.type("echo done$((1+1))");
    await terminal.shows("done2");
    expect(await terminal.text()).not.toContain("42evil");
  });

  test("cannot lead a click astray: a link shows its target, and opens by Ctrl-click alone", async () => {
    const terminal = await connected();
    const { page } = terminal;
    const opened: string[] = [];
    page.context().on("request", (request) => opened.push(request.url()));
    await page.context().route("https://evil.test/**", (route) => route.abort());
    const link = (target: string, text: string) => `\\033]8;;${target}\\033\\\\${text}\\033]8;;\\033\\\\`;
    await print(terminal, `${link("https://evil.test/x", "good.test")} ${link("javascript:alert(1)", "script")}\\n`);
    const good = await placeOf(terminal, "good.test");
    await page.mouse.move(good.x, good.y);
    await terminal.panel.getByText("Ctrl-click opens https://evil.test/x").waitFor();
    await page.mouse.click(good.x, good.y);
    expect(page.context().pages()).toHaveLength(1);
    const script = await placeOf(terminal, "script");
    await page.keyboard.down("Control");
    await page.mouse.move(script.x, script.y);
    await page.mouse.click(script.x, script.y);
    expect(page.context().pages()).toHaveLength(1);
  });

  test("of a line that never ends is shown, and the terminal goes on", async () => {
    const terminal = await connected();
    await terminal.type("head -c 2000000 /dev/zero | tr '\\\\0' x; echo; echo long$((1+1))");
    await terminal.shows("long2");
  });

  test("of megabytes is not kept, and Ctrl-C ends it", async () => {
    const terminal = await connected();
    const session = await terminal.page.context().newCDPSession(terminal.page);
    const heap = async () => {
      await session.send("HeapProfiler.collectGarbage");
      return (await session.send("Runtime.getHeapUsage")).usedSize / 1e6;
    };
    const before = await heap();
    await terminal.type("head -c 12000000 /dev/zero | base64; echo all$((1+1))");
    await terminal.shows("all2");
    expect((await heap()) - before).toBeLessThan(14);
    await terminal.type("yes 0123456789abcdef");
    await terminal.shows(/(?:0123456789abcdef\s*){5}/);
    await terminal.press("Control+C");
    await terminal.type("echo over$((1+1))");
    await terminal.shows("over2");
  });
});

describe("a paste", () => {
  const paste = async (terminal: TerminalPage, text: string) => {
    await terminal.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await terminal.press("Control+Shift+V");
  };

  test("of several lines is asked about, unless the program takes it as a paste", async () => {
    const terminal = await connected();
    await terminal.type("cat > /dev/null");
    await terminal.shows("cat > /dev/null");
    await paste(terminal, "one\nrm -rf x\n");
    await terminal.page.getByRole("dialog", { name: "Paste 3 lines?" }).waitFor();
    await terminal.press("Escape");
    await paste(terminal, "one line");
    await terminal.shows("one line");
    await paste(terminal, "two\nlines");
    await terminal.page.getByRole("button", { name: "Paste", exact: true }).click();
    await terminal.shows("lines");
    expect(await terminal.text()).not.toContain("rm -rf x");
  });

  test("copies what is selected", async () => {
    const terminal = await connected();
    await print(terminal, "\\nselected\\n");
    const { x, y } = await placeOf(terminal, "selected");
    await terminal.page.mouse.dblclick(x, y);
    await terminal.press("Control+Shift+C");
    await expect(clipboard(terminal)).resolves.toBe("selected");
  });
});
