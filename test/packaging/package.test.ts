import { execFile } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { readBudget } from "../../bench/budget.ts";
import { bundleNames, functionNames } from "../../contract/routes.ts";
import { testBundles } from "../e2e/build-bundles.ts";

const root = path.resolve(import.meta.dirname, "../..");
const inRoot = (...names: readonly string[]) => path.join(root, ...names);
const run = promisify(execFile);

/** A project outside the repository, with the package as `npm pack` makes it, and what the package's peers are. */
let project: string;
let tarball: string;
const inProject = (...names: readonly string[]) => path.join(project, ...names);
const node = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, args, { cwd: project, env: { ...process.env, ...env }, maxBuffer: 64 << 20 });

beforeAll(async () => {
  project = mkdtempSync(path.join(tmpdir(), "latchkey-"));
  const packed = await run("npm", ["pack", "--json", "--pack-destination", project], { cwd: root });
  const [{ filename }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf("[\n")));
  tarball = inProject(filename);
  writeFileSync(inProject("package.json"), "{}");
  await run("npm", ["install", "--offline", "--no-package-lock", tarball], { cwd: project });
  cpSync(inRoot("examples/cdk-app"), project, { recursive: true });
  for (const name of ["aws-cdk-lib", "constructs"])
    symlinkSync(inRoot("node_modules", name), inProject("node_modules", name));
});
afterAll(() => rmSync(project, { recursive: true }));

describe("the package", () => {
  const files = () => globSync("**/*.*", { cwd: inProject("node_modules/latchkey") });

  test("is as small as budget.json says", async () => {
    const { kilobytes } = (await readBudget()).package;
    expect(statSync(tarball).size / 1000).toBeLessThanOrEqual(kilobytes);
    expect(statSync(tarball).size / 1000).toBeGreaterThan(2000);
  });

  test("has no source, test or bytecode, and nothing to install with it", () => {
    expect(files().filter((file) => /(?<!\.d)\.[cm]?tsx?$|\.map$|\.bytecode$|node_modules/.test(file))).toEqual([]);
    const { dependencies } = JSON.parse(readFileSync(inProject("node_modules/latchkey/package.json"), "utf8"));
    expect(dependencies).toBeUndefined();
  });

  test("has the code of every function, and the notices of what is in it", () => {
    for (const name of bundleNames)
      for (const file of ["function.cjs", "index.cjs", "THIRD-PARTY-NOTICES.txt"])
        expect(files()).toContain(`build/cdk/functions/${name}/${file}`);
    const notices = readFileSync(inProject("node_modules/latchkey/build/cdk/THIRD-PARTY-NOTICES.txt"), "utf8");
    for (const name of ["zod", "@cedar-policy/cedar-wasm"]) expect(notices).toContain(`${name} `);
  });

  test("has the command", async () => {
    const { stdout } = await run(inProject("node_modules/.bin/latchkey"), ["--version"], { cwd: project });
    expect(stdout).toContain("0.1.0");
  });

  test.each([
    ["imports", 'import { Latchkey } from "latchkey/sdk"; import { loginToken } from "latchkey/sdk/login";'],
    ["imports CommonJS", 'import { Latchkey, addTargetStacks } from "latchkey/cdk";'],
  ])("%s", async (_, code) => {
    await node(["--input-type=module", "--eval", code]);
  });

  test("is required by CommonJS too", async () => {
    await node(["--input-type=commonjs", "--eval", 'if (!require("latchkey/cdk").Latchkey) throw new Error()']);
  });

  test("has types, for modules and for CommonJS, which know each setting", async () => {
    const wrong = "// @ts-expect-error: it is timeZone\nexport const wrong: LatchkeySettings = { timezone: 'UTC' };\n";
    const cdk = 'import { addTargetStacks, Latchkey, type LatchkeySettings } from "latchkey/cdk";\n';
    writeFileSync(inProject("common.cts"), `${cdk}${wrong}export const all = [addTargetStacks, Latchkey];\n`);
    const sdk =
      'import { Latchkey as Client } from "latchkey/sdk";\nimport { loginToken } from "latchkey/sdk/login";\n';
    writeFileSync(
      inProject("module.ts"),
      `${cdk}${sdk}${wrong}export const all = [addTargetStacks, Latchkey, new Client({ url: "", token: loginToken("") })];\n`,
    );
    const compiler = inRoot("node_modules/typescript/bin/tsc");
    const modules = ["--verbatimModuleSyntax", "false"];
    await node([compiler, "-p", project, ...modules, "--typeRoots", inRoot("node_modules/@types"), "--types", "node"]);
  });
});

