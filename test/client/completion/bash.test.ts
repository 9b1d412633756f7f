import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { commandTable } from "../../../client/commands/index.ts";
import { completionScript } from "../../../client/completion/script.ts";
import { run } from "../../support/ssh-client.ts";

let directory: string;

/** A `latchkey` that knows two instances and a request, in a directory with two files. */
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  const program = `#!/bin/sh
case "$*" in
  "complete instances root@"*) printf 'root@web-1\\nroot@web-2\\nroot@db-1\\n' ;;
  "complete instances eu-1@"*) printf 'eu-1@444455556666/eu-west-1\\neu-1@444455556666/eu-west-2\\n' ;;
  "complete instances"*) printf 'web-1\\nweb-2\\ndb-1\\n' ;;
  "complete requests"*) echo ar-0123 ;;
  *) echo "not expected: $*" >&2; exit 1 ;;
esac
`;
  await writeFile(path.join(directory, "latchkey"), program, { mode: 0o755 });
  await writeFile(path.join(directory, "completion.bash"), completionScript("bash", commandTable));
  await writeFile(path.join(directory, "key one.pub"), "");
});
afterAll(() => rm(directory, { recursive: true }));

/** What a real bash offers for a command line whose last word is being typed. */
async function complete(...words: readonly string[]): Promise<readonly string[]> {
  const script = `
cd "$0"; PATH=$PWD:$PATH; . ./completion.bash
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=\${#COMP_LINE}; _latchkey
((\${#COMPREPLY[@]} == 0)) || printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await run("bash", ["--norc", "-c", script, directory, "latchkey", ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout === "" ? [] : stdout.trimEnd().split("\n");
}

describe("bash offers", () => {
  test.each<[string, string[], string[]]>([
    ["commands", ["re"], ["request", "requests", "review", "revoke", "report"]],
    ["commands alone, where nothing is typed", [""], expect.arrayContaining(["ssh", "help", "--version"]) as never],
    ["no hidden command", ["complet"], ["completion"]],
    ["instances", ["ssh", "web"], ["web-1", "web-2"]],
    ["instances behind a user, whom bash has already", ["ssh", "root@web"], ["@web-1", "@web-2"]],
    ["accounts and regions", ["ssh", "eu-1@44"], ["@444455556666/eu-west-1", "@444455556666/eu-west-2"]],
    ["accounts and regions to copy from", ["scp", "eu-1@444455556666/eu-west-1"], ["@444455556666/eu-west-1:"]],
    ["long options", ["ssh", "web-1", "--conn"], ["--connection-type"]],
    ["choices of an option", ["ssh", "--connection-type", "e"], ["eice"]],
    ["files, even with a space", ["ssh", "-i", "key"], ["key one.pub"]],
    ["nothing for what nobody knows", ["ssh", "--os-user", ""], []],
    ["files behind --", ["ssh", "web-1", "--", "key"], ["key one.pub"]],
    ["files and instances to copy from", ["scp", "web"], ["web-1:", "web-2:"]],
    ["access requests", ["review", ""], ["ar-0123"]],
    ["shells", ["completion", ""], ["bash", "zsh", "fish"]],
    ["the first of two words once", ["pol"], ["policy"]],
    ["the second of two words", ["policy", ""], ["test", "explain", "diff", "show"]],
    ["options behind two words", ["policy", "test", "--min"], ["--min-coverage"]],
    ["files behind two words", ["policy", "test", "key"], ["key one.pub"]],
    ["commands to be helped with", ["help", "wh"], ["why", "whoami"]],
    ["nothing for a command that takes no argument", ["whoami", ""], []],
  ])("%s", async (_, words, offered) => {
    expect(await complete(...words)).toEqual(offered);
  });
});
