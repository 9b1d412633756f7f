import { beforeAll, describe, expect, test } from "@jest/globals";
import { Stack, Validations } from "aws-cdk-lib";
import { Topic } from "aws-cdk-lib/aws-sns";
import { AwsSolutionsChecks } from "cdk-nag";
import type { IConstruct } from "constructs";
import * as z from "zod";
import { LatchkeyApp } from "../../lib/latchkey-app.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting } from "../support/template-settings.ts";

const ec2 = "arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>";
/** Every exception: the construct that has it, and the rules. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  "Latchkey/Api": ["APIG2", "APIG3", "APIG6", "COG4"],
  "Latchkey/Api/Default/v1/health/GET": ["APIG4"],
  "Latchkey/Api/Default/v1/openapi.json/GET": ["APIG4"],
  "Latchkey/AccessPolicy": ["IAM5[Resource::*]"],
  "Latchkey/AuditPolicy": ["IAM5[Resource::*]"],
  "Latchkey/CapturePolicy": ["IAM5[Resource::*]", `IAM5[Resource::${ec2}:instance/*]`],
  "Latchkey/ConnectPolicy": ["IAM5[Resource::*]"],
  "Latchkey/InstancesPolicy": ["IAM5[Resource::*]"],
  "Latchkey/RegisterPolicy": ["IAM5[Resource::*]"],
  "Latchkey/WaitPolicy": ["IAM5[Resource::*]"],
  "Latchkey/PushPolicy": [`IAM5[Resource::${ec2}:instance/*]`, `IAM5[Resource::${ec2}:instance-connect-endpoint/*]`],
};
const logRolePolicy =
  "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]";
const withLogRole = { ...exceptions, "Latchkey/Api": [...(exceptions["Latchkey/Api"] ?? []), logRolePolicy] };

describe.each([
  ["the default settings", {}, withLogRole],
  ["every setting", everySetting, exceptions],
])("with %s", (_, settings, expected) => {
  let stack: Stack;
  beforeAll(() => {
    stack = synthesize(settings).stack;
  }, 60_000);

  test("cdk-nag finds nothing that has not been answered", () => {
    expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
  });

  test("exceptions are these, each where its construct is", () => {
    const found = acknowledgments(stack).map(({ path, rules }) => [path, Object.keys(rules).map(withoutPrefix)]);
    const byPath = Object.groupBy(found, ([path]) => String(path));
    const sorted = Object.entries(byPath).map(([path, each = []]) => [path, each.flatMap(([, ids]) => ids).sort()]);
    expect(Object.fromEntries(sorted)).toEqual(
      Object.fromEntries(Object.entries(expected).map(([path, ids]) => [path, [...ids].sort()])),
    );
  });

  test("each has a sentence for a reason", () => {
    for (const { rules } of acknowledgments(stack)) {
      for (const reason of Object.values(rules)) expect(reason).toMatch(/^[A-Z].{30,}\.$/);
    }
  });

  test("none is left that cdk-nag no longer asks for", () => {
    const checks = new AwsSolutionsChecks();
    Object.assign(checks, { isAcknowledged: () => false });
    const found = checks.validateScope(stack).violations.map(({ ruleName }) => withoutPrefix(ruleName));
    expect([...new Set(found)].sort()).toEqual([...new Set(Object.values(expected).flat())].sort());
  });
});

test("a finding without an answer stops the synthesis", () => {
  const app = new LatchkeyApp({ context: { "aws:cdk:bundling-stacks": [] } });
  new Topic(new Stack(app, "Careless"), "Topic");
  expect(() => app.synth()).toThrow(/AwsSolutions-SNS3/);
});

const withoutPrefix = (id: string) => id.replace(/^(annotation::)?AwsSolutions-/i, "");
const recorded = z.record(z.string(), z.string());

function acknowledgments(stack: IConstruct) {
  return stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .map(({ data }) => ({ path: node.path, rules: recorded.parse(data) })),
    );
}
