import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { runOnClientMachine, useClientHome } from "../../support/client-process.ts";
import { fits, RunDifferences } from "../../support/run-differences.ts";
import { startScriptedApi } from "../../support/scripted-api.ts";
import { useLocalStack } from "../../support/test-stack.ts";
import { formatTranscript, parseTranscript, type Step } from "../../support/transcript.ts";

/** What these files are, their README tells. */
const directory = path.join(import.meta.dirname, "transcripts");
const files = readdirSync(directory).filter((file) => file.endsWith(".txt"));

const read = (file: string) => parseTranscript(readFileSync(path.join(directory, file), "utf8"));

describe("a session is as it is written down", () => {
  const local = useLocalStack();
  for (const file of files.filter((name) => !read(name).wantsFreshStack)) describeFile(file, () => local.stack.url);
});

for (const file of files.filter((name) => read(name).wantsFreshStack)) {
  describe("with a stack of its own", () => {
    const local = useLocalStack();
    describeFile(file, () => local.stack.url);
  });
}

function describeFile(file: string, url: () => string): void {
  describe(path.basename(file, ".txt"), () => {
    const home = useClientHome();
    test("is what happens", () => play(file, url(), home.directory));
  });
}

async function play(file: string, url: string, home: string): Promise<void> {
  const transcript = read(file);
  const differences = new RunDifferences(home);
  const happened: Step[] = [];
  for (const step of transcript.steps) happened.push(await type(step, url, home, differences));
  if (process.env["LATCHKEY_WRITE_TRANSCRIPTS"] === "1") {
    writeFileSync(path.join(directory, file), formatTranscript({ ...transcript, steps: happened }));
    return;
  }
  const fitted = happened.map((step, index) => fitTo(step, transcript.steps[index]));
  expect(formatTranscript({ ...transcript, steps: fitted })).toBe(formatTranscript(transcript));
}

async function type(step: Step, url: string, home: string, differences: RunDifferences): Promise<Step> {
  const standIn = step.answers.length === 0 ? undefined : await startScriptedApi(step.answers);
  try {
    const line = step.command.map((part) => differences.fill(part)).join("\n");
    const result = await runOnClientMachine("sh", ["-c", `cd "$HOME"\n${line}`], {
      ...(step.as !== "nobody" && { as: step.as }),
      stack: { url: standIn?.url ?? url },
      home,
      env: { AWS_EC2_METADATA_DISABLED: "true" },
    });
    const lines = (text: string) => (text === "" ? [] : differences.hide(text).trimEnd().split("\n"));
    return { ...step, stdout: lines(result.stdout), stderr: lines(result.stderr), exitCode: result.exitCode };
  } finally {
    await standIn?.stop();
  }
}

/** What has happened, with the expected line in the place of each that fits it. */
function fitTo(step: Step, expected: Step | undefined): Step {
  const written = (lines: readonly string[], wanted: readonly string[] = []) =>
    lines.map((line, index) => {
      const want = wanted[index];
      return want !== undefined && fits(want, line) ? want : line;
    });
  return { ...step, stdout: written(step.stdout, expected?.stdout), stderr: written(step.stderr, expected?.stderr) };
}
