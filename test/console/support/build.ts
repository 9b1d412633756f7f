import path from "node:path";
import { buildConsole } from "../../../web/build.ts";
import buildBundles from "../../e2e/build-bundles.ts";

/** The console's files, which are built once for a test run. */
export const testConsole = path.resolve(import.meta.dirname, "../../../build/test-console");

export default async function build(): Promise<void> {
  await Promise.all([buildBundles(), buildConsole(testConsole)]);
}
