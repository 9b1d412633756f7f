import { readFileSync } from "node:fs";
import path from "node:path";
import type { FunctionName } from "../../lambda/contract/routes.ts";

/** The prefix of IAM's actions for each of the SDK's clients. */
const services: Readonly<Record<string, string>> = {
  "@aws-sdk/client-dynamodb": "dynamodb",
  "@aws-sdk/client-ec2": "ec2",
  "@aws-sdk/client-ec2-instance-connect": "ec2-instance-connect",
  "@aws-sdk/client-sts": "sts",
};

/**
 * The calls to AWS that a function's code can make, as IAM names them: read from the sources, from its handler on,
 * through everything that is imported for more than its types.
 *
 * @throws Error where a client is imported that is not listed here.
 */
export function awsCallsOf(name: FunctionName): string[] {
  const calls = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = readFileSync(file, "utf8");
    for (const [, names = "", from = ""] of source.matchAll(/^import (?!type\b)([^;]*?) from "([^"]+)";/gm)) {
      if (from.startsWith(".")) visit(path.resolve(path.dirname(file), from));
      if (!from.startsWith("@aws-sdk/client-")) continue;
      const service = services[from];
      if (!service) throw new Error(`${file} imports ${from}: what are its actions called?`);
      for (const [, command, paginated] of names.matchAll(/\b(?:([A-Z]\w+)Command\b|paginate([A-Z]\w+))/g)) {
        calls.add(`${service}:${command ?? paginated}`);
      }
    }
  };
  visit(path.resolve(import.meta.dirname, `../../lambda/handlers/${name}.ts`));
  return [...calls].sort();
}
