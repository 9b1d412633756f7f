import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { parseConfigFile } from "../../../client/settings/config-file.ts";
import { type AuthorizerPorts, authorizer } from "../../../lambda/callers/authorizer.ts";
import { callerOf } from "../../../lambda/callers/iam.ts";
import type { IdentitySettings } from "../../../lambda/shared/settings.ts";
import { readSettings } from "../../../lib/settings.ts";
import { blocksOf } from "../../support/pages.ts";
import { SigningKey } from "../../support/token-issuer.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const folder = path.join(root, "docs/identity-providers");
const pages = readdirSync(folder).map((name) => ({ name, text: readFileSync(path.join(folder, name), "utf8") }));
const key = new SigningKey("one", "RS256");
const now = Date.parse("2026-01-01T00:00:00Z");

// The library that reads tokens has a clock of its own.
beforeEach(() => void jest.spyOn(Date, "now").mockReturnValue(now));

type Json = Readonly<Record<string, unknown>>;

/** What a page says of a token, or of the ARN of who has signed: who its caller is, or how it is refused. */
interface Statement {
  readonly line: number;
  readonly settings: Json;
  readonly example: Json;
  readonly says: string;
}

/** An example is for the settings above it. A row of a table changes the last example of a token; null takes a claim away. */
function statementsOf(text: string): Statement[] {
  const blocks = blocksOf(text).filter(({ language }) => language === "json");
  const above = (line: number, member: string) =>
    blocks
      .filter((block) => block.line < line)
      .map((block): Json => JSON.parse(block.text))
      .findLast((json) => member in json);
  return text.split("\n").flatMap((content, index) => {
    const line = index + 1;
    const settings = above(line, "identities") ?? {};
    const example = above(line, "iss") ?? above(line, "userArn") ?? {};
    const caller = /^The caller is (.+)\.$/.exec(content)?.[1];
    if (caller !== undefined) return [{ line, settings, example, says: caller }];
    const [, changes, response] =
      /^\| `(\{.*?\})` \| (4\d\d `[\w-]+`|the (?:person|machine) [^|]+) \|/.exec(content) ?? [];
    if (changes === undefined || response === undefined) return [];
    const changed = Object.entries({ ...example, ...JSON.parse(changes) }).filter(([, value]) => value !== null);
    return [{ line, settings, example: Object.fromEntries(changed), says: response }];
  });
}

const words = (kind: string, id: string, groups: readonly string[]) =>
  `the ${kind} \`${id}\` in ${groups.map((group) => `\`${group}\``).join(", ") || "no group"}`;

/** What the page's settings make of its example: by the functions that run, with a key of the test's instead of the issuer's. */
async function outcomeOf({ settings: text, example }: Statement): Promise<string> {
  const settings = withKey(readSettings(text));
  if (typeof example["userArn"] === "string") {
    const { kind, id, groups } = callerOf(settings, { userArn: example["userArn"] });
    return words(kind, id, groups);
  }
  const seconds = now / 1000;
  const token = key.sign({ iat: seconds, exp: seconds + 300, ...example }, { alg: "RS256", kid: "one", typ: "JWT" });
  const log = jest.fn<AuthorizerPorts["log"]>();
  const authorize = authorizer(settings, {
    clock: () => now,
    fetchJson: () => Promise.reject(new Error("offline")),
    log,
  });
  const event = { type: "TOKEN", authorizationToken: `Bearer ${token}`, methodArn: "api/live/GET/v1/whoami" } as const;
  const result = await authorize(event).catch(() => undefined);
  const [line] = log.mock.calls[0] ?? [];
  if (result === undefined) return `401 \`${line?.["fault"] ?? line?.message}\``;
  const { id, kind, groups = "[]" } = result.context ?? {};
  return line ? `403 \`${line["refusal"]}\`` : words(String(kind), String(id), JSON.parse(String(groups)));
}

function withKey(settings: IdentitySettings): IdentitySettings {
  const oidc = settings.identities.oidc?.map(({ jwksUri: _, ...issuer }) => ({
    ...issuer,
    jwks: { keys: [key.jwk] },
  })) as IdentitySettings["identities"]["oidc"];
  return { ...settings, identities: { ...settings.identities, oidc } };
}

describe.each(pages)("docs/identity-providers/$name", ({ name, text }) => {
  const statements = statementsOf(text);
  const configs = blocksOf(text)
    .filter(({ language }) => language === "json")
    .map((block): Json => JSON.parse(block.text))
    .filter((json) => "url" in json);

  test.each(statements)("says in line $line what its settings make of its token: $says", async (statement) => {
    expect(await outcomeOf(statement)).toBe(statement.says);
  });

  test("has an example of a caller, and what goes wrong", () => {
    expect(statements.filter(({ says }) => says.startsWith("the ")).length).toBeGreaterThan(0);
    expect(text).toMatch(/^## What goes wrong\n\n\|/m);
  });

  test("cites each of its sources, by its address", () => {
    const [said = "", sources = ""] = text.split("\n## Sources\n");
    const listed = [...sources.matchAll(/^(\d)\. <https:\/\/\S+>$/gm)].map(([, number]) => number);
    expect([...new Set([...said.matchAll(/\[(\d)\]\(#sources\)/g)].map(([, number]) => number))].sort()).toEqual(
      listed,
    );
    expect(listed.length).toBeGreaterThan(1);
  });

  test("has a config file that the command takes, for the issuer of the settings", () => {
    for (const config of configs) {
      expect(parseConfigFile(JSON.stringify(config), name)).toEqual(config);
      expect(statements.map(({ settings }) => JSON.stringify(settings)).join()).toContain(`"${config["issuer"]}"`);
    }
  });
});

test("the settings of the example for GitHub Actions are those of its page", () => {
  const page = pages.find(({ name }) => name === "github-actions.md")?.text ?? "";
  const file = readFileSync(path.join(root, "examples/github-actions/settings.json"), "utf8");
  expect(JSON.parse(blocksOf(page).find(({ language }) => language === "json")?.text ?? "")).toEqual(JSON.parse(file));
});

test("docs/identity-providers.md lists each page", () => {
  const index = readFileSync(`${folder}.md`, "utf8");
  for (const { name } of pages) expect(index).toContain(`(identity-providers/${name})`);
});
