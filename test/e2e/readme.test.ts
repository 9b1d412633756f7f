import { readFileSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { run } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

const root = path.resolve(import.meta.dirname, "../..");
const readme = readFileSync(path.join(root, "README.md"), "utf8");
const local = useLocalStack();

/** Milliseconds: some twenty commands, on a machine that does other things too. */
const patience = 60_000;

test(
  "the README's transcripts are what happens",
  async () => {
    const blocks = [...readme.matchAll(/```console\n([^`]*)```/g)].map(([, block = ""]) => block);
    expect(blocks).toHaveLength(2);
    const transcript = blocks.join("");
    const { commands, output } = readTranscript(transcript.replaceAll("http://127.0.0.1:8080", local.stack.url));
    const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
    try {
      // It names a script of the project's.
      await symlink(path.join(root, "test"), path.join(directory, "test"));
      await writeFile(path.join(directory, "transcript.sh"), `set -euo pipefail\ncd '${directory}'\n${commands}`);
      const result = await run("bash", [path.join(directory, "transcript.sh")]);
      expect(result).toMatchObject({ code: 0, stdout: output });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
  patience,
);

/** Lines behind a `$ ` are commands, those that a backslash continues too; the others are what they print. */
function readTranscript(transcript: string): { commands: string; output: string } {
  let commands = "";
  let output = "";
  for (const line of transcript.split(/(?<=\n)/)) {
    if (line.startsWith("$ ")) commands += line.slice(2);
    else if (commands.endsWith("\\\n")) commands += line;
    else output += line;
  }
  return { commands, output };
}
