import { PassThrough } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { processTerminal } from "../../../client/terminal/process-terminal.ts";
import { phrase, visible, visibleJson } from "../../../client/terminal/terminal.ts";

interface World {
  readonly isTTY?: boolean;
  readonly isStdinTerminal?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

function makeTerminal({ isTTY = false, isStdinTerminal = isTTY, environment = {} }: World = {}) {
  const written = { out: "", err: "" };
  const stream = (name: "out" | "err") =>
    Object.assign(
      new PassThrough().on("data", (chunk) => {
        written[name] += chunk;
      }),
      { isTTY, columns: 20 },
    );
  const stdin = new PassThrough();
  const controller = new AbortController();
  const streams = { stdin: () => stdin, isStdinTerminal, stdout: stream("out"), stderr: stream("err") };
  const terminal = processTerminal(streams, environment, controller.signal);
  return { terminal, written, stdin, interrupt: () => controller.abort(130) };
}

const clear = "\r\u001b[K";

describe("no colour is shown", () => {
  test.each<[string, World]>([
    ["if the stream is no terminal", {}],
    ["if NO_COLOR says so", { isTTY: true, environment: { NO_COLOR: "1" } }],
    ["on a terminal that knows none", { isTTY: true, environment: { TERM: "dumb" } }],
  ])("%s", (_, world) => {
    const { outPaints, errPaints } = makeTerminal(world).terminal;
    expect([outPaints.red("a"), errPaints.bold("b")]).toEqual(["a", "b"]);
  });
});

test.each<[string, World]>([
  ["a terminal", { isTTY: true }],
  ["one where NO_COLOR is empty", { isTTY: true, environment: { NO_COLOR: "" } }],
])("colours are shown on %s", (_, world) => {
  expect(makeTerminal(world).terminal.outPaints.red("a")).toBe("\u001b[31ma\u001b[39m");
});

test("results go to standard output alone, messages to standard error alone", () => {
  const { terminal, written } = makeTerminal();
  terminal.out("a\n");
  terminal.note("one\ntwo");
  terminal.hint("three");
  expect(written).toEqual({ out: "a\n", err: "latchkey: one\nlatchkey: two\nhint: three\n" });
});

describe("progress", () => {
  test("on a terminal is one line, cut to its width, which goes when something else comes", () => {
    const { terminal, written } = makeTerminal({ isTTY: true });
    terminal.progress("waiting");
    terminal.progress("waiting for very long indeed");
    terminal.note("hello");
    terminal.endProgress();
    const cut = "waiting for very lo";
    expect(written.err).toBe(`${clear}waiting${clear}${cut}${clear}latchkey: hello\n${clear}${cut}${clear}`);
  });
  test("elsewhere is a message for each new text", () => {
    const { terminal, written } = makeTerminal();
    for (const text of ["one", "one", "two"]) terminal.progress(text);
    terminal.endProgress();
    expect(written.err).toBe("latchkey: one\nlatchkey: two\n");
  });
});

describe("a question", () => {
  test("is asked on standard error, and answered by a line", async () => {
    const { terminal, written, stdin } = makeTerminal({ isTTY: true });
    const reply = terminal.ask("Which? ");
    stdin.write("the first\n");
    expect(await reply).toBe("the first");
    expect(written).toEqual({ out: "", err: "Which? " });
  });
  test("at the end of input has no reply, and what is said next begins a line", async () => {
    const { terminal, written, stdin } = makeTerminal({ isTTY: true });
    const reply = terminal.ask("Which? ");
    stdin.end();
    expect(await reply).toBeUndefined();
    expect(written.err).toBe("Which? \n");
  });
  test("ends with Ctrl-C", async () => {
    const { terminal, interrupt } = makeTerminal({ isTTY: true });
    const reply = terminal.ask("Which? ");
    interrupt();
    await expect(reply).rejects.toThrow("Interrupted");
  });
  test.each<[string, World]>([
    ["standard input is a pipe", { isTTY: true, isStdinTerminal: false }],
    ["standard error is a file", { isTTY: false, isStdinTerminal: true }],
  ])("cannot be asked where %s", (_, world) => {
    expect(makeTerminal(world).terminal.isInteractive).toBe(false);
  });
});

describe("made visible is", () => {
  test.each([
    ["what clears the screen", "a\u001b[2Jb", "a\\u{1b}[2Jb"],
    ["a carriage return, which hides what came before", "safe\rbad", "safe\\u{d}bad"],
    ["a line's end", "a\nb", "a\\u{a}b"],
    ["a C1 control, which is an escape too", "a\u009b2Jb", "a\\u{9b}2Jb"],
    ["what turns the direction of text", "a\u202eb", "a\\u{202e}b"],
    ["a line separator", "a\u2028b", "a\\u{2028}b"],
    ["what has no width", "a\u200b\u200d\ufeff\u00adb", "a\\u{200b}\\u{200d}\\u{feff}\\u{ad}b"],
    ["what hides in a variation", "a\ufe0f\udb40\udd01", "a\\u{fe0f}\\u{e0101}"],
    ["what only looks blank", "a\u3164\u2800b", "a\\u{3164}\\u{2800}b"],
    ["half a character", "a\ud800b", "a\\u{d800}b"],
    ["the third mark on a letter, and on", "a\u0301\u0302\u0303\u0304", "a\u0301\u0302\\u{303}\\u{304}"],
  ])("%s", (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });
  test("nothing else", () => {
    expect(visible("web-1 äöü 日本 🔑")).toBe("web-1 äöü 日本 🔑");
  });
});

test("text from people in a line has no room to be laid out", () => {
  expect(phrase(" fine   \u00a0\u3000 approvals:  2 ")).toBe("fine approvals: 2");
});

describe("JSON", () => {
  const value = { reason: "a\u009b2J\u202e\u200b\ud800\udb40\udd01\nb", name: "web-1 ä" };
  test("on a terminal is the same JSON, with nothing hidden in it", () => {
    const { terminal, written } = makeTerminal({ isTTY: true });
    terminal.json(value);
    expect(JSON.parse(written.out)).toEqual(value);
    expect(written.out.replaceAll("\n", "")).toMatch(/^[^\p{C}]*$/u);
  });
  test("to a pipe is as it comes", () => {
    const { terminal, written } = makeTerminal();
    terminal.json(value);
    expect(written.out).toBe(`${JSON.stringify(value, null, 2)}\n`);
  });
  test("escapes in UTF-16, as JSON does", () => {
    expect(visibleJson('"\udb40\udd01"')).toBe('"\\udb40\\udd01"');
  });
});

test.each(["out", "note", "hint", "progress"] as const)(
  "even if a command forgets it, the terminal's %s shows no escape but its own colours",
  (way) => {
    const { terminal, written } = makeTerminal({ isTTY: true });
    terminal[way](`${terminal.outPaints.red("a")}\u001b]0;b\u0007\u009b2J\u202e`);
    terminal.endProgress();
    const shown = `${written.out}${written.err}`.replaceAll(clear, "");
    const bare = ["\u001b[31m", "\u001b[39m", "\u001b[2m", "\u001b[22m", "\n"].reduce(
      (text, ours) => text.replaceAll(ours, ""),
      shown,
    );
    expect(bare).toMatch(/^[^\p{C}]*$/u);
  },
);
