import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { settingsSchema } from "../../lib/settings.ts";
import { type Schema, typeOf } from "../../sdk/build/types-file.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** The text of `settings.d.cts`: what ../settings.ts exports, as plain TypeScript without zod, with the comments of its source. */
export function settingsFile(): string {
  const schema = z.toJSONSchema(settingsSchema, { io: "input", unrepresentable: "any" }) as Schema;
  const type = typeOf(described(schema, commentsIn("lib/settings.ts")), "request");
  return `/** What a deployment may choose. */\nexport interface LatchkeySettings ${type}\n`;
}

/** Where the fields of a setting are, if not in a file with its name. */
const sources: Readonly<Record<string, string>> = {
  doors: "lib/door-settings.ts",
  identities: "lambda/shared/settings.ts",
  oidc: "lambda/shared/issuer-settings.ts",
  targets: "lib/target-settings.ts",
  webhooks: "lambda/shared/webhook-settings.ts",
};

/** A schema with what the source says of each field. A comment is about the outermost field of its name. */
function described(schema: Schema, comments: ReadonlyMap<string, string>): Schema {
  const names = Object.keys(schema.properties ?? {});
  const rest = new Map([...comments].filter(([name]) => !names.includes(name)));
  const field = ([name, each]: [string, Schema]) => {
    const named = [`lib/${name}-settings.ts`, `lambda/shared/${name}-settings.ts`];
    const own = sources[name] ?? named.find((file) => existsSync(path.join(root, file)));
    return [name, { ...described(each, own ? commentsIn(own) : rest), description: comments.get(name) ?? "" }];
  };
  return {
    ...schema,
    ...(schema.properties && { properties: Object.fromEntries(Object.entries(schema.properties).map(field)) }),
    ...(schema.items && { items: described(schema.items, comments) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map((each) => described(each, comments)) }),
  };
}

/** The comment before each field of an object in a file. A name that has several there could be any of them: it has none. */
function commentsIn(file: string): ReadonlyMap<string, string> {
  const text = readFileSync(path.join(root, file), "utf8");
  const found = [...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+(\w+)[:,]/g)].map(
    ([, comment = "", name = ""]) => [name, comment.replace(/^ *\* ?/gm, "").trim()] as [string, string],
  );
  return new Map(found.filter(([name]) => found.filter(([other]) => other === name).length === 1));
}
