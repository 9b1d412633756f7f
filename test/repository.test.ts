import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { matchCommand } from "../client/command/command-table.ts";
import { commonOptions } from "../client/command/common-options.ts";
import { commandTable } from "../client/commands/index.ts";
import { type Block, blocksOf, commandLanguages, isRun, notRun, otherLanguages, pages } from "./support/pages.ts";

const root = path.resolve(import.meta.dirname, "..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const manifest = JSON.parse(read("package.json")) as { version: string; scripts: Record<string, string> };

describe.each(pages.map((page) => [page.name, page] as const))("%s", (name, { text, blocks }) => {
  test("has no block of commands that no test runs, unless its fence says why", () => {
    expect(blocks.flatMap(faultsOf)).toEqual([]);
  });
  test("names only commands, options, scripts and programs that exist", () => {
    const commands = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
    const lines = blocks.filter(isOfCommands).flatMap((block) => block.text.split("\n"));
    expect([...commands, ...lines].flatMap(unknownIn)).toEqual([]);
  });
  test("links only to files and headings that exist", () => {
    expect(brokenLinks(name, text)).toEqual([]);
  });
  test("wraps its prose at 120 columns, unless it is generated", () => {
    expect(isGenerated(text) ? [] : tooWide(text)).toEqual([]);
  });
});

const readmes = globSync("examples/*/README.md", { cwd: root });
test.each(readmes)("%s fits a screen, and links only to files and headings that exist", (name) => {
  const text = read(name);
  expect(text.split("\n").length).toBeLessThan(70);
  expect(tooWide(text)).toEqual([]);
  expect(brokenLinks(name, text)).toEqual([]);
});

const brokenLinks = (name: string, text: string) =>
  [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^https?:/.test(link) && !exists(path.dirname(name), link, name));

const isGenerated = (text: string) => /^Made by `npm run docs`/m.test(text);

/** Lines of prose that could be broken earlier. Rows of tables cannot. */
const tooWide = (text: string) =>
  text
    .replace(/^( *)```[\s\S]*?^\1```$/gm, "")
    .split("\n")
    .filter((line) => line.length > 120 && !line.startsWith("|") && line.replace(/^ *(?:-|\d+\.) /, "").includes(" "));

const isOfCommands = ({ language }: Block) => commandLanguages.includes(language);

function faultsOf(block: Block): string[] {
  const { line, language, info, text } = block;
  if (isOfCommands(block)) return isRun(block) || notRun.test(info) ? onlyKnown(line, info) : [];
  if (!otherLanguages.includes(language)) return [`${line}: the language "${language}" is unknown`];
  return /^\$ /m.test(text) ? [`${line}: it has commands, but is marked as ${language}`] : onlyKnown(line, info);
}

const onlyKnown = (line: number, info: string) =>
  info === "" || notRun.test(info) ? [] : [`${line}: the fence says "${info}"`];

/** What a command line names that does not exist: an option of `latchkey`, a script of npm, a program of this repository. */
function unknownIn(line: string): string[] {
  const [own = ""] = line.split(" -- ");
  const [, name, second = ""] = /^(?:\$ )?(?:npx )?latchkey ([a-z][a-z-]*)(?: ([a-z-]+))?/.exec(own) ?? [];
  const command = name === undefined ? undefined : matchCommand(commandTable, [name, second])?.command;
  if (name !== undefined && command === undefined) return [`latchkey ${name}`];
  const options = command === undefined ? [] : [...own.matchAll(/(?<=[ [])--([a-z][a-z-]+)/g)];
  const known = [...commonOptions, ...(command?.options ?? [])].map((option) => option.name);
  const [, script] = /\bnpm run ([\w:]+)/.exec(line) ?? [];
  const [, program] = /\bnode ([a-z][\w/-]*\.m?[jt]s)\b/.exec(line) ?? [];
  return [
    ...options.flatMap(([, option = ""]) => (known.includes(option) ? [] : [`latchkey ${name} --${option}`])),
    ...(script === undefined || script in manifest.scripts ? [] : [`npm run ${script}`]),
    ...(program === undefined || existsSync(path.join(root, program)) ? [] : [`node ${program}`]),
  ];
}

const withoutBlocks = (text: string) => text.replace(/^( *)```[\s\S]*?^\1```$/gm, "").replace(/`[^`\n]*`/g, "CODE");

function exists(directory: string, link: string, self: string): boolean {
  const [file = "", heading] = link.split("#");
  const target = file === "" ? self : path.join(directory, file);
  if (!existsSync(path.join(root, target))) return false;
  return heading === undefined || headingsOf(read(target)).includes(heading);
}

/** As GitHub names them. */
function headingsOf(page: string): string[] {
  return [...page.replace(/^( *)```[\s\S]*?^\1```$/gm, "").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

describe("the checks of pages", () => {
  test.each([
    ["a block without a language", "```\nls\n```"],
    ["a language that is unknown", "```bash\nls\n```"],
    ["a fence that gives no reason", "```sh not run:\nls\n```"],
    ["commands that are not marked as such", "```text\n$ ls\n```"],
  ])("find %s", (_, page) => {
    expect(blocksOf(page).flatMap(faultsOf)).toHaveLength(1);
  });
  test.each([
    "latchkey log-in web-1",
    "latchkey policy tets",
    "latchkey ssh web-1 --speed 9",
    "npm run fly",
    "node bin/fly.ts",
  ])("find %s", (line) => {
    expect(unknownIn(line)).toHaveLength(1);
  });
  test("find prose that is too wide", () => {
    expect(["word ".repeat(25), `- ${"word ".repeat(25)}`].flatMap(tooWide)).toHaveLength(2);
    expect([`| ${"cell ".repeat(25)}`, `- ${"a".repeat(125)}`, "a".repeat(125)].flatMap(tooWide)).toEqual([]);
  });
  test.each(["nowhere.md", "api.md#nowhere", "#nowhere"])("find the broken link %s", (link) => {
    expect(exists("docs", link, "docs/api.md")).toBe(false);
    expect(exists("docs", "api.md#conventions", "docs/api.md")).toBe(true);
  });
});

test("no page needs a program that a laptop may lack, or a file of the tests", () => {
  const blocks = pages.flatMap(({ blocks }) => blocks.filter(isOfCommands).map(({ text }) => text));
  expect(blocks.filter((text) => /\buuidgen\b|\btest\/(?:support|e2e|fixtures)\b/.test(text))).toEqual([]);
});

test("the licence, notices, and how to report a vulnerability are at the root", () => {
  expect(read("LICENSE")).toMatch(/^\s*Apache License\n\s*Version 2\.0/);
  expect(read("NOTICE")).toContain("Latchkey");
  expect(read("SECURITY.md")).toMatch(/report a vulnerability[\s\S]*release branches/i);
});

describe("no test sleeps or looks at the clock, but", () => {
  /** Files that need the time, each with why. */
  const exceptions: Readonly<Record<string, string>> = {
    "test/client/api/token.test.ts": "a process must live until it is killed",
    "test/client/login/run-login.test.ts": "tokens expire by the clock of the library that reads them",
    "test/client/tunnel/tunnel-process.test.ts": "makes a process's time-outs shorter",
    "test/e2e/authorizer.test.ts": "tokens expire by the clock of a real process",
    "test/e2e/client/sdk.test.ts": "what a browser has",
    "test/e2e/front-door.test.ts": "tokens expire by the clock of a real process",
    "test/lambda/aws/request-handler.test.ts": "sees that a time-out starts again",
    "test/local/functions/function-process.test.ts": "a process must live until it is killed",
    "test/sdk/login/login-token.test.ts": "the age of a file is by the machine's clock",
    "test/support/raw-request.ts": "signatures are verified by the clock of a real process",
    "test/support/test-stack.ts": "the clock of a stack, which tests advance",
  };
  const looksAtTime = /\b(?:setTimeout|setInterval|waitForTimeout)\b|\bDate\.now\(|\bperformance\.now\(/;
  const files = ["test", "policies"].flatMap((directory) =>
    readdirSync(path.join(root, directory), { recursive: true, encoding: "utf8" }).map((file) =>
      path.join(directory, file),
    ),
  );
  const found = files.filter(
    (file) => file.endsWith(".ts") && file !== "test/repository.test.ts" && looksAtTime.test(read(file)),
  );

  test.each(Object.entries(exceptions))("%s: %s", (file) => {
    expect(found).toContain(file);
  });
  test("these", () => {
    expect(found.filter((file) => !(file in exceptions))).toEqual([]);
  });
});

test("CI runs the unit tests in random order, beside processes that keep the cores busy", () => {
  expect(read(".ci/run")).toMatch(/^npm run fuzz .* &\n.*\nnpm test -- --selectProjects unit --randomize --seed /m);
});

describe("what GitHub runs", () => {
  const workflows = readdirSync(path.join(root, ".github/workflows")).map((file) => read(`.github/workflows/${file}`));

  test.each(workflows)("pins every action by its commit", (workflow) => {
    const actions = [...workflow.matchAll(/\buses: (.*)$/gm)].map(([, action = ""]) => action);
    expect(actions.filter((action) => !/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  });
  test.each(workflows)("has a token that can only read", (workflow) => {
    expect(workflow.match(/permissions:[\s\S]*?(?=^\S)/gm)).toEqual(["permissions:\n  contents: read\n"]);
    expect(workflow).not.toMatch(/secrets\.|pull_request_target/);
    expect(workflow.match(/uses: actions\/checkout/g)).toHaveLength(
      workflow.match(/persist-credentials: false/g)?.length ?? 0,
    );
  });
  test("checks, tests and synthesizes, and then everything", () => {
    for (const command of ["npm run check", "npm test", "npm run synth", ".ci/run"])
      expect(workflows.join("")).toContain(`run: ${command}\n`);
  });
  test("updates packages and actions each week", () => {
    const config = read(".github/dependabot.yml");
    expect([...config.matchAll(/package-ecosystem: (\S+)/g)].map(([, name]) => name)).toEqual([
      "npm",
      "github-actions",
    ]);
    expect(config.match(/interval: weekly/g)).toHaveLength(2);
  });
});

test("the changelog begins with what is unreleased, then has each release with its day, the latest first", () => {
  const [first, ...releases] = [...read("CHANGELOG.md").matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(first).toBe("Unreleased");
  for (const release of releases) expect(release).toMatch(/^\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)$/);
  if (releases.length > 0) expect(releases[0]).toContain(manifest.version);
});
