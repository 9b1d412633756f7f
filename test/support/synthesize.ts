import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CfnResource, Stack, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { ResponseType } from "aws-cdk-lib/aws-apigateway";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { AwsSolutionsChecks } from "cdk-nag";
import * as z from "zod";
import { keyArnOf } from "../../lib/encryption.ts";
import { LatchkeyApp } from "../../lib/latchkey-app.ts";
import { MainStack } from "../../lib/main-stack.ts";
import { requireHub } from "../../lib/own-region.ts";
import { readSettings, type Settings } from "../../lib/settings.ts";
import { stubBundles } from "./stub-bundles.ts";

const metric = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })),
});

// `node synthesize.ts SETTINGS…` prints, as a list in JSON, the stack with each of these settings and everything else that tests
// need from CDK. It is a separate program, because Jest loads CDK again in every suite that imports it, which takes longer than the
// tests.
let directory = "";
process.stdout.write(JSON.stringify(process.argv.slice(2).map(synthesizeIn)));

/** Each has a directory of its own: CDK remembers the hash of what it has found at a path. */
function synthesizeIn(settings: string) {
  directory = mkdtempSync(path.join(tmpdir(), "latchkey-"));
  try {
    return synthesizeWithStubs(readSettings(JSON.parse(settings)));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * Synthesizes the stack with stubs of the functions' bundles.
 *
 * @throws Error if cdk-nag has a finding that nobody has acknowledged.
 */
function synthesizeWithStubs(settings: Settings) {
  stubBundles(directory, settings);
  const stack = new MainStack(makeApp(), "Latchkey", { settings, bundles: directory });
  return {
    stackName: stack.stackName,
    warnings: saidBy(stack, "warning"),
    hints: saidBy(stack, "info"),
    template: Template.fromStack(stack).toJSON(),
    metrics: [stack, new MainStack(makeApp(), "Sibling", { settings, bundles: directory })].map(metricsOf),
    nag: {
      acknowledged: acknowledgments(stack),
      unacknowledged: findings(stack, new AwsSolutionsChecks()),
      all: findings(stack, Object.assign(new AwsSolutionsChecks(), { isAcknowledged: () => false })),
      errorOfCarelessApp: errorOfCarelessApp(),
    },
    retentionDays: Object.values(RetentionDays).filter((days) => typeof days === "number" && days !== 9999),
    gatewayResponseTypes: Object.values(ResponseType).flatMap((each) =>
      each instanceof ResponseType ? [each.responseType] : [],
    ),
    errorOfForeignKey: errorOf(() => {
      const keyArn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
      keyArnOf(new Stack(makeApp(), "Foreign", { env: { region: "eu-west-1" } }), { encryption: { keyArn } });
    }),
    errorOfOtherHub: errorOf(() => {
      const env = { account: "111122223333", region: "eu-west-1" };
      requireHub(new Stack(makeApp(), "Elsewhere", { env }), { ...env, region: "us-east-1" });
    }),
    errorOfFipsIn: Object.fromEntries(
      ["eu-west-1", "us-gov-west-1"].map((region) => [region, errorOfFipsIn(region, settings)]),
    ),
  };
}

function saidBy(stack: Stack, level: "warning" | "info"): string[] {
  const said = stack.node.findAll().flatMap(({ node }) => node.metadata);
  return said.filter(({ type }) => type === `aws:cdk:${level}`).map(({ data }) => String(data));
}

/** The metrics that a stack's alarms look at, and the names under which its functions write theirs. */
function metricsOf(stack: Stack) {
  const { stackName } = stack;
  const textOf = (value: unknown) => (typeof value === "string" ? value : `${stackName}: ${JSON.stringify(value)}`);
  const watched: string[] = [];
  const written: unknown[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { success, data } = metric.safeParse(value);
    if (success) {
      const { Namespace, MetricName, Dimensions } = data;
      const of = Dimensions.map(({ Name, Value }) => `${Name}=${textOf(Value)}`).join(" ");
      watched.push(`${Namespace} ${MetricName} ${of}`);
    }
    if ("STACK_NAME" in value) written.push(value.STACK_NAME);
    Object.values(value).forEach(visit);
  };
  for (const each of stack.node.findAll()) {
    if (CfnResource.isCfnResource(each)) visit(stack.resolve(each._toCloudFormation()));
  }
  return { stackName, watched, written };
}

function makeApp(): LatchkeyApp {
  return new LatchkeyApp({
    outdir: path.join(directory, "cdk.out"),
    context: { "aws:cdk:bundling-stacks": [] },
  });
}

function findings(stack: Stack, checks: AwsSolutionsChecks): string[] {
  return checks.validateScope(stack).violations.map(({ ruleName }) => ruleName);
}

function acknowledgments(stack: Stack) {
  return stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .map(({ data }) => ({ path: node.path, rules: z.record(z.string(), z.string()).parse(data) })),
    );
}

/** What synthesis throws with `fips` on, if the CDK's command knows the region. */
function errorOfFipsIn(region: string, settings: Settings): string {
  process.env["CDK_DEFAULT_REGION"] = region;
  const error = errorOf(
    () => new MainStack(makeApp(), "Fips", { settings: { ...settings, fips: true }, bundles: directory }),
  );
  delete process.env["CDK_DEFAULT_REGION"];
  return error;
}

/** What synthesis throws if the app has a topic without encryption that nobody has acknowledged. */
function errorOfCarelessApp(): string {
  const app = makeApp();
  new Topic(new Stack(app, "Careless"), "Topic");
  return errorOf(() => app.synth());
}

/** What this throws, or nothing. */
function errorOf(attempt: () => unknown): string {
  try {
    attempt();
    return "";
  } catch (error) {
    return String(error);
  }
}
