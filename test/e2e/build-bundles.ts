import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { buildFunctions } from "../../bench/bundles.ts";
import { bundleClient } from "../../client/build.ts";
import { whereIs } from "../support/programs.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** The directory of the bundles, which are built once for a test run and used by every suite. */
export const testBundles = path.join(root, "build/test-functions");

/** What `npm run bench` says of their sizes, in JSON. */
export const testBundleSizes = path.join(testBundles, "sizes.json");

/** The directory of the client for a test run. Its `bin` goes on the PATH. */
export const testClient = path.join(root, "build/test-client");

export default async function buildBundles(): Promise<void> {
  await Promise.all([testBundles, testClient].map((directory) => rm(directory, { recursive: true, force: true })));
  const [sizes] = await Promise.all([buildFunctions(testBundles), installClient()]);
  await writeFile(testBundleSizes, JSON.stringify(sizes));
}

/** Puts `latchkey` into a directory for the PATH, as `npm install --global` would. */
async function installClient(): Promise<void> {
  const bin = path.join(testClient, "bin");
  const file = path.join(testClient, "latchkey.cjs");
  await mkdir(bin, { recursive: true });
  await bundleClient(file);
  await symlink(file, path.join(bin, "latchkey"));
  await Promise.all(["ssh", "scp", "sftp"].map((program) => installWithoutConfiguration(program, bin)));
}

/** OpenSSH's programs, without the configuration of this machine and its user. A later `-F` overrides this one. */
async function installWithoutConfiguration(program: string, bin: string): Promise<void> {
  const text = `#!/bin/sh\nexec '${whereIs(program) ?? program}' -F /dev/null "$@"\n`;
  await writeFile(path.join(bin, program), text, { mode: 0o755 });
}
