import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Metafile } from "esbuild";
import { bundleClient } from "../../client/build.ts";
import { functionNames } from "../../contract/routes.ts";
import { codeFile } from "../../lambda/loader/bytecode.ts";
import { bundleFunctions } from "../../lib/build/bundle.ts";
import { readSettings } from "../../lib/settings.ts";
import { noticesFile, noticesOf, packagesIn } from "../../packaging/notices.ts";
import { buildSdk } from "../../sdk/build/build.ts";
import { buildConsole } from "../../web/build.ts";

const { context } = JSON.parse(await readFile(new URL("../../cdk.json", import.meta.url), "utf8"));

let directory: string;
let functions: Metafile;
let site: Metafile;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-"));
  functions = await bundleFunctions(path.join(directory, "functions"), readSettings(context.latchkey));
  await bundleClient(path.join(directory, "client/latchkey.cjs"));
  await buildSdk(path.join(directory, "sdk"));
  site = await buildConsole(path.join(directory, "console"));
});
afterAll(() => rm(directory, { recursive: true }));

const noticesIn = (folder: string) => readFile(path.join(directory, folder, noticesFile), "utf8");

test.each(functionNames)("each package in the bundle of %s is in the notices beside it", async (name) => {
  const [, output] = Object.entries(functions.outputs).find(([file]) => file.endsWith(`/${name}/${codeFile}`)) ?? [];
  const packages = packagesIn(output ? [output] : []);
  expect(packages).toContain("node_modules/zod");
  const notices = await noticesIn(`functions/${name}`);
  for (const each of packages) expect(notices).toContain(`${each.replace(/^.*node_modules\//, "")} `);
  expect(notices).toContain("Permission is hereby granted");
});

test.each([
  ["the client, those that it keeps as text too", "client", ["ws", "https-proxy-agent", "@noble/hashes"]],
  ["the sdk, which has none", "sdk", []],
])("the notices of %s name its packages", async (_, folder, packages) => {
  const notices = await noticesIn(folder);
  for (const each of packages) expect(notices).toMatch(new RegExp(`^${each} \\d+\\.`, "m"));
});

test("each package of the console, of its style sheets too, is in the notices that it serves", async () => {
  const notices = await noticesIn("console");
  const packages = packagesIn(Object.values(site.outputs));
  expect(packages).toContain("node_modules/preact");
  for (const each of packages)
    expect(notices).toMatch(new RegExp(`^${each.replace(/^.*node_modules\//, "")} \\d+\\.`, "m"));
});

describe("a build fails", () => {
  const outputOf = (file: string) => [
    { inputs: { [file]: { bytesInOutput: 1 } } } as unknown as Metafile["outputs"][string],
  ];

  test("for a licence that asks for more", () => {
    expect(() => noticesOf(outputOf("node_modules/caniuse-lite/index.js"))).toThrow(
      /CC-BY-4.0, which may not be bundled/,
    );
  });
});
