import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { assumeTargets } from "../../lib/assume-targets.ts";
import { targets as schema } from "../../lib/target-settings.ts";
import { everyTarget } from "../support/template-settings.ts";

const root = path.resolve(import.meta.dirname, "../..");
const page = readFileSync(path.join(root, "docs/accounts-and-regions.md"), "utf8");
const [, block = ""] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
const settings = JSON.parse(`{${block}}`) as object;
const { latchkey: usual } = JSON.parse(readFileSync(path.join(root, "cdk.json"), "utf8")).context;
const outdir = mkdtempSync(path.join(tmpdir(), "latchkey-"));
afterAll(() => rmSync(outdir, { recursive: true }));

/** Runs a CDK app with the page's settings beside those of cdk.json, as the CDK's command does. */
function runApp(app: string) {
  const CDK_CONTEXT_JSON = JSON.stringify({ latchkey: { ...usual, ...settings } });
  const env = { ...process.env, CDK_CONTEXT_JSON, CDK_OUTDIR: outdir, CDK_VALIDATION: "false" };
  return spawnSync(process.execPath, [path.join(root, app)], { encoding: "utf8", env });
}

describe("docs/accounts-and-regions.md:", () => {
  test("its settings make the target stacks that it names, with the roles that it names", () => {
    expect(runApp("bin/targets.ts")).toMatchObject({ status: 0 });
    const templates = readdirSync(outdir).filter((file) => file.endsWith(".template.json"));
    const named = [...page.matchAll(/`(Latchkey-Target-[\w-]+\.template\.json)`/g)].map(([, file]) => file);
    expect(templates.sort()).toEqual(named.sort());
    for (const file of templates) {
      const text = readFileSync(path.join(outdir, file), "utf8");
      const roles = [...page.matchAll(/`(Latchkey-\w+Role-?)(?:us-east-1|REGION)?`/g)].map(([, name = ""]) => name);
      expect(roles.filter((name) => !text.includes(name))).toEqual([]);
    }
  });

  test("the main stack is made for the account and region of the hub", () => {
    expect(runApp("bin/latchkey.ts")).toMatchObject({ status: 0 });
    const { artifacts } = JSON.parse(readFileSync(path.join(outdir, "manifest.json"), "utf8"));
    expect(artifacts.Latchkey.environment).toBe("aws://111122223333/us-east-1");
  });

  test("it explains every setting of targets", () => {
    const explained = [...page.matchAll(/^\| `(\w+)` \| /gm)].map(([, name]) => name);
    expect(explained.sort()).toEqual(Object.keys(schema.shape).sort());
  });

  test("it says to a tenth how many accounts fit", () => {
    const [, stated] = /about (\d+) accounts with four regions/.exec(page.replaceAll("\n", " ")) ?? [];
    const regions = ["eu-west-1", "eu-central-1", "us-east-1", "ap-southeast-2"];
    const arnsOf = (count: number) => {
      const accounts = Array.from({ length: count }, (_, index) => ({ account: String(1e11 + index), regions }));
      const names = { partition: "aws", stackName: "Latchkey", rolePath: "/" };
      return () => assumeTargets(names, { ...everyTarget, organizationalUnits: [], accounts }, "connect");
    };
    expect(arnsOf(Math.floor(Number(stated) * 0.9))).not.toThrow();
    expect(arnsOf(Math.ceil(Number(stated) * 1.1))).toThrow("list units instead");
  });
});
