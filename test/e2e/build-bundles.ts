import { rm } from "node:fs/promises";
import path from "node:path";
import { bundleFunctions } from "../../lib/bundle.ts";

/** Where the bundles of a test run are: built once, used by every suite. */
export const testBundles = path.resolve(import.meta.dirname, "../../build/test-functions");

export default async function buildBundles(): Promise<void> {
  await rm(testBundles, { recursive: true, force: true });
  await bundleFunctions(testBundles);
}
