import { mkdir, readdir, symlink } from "node:fs/promises";
import path from "node:path";
import { bundleNames } from "../../contract/routes.ts";
import { settingsFile } from "../../lambda/shared/settings-file.ts";
import type { PolicyTexts } from "../../lib/build/compile-policies.ts";
import { writePolicies } from "../../lib/build/write-policies.ts";
import { bundleOf, writeFunctionSettings } from "../../lib/function-bundles.ts";
import type { Settings } from "../../lib/settings.ts";

/** Links bundles that are already built into another directory, where they have these settings. @param policies instead of their own */
export async function linkBundles(
  built: string,
  directory: string,
  settings: Settings,
  policies?: PolicyTexts,
): Promise<void> {
  await Promise.all(
    bundleNames.map(async (name) => {
      const [from, to] = [bundleOf(built, name), bundleOf(directory, name)];
      await mkdir(to, { recursive: true });
      const files = (await readdir(from)).filter((file) => file !== settingsFile);
      await Promise.all(files.map((file) => symlink(path.join(from, file), path.join(to, file))));
    }),
  );
  if (policies) writePolicies(directory, policies);
  writeFunctionSettings(directory, settings);
}
