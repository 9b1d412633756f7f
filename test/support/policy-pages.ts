import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CompiledPolicies } from "../../lambda/policy/compiled-policies.ts";
import type { NamedInSettings } from "../../lib/build/check-names.ts";
import { compilePolicies, inJson } from "../../lib/build/compile-policies.ts";
import { schema } from "./policy-engine.ts";

/** The pages of docs/ with examples of policies, one after the other. */
export const pages = ["policy.md", "policy-examples.md", "policy-approvals.md"]
  .map((name) => readFileSync(path.resolve(import.meta.dirname, "../../docs", name), "utf8"))
  .join("\n");

/** Settings with the groups of the pages. */
const groups = ["SRE", "OnCall", "Migration", "Payments", "Platform", "Security", "Auditor"];
const settings: NamedInSettings = {
  integrations: [{ name: "roster", identities: ["111122223333/Roster"] }],
  identities: { nameDomain: "example.com", iam: { people: groups.map((name) => ({ role: `111122223333/${name}` })) } },
  groups: Object.fromEntries(groups.map((name) => [name, [`iam:111122223333/${name}`]])),
};

/** An example: its heading, and its Cedar. */
export interface Example {
  readonly heading: string;
  readonly cedar: string;
}

/** Every block of Cedar on the pages, in order. */
export function examplesOf(text = pages): Example[] {
  const found = text.matchAll(/^#{2,} (?<heading>.+)$|^```cedar\n(?<cedar>[\s\S]*?)^```$/gm);
  let heading = "";
  const examples: Example[] = [];
  for (const { groups } of found) {
    if (groups?.["cedar"] === undefined) heading = groups?.["heading"] ?? "";
    else examples.push({ heading, cedar: groups["cedar"] });
  }
  return examples;
}

/**
 * The policies of some examples, compiled as the build does.
 *
 * @throws Error as the build would.
 */
export function compileExamples(examples: readonly Example[]): CompiledPolicies["policies"] {
  const directory = mkdtempSync(path.join(tmpdir(), "latchkey-"));
  try {
    writeFileSync(path.join(directory, "schema.cedarschema"), schema);
    for (const [index, { cedar }] of examples.entries()) writeFileSync(path.join(directory, `${index}.cedar`), cedar);
    return inJson(compilePolicies(directory, settings)).policies;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
