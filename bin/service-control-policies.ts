import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fillIn } from "../lib/fill-in-policy.ts";
import { serviceControlPolicies } from "../lib/service-control-policy.ts";

/**
 * Writes the service control policies. Without arguments: with placeholders, into docs/. With `NAME=VALUE[,VALUE…]` for each
 * placeholder: filled in, into build/.
 */
const root = path.resolve(import.meta.dirname, "..");
const values = Object.fromEntries(
  process.argv.slice(2).map((argument) => {
    const [name = "", ...rest] = argument.split("=");
    return [name, rest.join("=").split(",")];
  }),
);
const isFilled = Object.keys(values).length > 0;
const directory = path.join(root, isFilled ? "build" : "docs");
mkdirSync(directory, { recursive: true });
for (const [name, policy] of Object.entries(serviceControlPolicies)) {
  const text = isFilled ? fillIn(policy, values) : `${JSON.stringify(policy, null, 2)}\n`;
  writeFileSync(path.join(directory, `service-control-policy-${name}.json`), text);
}
