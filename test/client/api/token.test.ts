import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { tokenFrom, tokensFrom } from "../../../client/api/token.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

const node = (script: string) => [process.execPath, "-e", script];
const says = (what: string) => ({
  message: expect.stringMatching(new RegExp(`^the tokenCommand \\S+ ${what}$`)),
  exitCode: 78,
});

describe("no token, exit code 78, comes of a command that", () => {
  test.each<[string, readonly string[], string]>([
    ["is not there", ["no-such-program"], "cannot be run: ENOENT"],
    ["is no program of this machine's", ["/"], "cannot be run: EACCES"],
    ["fails", node("process.exit(3)"), "ended with exit code 3"],
    [
      "is ended",
      node("process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)"),
      "was ended by SIGTERM: it has 120 seconds",
    ],
    ["prints nothing", node("console.log()"), "prints nothing"],
    [
      "prints two lines",
      node("console.log('a\\nb')"),
      "prints something that is not a valid token: it must be one line with nothing but the token",
    ],
    [
      "prints words",
      node("console.log('a b')"),
      "prints something that is not a valid token: it must be one line with nothing but the token",
    ],
    ["does not stop printing", node("for (;;) console.log('a'.repeat(1000))"), "prints more than 10240 bytes"],
  ])("%s", async (_, command, what) => {
    await expect(tokenFrom(command, scriptedWorld({}).context)).rejects.toMatchObject(says(what));
  });
});

test("the token is what it prints, without the line's end", async () => {
  expect(await tokenFrom(node("console.log('abc.def-_~+/=')"), scriptedWorld({}).context)).toBe("abc.def-_~+/=");
});

test("no shell reads the command", async () => {
  const command = [...node("console.log(process.argv[1])"), "$HOME;`id`"];
  expect(await tokenFrom(command, scriptedWorld({}).context)).toBe("$HOME;`id`");
});

test.each<[string, string, number, readonly string[]]>([
  ["a minute before it expires", '{"exp":300}', 239, ["1"]],
  ["a minute before it expires", '{"exp":300}', 240, ["1", "2"]],
  ["at each call, if it has expired", '{"exp":-1}', 0, ["1", "2"]],
  ["never, if it does not say when it expires", '{"sub":"ci"}', 1e9, ["1"]],
  ["never, if it is not a JSON Web Token", "{", 1e9, ["1"]],
])("the command is run again for another token %s", async (_, claims, seconds, runs) => {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  try {
    const count = path.join(directory, "count");
    const script = `const fs = require("node:fs"); fs.appendFileSync(process.argv[1], "1");
      console.log("a." + Buffer.from(process.argv[2]).toString("base64url") + "." + fs.readFileSync(process.argv[1]).length)`;
    let now = 0;
    const world = scriptedWorld({ clock: () => new Date(now) }).context;
    const token = tokensFrom([...node(script), count, claims], world);
    const found = [await token()];
    now = seconds * 1000;
    found.push(await token());
    expect([...new Set(found.map((each) => each.split(".")[2]))]).toEqual(runs);
  } finally {
    await rm(directory, { recursive: true });
  }
});
