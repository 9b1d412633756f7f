import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { readIndexedTags } from "../../../lambda/policy/indexed-tags.ts";
import { compiled } from "../../support/policy-engine.ts";

test("instances are found by the tags that the policies of a bundle name, and by those of the settings", () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), "latchkey-"));
  try {
    writeFileSync(path.join(directory, "policies.json"), JSON.stringify(compiled));
    expect(readIndexedTags(directory, ["team", "env"])).toEqual(["env", "service", "team"]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
