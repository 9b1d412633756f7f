import { readFileSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { run } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { testClient } from "./build-bundles.ts";

const root = path.resolve(import.meta.dirname, "../..");
const local = useLocalStack();

/** Milliseconds: some twenty commands, on a machine that does other things too. */
const patience = 60_000;

/** As after `npm ci`, but for npm's own search for the command. */
const preparation = `
set -uo pipefail
export HOME=$PWD
npx() { ${path.join(testClient, "bin/latchkey")} "\${@:2}"; }
`;

test.each([
  ["README.md", 2, ""],
  ["docs/access-requests.md", 1, "ssh-keygen -q -t ed25519 -N '' -f key"],
])(
  "the transcripts of %s are what happens",
  async (page, count, before) => {
    const text = readFileSync(path.join(root, page), "utf8");
    const blocks = [...text.matchAll(/```console\n([^`]*)```/g)].map(([, block = ""]) => block);
    expect(blocks).toHaveLength(count);
    const transcript = blocks.join("");
    const { commands, output } = readTranscript(transcript.replaceAll("http://127.0.0.1:8080", local.stack.url));
    const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
    try {
      // They name a script of the project's.
      await symlink(path.join(root, "test"), path.join(directory, "test"));
      const script = `cd '${directory}'\n${preparation}\n${before}\n${commands}`;
      await writeFile(path.join(directory, "transcript.sh"), script);
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
