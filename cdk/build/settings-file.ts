import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { settingsSchema } from "../../lib/settings.ts";
import { type Schema, typeOf } from "../../sdk/build/types-file.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** The text of `settings.d.cts`: what ../settings.ts exports, as plain TypeScript without zod, with the comments of its source. */
export function settingsFile(): string {
  const schema = z.toJSONSchema(settingsSchema, { io: "input", unrepresentable: "any" }) as Schema;
  const type = typeOf(described(schema, [ofAll]), "request");
  return `/** What a deployment may choose. */\nexport interface LatchkeySettings ${type}\n`;
}

/** Where the settings themselves are. */
const ofAll = "lib/settings.ts";

/** Where the fields of a setting are, if not in `lib/<its name>-settings.ts`. */
const sources: Readonly<Record<string, string>> = {
  doors: "lib/door-settings.ts",
  identities: "lambda/shared/settings.ts",
  oidc: "lambda/shared/issuer-settings.ts",
  targets: "lib/target-settings.ts",
};

/** A schema with what the source says of each field. */
function described(schema: Schema, files: readonly string[]): Schema {
  const comments = new Map(files.flatMap(commentsIn));
  const into = (each: Schema, below: readonly string[]) => described(each, below);
  return {
    ...schema,
    ...(schema.properties && {
      properties: Object.fromEntries(
        Object.entries(schema.properties).map(([name, field]) => {
          const own = sources[name] ?? `lib/${name}-settings.ts`;
          const isOwn = existsSync(path.join(root, own));
          return [
            name,
            {
              ...into(field, isOwn ? [own] : files.filter((file) => file !== ofAll)),
              description: comments.get(name) ?? "",
            },
          ];
        }),
      ),
    }),
    ...(schema.items && { items: into(schema.items, files) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map((each) => into(each, files)) }),
  };
}

/** The comment before each field of an object in a file. A name that has several there could be any of them: it has none. */
function commentsIn(file: string): [name: string, comment: string][] {
  const text = readFileSync(path.join(root, file), "utf8");
  const found = [...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+(\w+)[:,]/g)].map(
    ([, comment = "", name = ""]) => [name, comment.replace(/^ *\* ?/gm, "").trim()] as [string, string],
  );
  return found.filter(([name]) => found.filter(([other]) => other === name).length === 1);
}