describe("the example app", () => {
  test("is synthesized by CDK's command, offline", async () => {
    const cdk = [inRoot("node_modules/aws-cdk/bin/cdk"), "synth", "--quiet", "--no-notices", "--no-version-reporting"];
    await node(cdk, { PATH: `${path.dirname(process.execPath)}:${process.env["PATH"]}`, CDK_VALIDATION: "false" });
    const template = JSON.parse(readFileSync(inProject("cdk.out/Latchkey.template.json"), "utf8"));
    expect(Object.keys(template.Outputs)).toEqual(expect.arrayContaining(["Url", "InvokePolicyArn", "EventBusName"]));
  });

  test("passes its own snapshot test", async () => {
    const { stdout } = await node(["--test"]);
    expect(stdout).toMatch(/^ℹ fail 0$/m);
    expect(stdout).toMatch(/^ℹ pass 2$/m);
  });

  test("has its policies tested by the command, with the package's schema", async () => {
    const args = ["policy", "test", "--min-coverage", "100", "policies/tests.yaml"];
    const { stdout } = await run(inProject("node_modules/.bin/latchkey"), args, { cwd: project });
    expect(stdout).toContain("coverage 100 %");
  });
});

const synthesis = z.object({
  ofClone: z.looseObject({
    Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
    Outputs: z.record(z.string(), z.unknown()),
  }),
  ofPackage: z.looseObject({}),
  left: z.array(z.string()),
  missing: z.array(z.unknown()),
  functions: z.array(z.string()),
  made: z.array(z.string()),
  bytecode: z.object({ in: z.int(), inWithNode: z.int() }),
  refused: z.record(z.string(), z.string()),
});

describe("the package's construct", () => {
  let found: z.infer<typeof synthesis>;
  beforeAll(async () => {
    const program = inRoot("test/support/synthesize-packaged.ts");
    const args = [program, inProject("node_modules/latchkey"), testBundles, inRoot("policies")];
    const { stdout } = await node(args, { CDK_VALIDATION: "false" });
    found = synthesis.parse(JSON.parse(stdout));
  });

  test("makes the stack of a clone in an app without its feature flags, to the last byte of each function", () => {
    const { Resources, Outputs } = found.ofClone;
    expect(Object.keys(Resources).length).toBeGreaterThan(200);
    expect(found.ofPackage).toMatchObject({ Resources, Outputs });
  });

  test("leaves its assets in the cloud assembly, and nothing else", () => {
    expect([found.left, found.missing]).toEqual([[], []]);
  });

  test("has what a team builds upon", () => {
    expect(found.functions).toEqual(functionNames);
    expect(found.made).toEqual(["Latchkey/Default/Default/Table", "Latchkey/Default/Default/Bus"]);
  });

  test("gives every function bytecode, if it is told by which Node", () => {
    const all = Object.values(found.ofClone.Resources).filter(({ Type }) => Type === "AWS::Lambda::Function");
    expect(found.bytecode).toEqual({ in: 0, inWithNode: all.length });
  });

  test.each([
    ["a second one in a stack", "twice", "Own has a Latchkey already"],
    ["a nested stack", "nested", "Latchkey cannot be in a nested stack"],
    ["a setting that is wrong, by name", "settings", "latchkey.timeZone: "],
    ["policies that name what the settings do not have", "groups", 'the setting groups has no "'],
    ["policies that are nowhere", "policies", "no such file or directory, scandir 'nowhere'"],
    ["a command that runs no Node of Lambda's", "runtime", "/nowhere/node compiles no bytecode"],
  ])("refuses %s", (_, name, words) => {
    expect(found.refused[name]).toContain(words);
  });
});
