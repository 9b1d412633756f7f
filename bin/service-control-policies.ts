import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compilePolicies, inJson } from "../lib/build/compile-policies.ts";
import { protectedTagKeys } from "../lib/build/protected-tags.ts";
import { fillIn } from "../lib/fill-in-policy.ts";
import { serviceControlPolicies } from "../lib/service-control-policy.ts";
import { readSettings, type Settings } from "../lib/settings.ts";

/**
 * Writes the service control policies. Without arguments: with placeholders, into docs/. With `NAME=VALUE[,VALUE…]` for each
 * placeholder: filled in, into build/. The values of `TAG_KEY` come from `policies/` and the settings in cdk.json; those given are added.
 * `ROLE_PATH` is the setting, and `PARTITION` is `aws` if it is not given.
 */
const root = path.resolve(import.meta.dirname, "..");
const values: Record<string, readonly string[]> = Object.fromEntries(
  process.argv.slice(2).map((argument) => {
    const [name = "", ...rest] = argument.split("=");
    return [name, rest.join("=").split(",")];
  }),
);
const isFilled = Object.keys(values).length > 0;
if (isFilled) {
  const settings = readSettings(JSON.parse(readFileSync(path.join(root, "cdk.json"), "utf8")).context?.latchkey);
  values["TAG_KEY"] = [...new Set([...tagKeys(settings), ...(values["TAG_KEY"] ?? [])])];
  values["ROLE_PATH"] = [settings.rolePath.slice(1)];
  values["PARTITION"] ??= ["aws"];
}
const directory = path.join(root, isFilled ? "build" : "docs");
mkdirSync(directory, { recursive: true });
for (const [name, policy] of Object.entries(serviceControlPolicies)) {
  const text = isFilled ? fillIn(policy, values) : `${JSON.stringify(policy, null, 2)}\n`;
  writeFileSync(path.join(directory, `service-control-policy-${name}.json`), text);
}

function tagKeys(settings: Settings): readonly string[] {
  return protectedTagKeys(inJson(compilePolicies(path.join(root, "policies"), settings)).policies, settings);
}
