import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { policyFile, wasmFile } from "../lambda/policy/compiled-policies.ts";
import { inJson } from "../lib/build/compile-policies.ts";
import { table, written } from "./report.ts";
import { type Summary, summarize } from "./statistics.ts";

const run = promisify(execFile);

/** How many policies there are. */
const sizes = [10, 100, 1000] as const;

/** CPU milliseconds of one fresh process. */
const measures = {
  load: "policies loaded",
  view: "view",
  connect: "connect, permitted",
  requirements: "connect, denied: what would help",
  reviewersFirst: "who can approve, the first time",
  reviewers: "who can approve",
} as const;
type Sample = Readonly<Record<keyof typeof measures, number>>;
export type PolicySamples = ReadonlyMap<number, readonly Sample[]>;

/** Each team's instances have policies of their own. The last team's decide last. */
function policiesOf(team: string): readonly string[] {
  const scope = (action: string) => `principal in Latchkey::Group::"Engineer", action == Latchkey::Action::"${action}"`;
  const when = `when { resource.hasTag("team") && resource.getTag("team") == "${team}"`;
  return [
    `permit (${scope("view")}, resource) ${when} };`,
    `permit (${scope("connect")}, resource) ${when} && context.osUser == "ec2-user" && context has access &&
      context.access.reason != "" && context.access.approvals >= 1 };`,
    `permit (${scope("request")}, resource) ${when} && !context.breakGlass };`,
    `permit (principal in Latchkey::Group::"OnCall", action in [Latchkey::Action::"view", Latchkey::Action::"review"],
      resource) ${when} };`,
    `forbid (principal, action == Latchkey::Action::"connect", resource) ${when} && context.connectionType == "serial" };`,
  ];
}

/** Measures fresh processes by turns, and does not count the first of each. @param bundle has Cedar's module */
export async function measurePolicies(bundle: string, runs: number): Promise<PolicySamples> {
  const schema = await readFile(path.join(import.meta.dirname, "../policies/schema.cedarschema"), "utf8");
  const sets = await Promise.all(
    sizes.map(async (size) => {
      const teams = Array.from({ length: size / 5 }, (_, index) => `team-${index}`);
      const texts = teams.flatMap((team) => policiesOf(team).map((text, index) => [`${team}-${index}`, text]));
      const directory = path.join(bundle, "..", `policies-${size}`);
      await mkdir(directory);
      await copyFile(path.join(bundle, wasmFile), path.join(directory, wasmFile));
      const compiled = inJson({ schema, policies: Object.fromEntries(texts), digest: "sha256:bench" });
      await writeFile(path.join(directory, policyFile), JSON.stringify(compiled));
      return { size, args: [path.join(import.meta.dirname, "policy-process.ts"), directory, teams.at(-1) ?? ""] };
    }),
  );
  const samples = new Map<number, Sample[]>(sizes.map((size) => [size, []]));
  for (let count = 0; count <= runs; count++) {
    for (const { size, args } of sets) {
      const { stdout } = await run(process.execPath, args);
      if (count > 0) samples.get(size)?.push(JSON.parse(stdout));
    }
  }
  return samples;
}

/** Milliseconds of a decision: the mean of the two that a connection takes. */
export function decisionsOf(samples: PolicySamples, size: (typeof sizes)[number]): Summary {
  return summarize((samples.get(size) ?? []).map(({ view, connect }) => (view + connect) / 2));
}

/** @throws Error for too few samples to be meaningful. */
export function policiesTable(samples: PolicySamples): string {
  const columns = [...samples];
  const rows = Object.entries(measures).map(([name, title]) => [
    title,
    ...columns.map(([, each]) => written(summarize(each.map((sample) => sample[name as keyof Sample])), "ms")),
  ]);
  return table([["own CPU", ...columns.map(([size]) => `${size} policies`)], ...rows]);
}
