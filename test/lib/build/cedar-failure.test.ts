import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { compilePolicies } from "../../../lib/build/compile-policies.ts";
import { settings } from "../../../local/shared/account.ts";

// A file of its own: a Cedar that has failed reads nothing more, and each file has its own.

test("what is so deep that Cedar fails is refused by its file", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "latchkey-"));
  try {
    const schema = path.join(import.meta.dirname, "../../../policies/schema.cedarschema");
    copyFileSync(schema, path.join(directory, "schema.cedarschema"));
    const deep = Array.from({ length: 5000 }, (_, index) => `context.osUser == "u${index}"`).join(" || ");
    const policy = `@id("x") permit (principal, action == Latchkey::Action::"connect", resource) when { ${deep} };`;
    writeFileSync(path.join(directory, "a.cedar"), policy);
    expect(() => compilePolicies(directory, settings)).toThrow(/^a\.cedar: Cedar cannot read this\. .* use a set/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
