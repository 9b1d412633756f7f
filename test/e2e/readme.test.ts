import { readFileSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { exitCodes } from "../../client/terminal/exit-code.ts";
import { run } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { testClient } from "./build-bundles.ts";

const root = path.resolve(import.meta.dirname, "../..");
const local = useLocalStack();

/** Milliseconds: some twenty commands, on a machine that does other things too. */
const patience = 60_000;

/** The state after `npm install --global .`; `npx` finds the command without npm's own search. */
const preparation = `
set -uo pipefail
export HOME=$PWD PATH=${path.join(testClient, "bin")}:$PATH
npx() { "$@"; }
`;

/** The README shows what a terminal shows, messages on standard error included; the longer pages leave them out. */
const asAlice =
  "exec 2>&1; export LATCHKEY_URL=http://127.0.0.1:8080 AWS_ACCESS_KEY_ID=alice AWS_SECRET_ACCESS_KEY=alice";

test.each([
  { page: "README.md", count: 1, before: asAlice, code: exitCodes.noPermission },
  { page: "docs/getting-started.md", count: 3, before: "", code: 0 },
  { page: "docs/access-requests.md", count: 1, before: "ssh-keygen -q -t ed25519 -N '' -f key", code: 0 },
])(
  "the transcripts of $page print what they show",
  async ({ page, count, before, code }) => {
    const text = readFileSync(path.join(root, page), "utf8");
    const blocks = [...text.matchAll(/```console\n([^`]*)```/g)].map(([, block = ""]) => block);
    expect(blocks).toHaveLength(count);
    const { commands, output } = readTranscript(blocks.join(""));
    const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
    try {
      // The transcripts name one of the project's scripts.
      await symlink(path.join(root, "test"), path.join(directory, "test"));
      const script = `cd '${directory}'\n${preparation}\n${before}\n${commands}`;
      const file = path.join(directory, "transcript.sh");
      await writeFile(file, script.replaceAll("http://127.0.0.1:8080", local.stack.url));
      expect(await run("bash", [file])).toMatchObject({ code, stdout: output });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
  patience,
);

/** Lines that open with `$ `, and those they continue on after a backslash, are commands; the others are output. */
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
