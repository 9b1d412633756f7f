import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { type ClientResult, runOnClientMachine } from "../client-process.ts";

const variables = z.record(z.string(), z.string()).default({});
const workflow = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  defaults: z.object({ run: z.object({ shell: z.literal("bash") }) }),
  jobs: z.record(
    z.string(),
    z.looseObject({
      environment: z.string(),
      env: variables,
      // Steps of its own alone: no action is run.
      steps: z.array(z.strictObject({ name: z.string(), env: variables, run: z.string() })),
    }),
  ),
});

export type Workflow = z.infer<typeof workflow>;

export const readWorkflow = (text: string): Workflow => workflow.parse(parse(text));

interface RunnerOptions {
  /** HOME, and the directory of temporary files. */
  readonly home: string;
  /** The repository's variables, for `${{ vars.NAME }}`. */
  readonly vars: Readonly<Record<string, string>>;
  /** What GitHub's runner adds to a job that may ask for a token. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs the steps of a workflow's only job as GitHub's runner does: bash, `GITHUB_ENV` and `GITHUB_PATH`. */
export async function runJob({ jobs }: Workflow, { home, vars, env }: RunnerOptions): Promise<readonly ClientResult[]> {
  const [job] = Object.values(jobs);
  if (!job) throw new Error("The workflow has no job");
  const temporary = path.join(home, "runner");
  await mkdir(temporary, { recursive: true });
  const [environmentFile, pathFile] = [path.join(temporary, "env"), path.join(temporary, "path")];
  await Promise.all([writeFile(environmentFile, ""), writeFile(pathFile, "")]);
  const expand = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([name, text]) => [
      name,
      text.replace(/\$\{\{ vars\.(\w+) \}\}/g, (_, each) => vars[each] ?? ""),
    ]);
  const results: ClientResult[] = [];
  for (const step of job.steps) {
    const script = path.join(temporary, "step.sh");
    const paths = (await readFile(pathFile, "utf8")).split("\n").filter(Boolean);
    // GitHub's runner puts the directories before the PATH.
    await writeFile(script, `${paths.map((each) => `PATH=${each}:$PATH\n`).join("")}${step.run}`);
    const result = await runOnClientMachine("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
      home,
      env: {
        ...env,
        ...Object.fromEntries([...expand(job.env), ...expand(step.env)]),
        ...Object.fromEntries(linesOf(await readFile(environmentFile, "utf8"))),
        ...{ RUNNER_TEMP: temporary, GITHUB_ENV: environmentFile, GITHUB_PATH: pathFile },
      },
    });
    results.push(result);
    if (result.exitCode !== 0) break;
  }
  return results;
}

const linesOf = (text: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
