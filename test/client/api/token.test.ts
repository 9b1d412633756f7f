import { describe, expect, test } from "@jest/globals";
import { tokenFrom } from "../../../client/api/token.ts";
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
