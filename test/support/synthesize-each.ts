import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CloudFormationValidatePlugin, type IPolicyValidationContext } from "aws-cdk-lib";
import { LatchkeyApp } from "../../lib/latchkey-app.ts";
import { MainStack } from "../../lib/main-stack.ts";
import { readSettings, type Settings } from "../../lib/settings.ts";
import { addTargetStacks } from "../../lib/target-stacks.ts";
import { stubBundles } from "./stub-bundles.ts";

// `node synthesize-each.ts SETTINGS_LIST` prints, as JSON, each stack's template, what synthesis throws (cdk-nag's findings among
// it), and what CloudFormation's validator finds, which has the schemas of all resource types. One validator serves all, since it
// takes seconds to start: so CDK's own run of it is switched off.
const validator = new CloudFormationValidatePlugin();
const results = (JSON.parse(process.argv[2] ?? "[]") as unknown[]).map(synthesize);
process.stdout.write(JSON.stringify(results));

function synthesize(given: unknown) {
  const directory = mkdtempSync(path.join(tmpdir(), "latchkey-"));
  const templatePath = path.join(directory, "cdk.out/Latchkey.template.json");
  try {
    const settings = readSettings(given);
    stubBundles(directory, settings);
    const outdir = path.dirname(templatePath);
    const app = new LatchkeyApp({ outdir, context: { "aws:cdk:bundling-stacks": [] } });
    new MainStack(app, "Latchkey", { settings, bundles: directory });
    app.synth();
    const targets = settings.targets ? synthesizeTargets(settings, path.join(directory, "targets.out")) : {};
    return {
      violations: violationsIn(templatePath),
      template: JSON.parse(readFileSync(templatePath, "utf8")),
      targets,
    };
  } catch (error) {
    return { error: String(error), violations: [], template: { Resources: {} }, targets: {} };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The template of each target stack, and what the validator finds in it. */
function synthesizeTargets(settings: Settings, outdir: string) {
  const app = new LatchkeyApp({ outdir });
  addTargetStacks(app, settings, "Latchkey");
  const stacks = app.synth().stacks.map(({ stackName, templateFullPath }) => {
    const template = readFileSync(templateFullPath, "utf8");
    return [stackName, { violations: violationsIn(templateFullPath), template: JSON.parse(template) }] as const;
  });
  return Object.fromEntries(stacks);
}

function violationsIn(templatePath: string): string[] {
  const stack = { templatePath, stackConstructPath: "Latchkey", accountId: "111122223333", region: "us-east-1" };
  // It reads nothing else.
  const { violations } = validator.validate({ stackTemplates: [stack] } as unknown as IPolicyValidationContext);
  return violations.map(({ ruleName, description, violatingResources }) =>
    [ruleName, description, ...violatingResources.map((each) => each.resourceLogicalId)].join(" "),
  );
}
