import { describe, expect, test } from "@jest/globals";
import { readers, titled } from "../../lib/target-names.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting, withCloudFront } from "../support/template-settings.ts";

const ec2 = "arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>";
/** Every exception: a construct's path, and the rules that it breaks. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  "Latchkey/Default/Api": ["APIG2", "APIG3", "APIG6", "COG4"],
  "Latchkey/Default/Api/Default/v1/health/GET": ["APIG4"],
  "Latchkey/Default/Api/Default/v1/openapi.json/GET": ["APIG4"],
  "Latchkey/Default/AccessPolicy": ["IAM5[Resource::*]"],
  "Latchkey/Default/AuditPolicy": ["IAM5[Resource::*]"],
  "Latchkey/Default/CapturePolicy": ["IAM5[Resource::*]", `IAM5[Resource::${ec2}:instance/*]`],
  "Latchkey/Default/ConnectPolicy": ["IAM5[Resource::*]"],
  "Latchkey/Default/InstancesPolicy": ["IAM5[Resource::*]"],
  "Latchkey/Default/InspectPolicy": ["IAM5[Resource::*]", "IAM5[Resource::*]"],
  "Latchkey/Default/RegisterPolicy": ["IAM5[Resource::*]"],
  "Latchkey/Default/StreamPolicy": ["IAM5[Resource::*]"],
  "Latchkey/Default/SyncPolicy": ["IAM5[Resource::*]"],
  "Latchkey/Default/WaitPolicy": ["IAM5[Resource::*]"],
  "Latchkey/Default/InvokePolicy": [
    "IAM5[Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<ApiF70053CD>/live/*/*]",
  ],
  "Latchkey/Default/PushPolicy": [
    `IAM5[Resource::${ec2}:instance/*]`,
    `IAM5[Resource::${ec2}:instance-connect-endpoint/*]`,
  ],
};
const logRolePolicy =
  "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]";
// With a web ACL of the company's own at one door, and of the stack's at the other.
const ofApi = ["APIG2", "APIG6", "COG4"];
// Of the accounts of an organizational unit.
const ofUnit = (name: string) =>
  [
    { inspect: "InspectRole", capture: "CaptureRole" }[name] ?? "ReadRole",
    ...(name === "connect" ? ["PushRole-eu-west-1"] : []),
  ].map((role) => `IAM5[Resource::arn:aws:iam::*:role/latchkey/Latchkey-${role}]`);
const ofSlackApp = {
  "Latchkey/Default/ChatPolicy": ["IAM5[Resource::*]"],
  "Latchkey/Default/SlackApp/Api": ["APIG2", "APIG3", "APIG4", "APIG6", "COG4"],
  "Latchkey/Default/SlackApp/Secret": ["SMG4"],
  "Latchkey/Default/WebhookDelivery/Secret": ["SMG4"],
};
const everyException = {
  ...exceptions,
  "Latchkey/Default/Api": [...ofApi, logRolePolicy],
  ...Object.fromEntries(readers.map((name) => [`Latchkey/Default/Targets/${titled(name)}1`, ofUnit(name)])),
  // To describe instances, and to list accounts.
  "Latchkey/Default/SyncPolicy": ["IAM5[Resource::*]", "IAM5[Resource::*]"],
  ...ofSlackApp,
  "Latchkey/Default/OidcApi": ofApi,
  "Latchkey/Default/OidcApi/Default/console/GET": ["APIG4"],
  "Latchkey/Default/OidcApi/Default/console/{proxy+}/GET": ["APIG4"],
  "Latchkey/Default/OidcApi/Default/v1/health/GET": ["APIG4"],
  "Latchkey/Default/OidcApi/Default/v1/openapi.json/GET": ["APIG4"],
};

/** Of the console in CloudFront. */
const ofConsole = {
  "Latchkey/Default/Console/Bucket": ["S1"],
  "Latchkey/Default/Console/Distribution": ["CFR1", "CFR3"],
  "Latchkey/Default/Console/Upload/Policy": [
    "IAM5[Resource::<ConsoleBucket86B6957C.Arn>/*]",
    "IAM5[Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*]",
  ],
  "Latchkey/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C": ["L1"],
};
const withConsole = {
  ...exceptions,
  ...ofConsole,
  "Latchkey/Default/OidcApi": ofApi,
  "Latchkey/Default/OidcApi/Default/v1/health/GET": ["APIG4"],
  "Latchkey/Default/OidcApi/Default/v1/openapi.json/GET": ["APIG4"],
};

describe.each([
  ["the default settings", {}, exceptions],
  ["the console in CloudFront", withCloudFront, withConsole],
  ["every setting", everySetting, everyException],
])("with %s", (_, settings, expected) => {
  const { acknowledged, unacknowledged, all } = synthesize(settings).nag;

  test("cdk-nag has no finding that is not acknowledged", () => {
    expect(unacknowledged).toEqual([]);
  });

  test("these rules are acknowledged, each on the construct that breaks it", () => {
    const found = acknowledged.map(({ path, rules }) => [path, Object.keys(rules).map(withoutPrefix)]);
    const byPath = Object.groupBy(found, ([path]) => String(path));
    const sorted = Object.entries(byPath).map(([path, each = []]) => [path, each.flatMap(([, ids]) => ids).sort()]);
    expect(Object.fromEntries(sorted)).toEqual(
      Object.fromEntries(Object.entries(expected).map(([path, ids]) => [path, [...ids].sort()])),
    );
  });

  test("each acknowledgment gives its reason in a sentence", () => {
    for (const { rules } of acknowledged) {
      for (const reason of Object.values(rules)) expect(reason).toMatch(/^[A-Z].{30,}\.$/);
    }
  });

  test("every acknowledged rule is one that cdk-nag would report", () => {
    const found = all.map(withoutPrefix);
    expect([...new Set(found)].sort()).toEqual([...new Set(Object.values(expected).flat())].sort());
  });
});

test("a cdk-nag finding that is not acknowledged stops the synthesis", () => {
  expect(synthesize({}).nag.errorOfCarelessApp).toMatch(/AwsSolutions-SNS3/);
});

const withoutPrefix = (id: string) => id.replace(/^(annotation::)?AwsSolutions-/i, "");
