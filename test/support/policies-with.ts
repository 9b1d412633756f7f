import { cpSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { compilePolicies, type PolicyTexts } from "../../lib/build/compile-policies.ts";
import type { Settings } from "../../lib/settings.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** The sample policies together with those of examples. @param files under `examples/` */
export const policiesWith =
  (...files: readonly string[]) =>
  (settings: Settings): PolicyTexts => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "latchkey-"));
    try {
      cpSync(path.join(root, "policies"), directory, { recursive: true });
      for (const file of files) cpSync(path.join(root, "examples", file), path.join(directory, path.basename(file)));
      return compilePolicies(directory, settings);
    } finally {
      rmSync(directory, { recursive: true });
    }
  };
