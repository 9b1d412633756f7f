import { readFileSync } from "node:fs";
import path from "node:path";
import { compiledPolicies, policyFile } from "./compiled-policies.ts";
import { scopeKeys, tagKeysIn } from "./tag-keys.ts";

/**
 * The keys of the tags by which instances are found: those that policies name, and those of the setting `scopeTags`. Without
 * Cedar, from the policies in a function's bundle.
 */
export function readIndexedTags(directory: string, scopeTags: readonly string[]): readonly string[] {
  const { policies } = compiledPolicies.parse(JSON.parse(readFileSync(path.join(directory, policyFile), "utf8")));
  return scopeKeys(Object.values(policies).flatMap(tagKeysIn), scopeTags);
}
