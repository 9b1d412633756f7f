import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { commandTable } from "../../../client/commands/index.ts";
import { completionScript } from "../../../client/completion/script.ts";
import { whereIs } from "../../support/programs.ts";
import { run } from "../../support/ssh-client.ts";

let directory: string;

/** A `latchkey` that shows what it is asked to complete. */
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  await writeFile(path.join(directory, "latchkey"), `#!/bin/sh\necho "$3"/eu-west-1\n`, { mode: 0o755 });
  await writeFile(path.join(directory, "completion.fish"), completionScript("fish", commandTable));
});
afterAll(() => rm(directory, { recursive: true }));

const describe_ = whereIs("fish") === undefined ? describe.skip : describe;
describe_("fish asks for all of the word (skipped where this machine does not have it)", () => {
  test.each([
    ["latchkey ssh root@eu-1@444455556666", "root@eu-1@444455556666/eu-west-1"],
    ["latchkey revoke ar-1 --instance eu-1", "eu-1/eu-west-1"],
    ["latchkey revoke ar-1 --instance=eu-1", "--instance=eu-1/eu-west-1"],
    ["latchkey scp eu-1@444455556666", "eu-1@444455556666/eu-west-1:"],
  ])("%s", async (line, offered) => {
    const script = `set -x HOME $argv[1]; set PATH $argv[1] $PATH; source $argv[1]/completion.fish; complete -C $argv[2]`;
    const { stdout } = await run("fish", ["--no-config", "-c", script, directory, line]);
    expect(stdout.split("\n").map((each) => each.split("\t")[0])).toContain(offered);
  });
});
