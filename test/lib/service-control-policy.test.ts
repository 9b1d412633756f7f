import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { pushRoleName } from "../../lambda/shared/target-roles.ts";
import { fillIn, mostCharacters, placeholders } from "../../lib/fill-in-policy.ts";
import { serviceControlPolicies } from "../../lib/service-control-policy.ts";
import { functionRoleName } from "../../lib/target-names.ts";
import type { IamRequest } from "../../local/aws/iam.ts";
import { fitsWildcard } from "../../local/aws/iam-wildcard.ts";
import {
  arn,
  type Caller,
  claims,
  may,
  physical,
  protectedKeys,
  read,
  role,
  root,
  ssoRole,
  values,
} from "../support/service-control-policy.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting, withCloudFront } from "../support/template-settings.ts";

const web = arn("ec2", "instance/i-0123456789abcdef0");
const push = { action: "ec2-instance-connect:SendSSHPublicKey", resource: web };
const serial = { action: "ec2-instance-connect:SendSerialConsoleSSHPublicKey", resource: web };
const tunnel = {
  action: "ec2-instance-connect:OpenTunnel",
  resource: arn("ec2", "instance-connect-endpoint/eice-0123456789abcdef0"),
};
const tag = { action: "ec2:CreateTags", resource: web };
const untag = { action: "ec2:DeleteTags", resource: web };
const keys = (...names: string[]) => ({ "aws:TagKeys": names });
const onRole = (action: string, name: string) => ({ action: `iam:${action}`, resource: role(name) });
const pushRole = physical("PushRole3E6735B2");
const assumePushRole = { action: "sts:AssumeRole", resource: role(pushRole) };
const invoke = { action: "lambda:InvokeFunction", resource: arn("lambda", "function:Latchkey-Connect5B7625CA-x") };
const putItem = { action: "dynamodb:PutItem", resource: arn("dynamodb", "table/Latchkey-TableCD117FA1-x") };
const patchApi = {
  action: "apigateway:PATCH",
  resource: "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/live",
};
const hostName = "arn:aws:apigateway:us-east-1::/domainnames/latchkey.example.com/basepathmappings/(none)";
const update = { action: "cloudformation:UpdateStack", resource: arn("cloudformation", "stack/Latchkey/0a1b") };

const assume = (name: string) => ({ action: "sts:AssumeRole", resource: role(name) });
const bus = arn("events", "event-bus/LatchkeyBus1A2B3C4D");
const leave = { action: "organizations:LeaveOrganization", resource: "*" };
const deployRole = "cdk-latchkey-deploy-role-111122223333-us-east-1";

type Row = [sentence: string, caller: Caller, request: Omit<IamRequest, "context">, context?: IamRequest["context"]];

test.each<Row>([
  ["an engineer pushes a key", "engineer", push],
  ["an administrator pushes a key", "admin", push],
  ["the account's root pushes a key", "root", push],
  ["a user by the push role's name pushes a key", "user", push],
  ["a deployer pushes a key", "deployer", push],
  ["connect's own role pushes a key", "connect", push],
  ["the push role's namesake in another account pushes a key", "push role's namesake in another account", push],
  ["an engineer pushes a key to the serial console", "engineer", serial],
  ["an engineer opens a tunnel", "engineer", tunnel],
  ["an administrator opens a tunnel", "admin", tunnel],
  ["an administrator assumes the push role", "admin", assumePushRole],
  ["a deployer assumes the push role", "deployer", assumePushRole],
  ["another function assumes the push role", "instances", assumePushRole],
  ["an engineer makes prod dev", "engineer", tag, keys("env")],
  ["an engineer hides env among other tags", "engineer", tag, keys("Name", "owner", "env")],
  ["an engineer sets the tag of pushes in another case, which IAM takes for the same", "engineer", tag, keys("TEAM")],
  ["an engineer changes the OS user", "engineer", tag, keys("latchkey:os-user")],
  ["an engineer makes a tag that Latchkey may come to read", "engineer", tag, keys("latchkey:new")],
  ["an engineer takes env away", "engineer", untag, keys("env")],
  ["an engineer takes all tags away, by naming none", "engineer", untag],
  [
    "an engineer launches an instance with env",
    "engineer",
    tag,
    { ...keys("env"), "ec2:CreateAction": "RunInstances" },
  ],
  ["an administrator makes prod dev", "admin", tag, keys("env")],
  ["a deployer makes prod dev", "deployer", tag, keys("env")],
  ["the root user makes prod dev", "root", tag, keys("env")],
  ["an administrator lets others assume the push role", "admin", onRole("UpdateAssumeRolePolicy", pushRole)],
  ["an administrator gives the push role a policy", "admin", onRole("PutRolePolicy", pushRole)],
  ["an administrator attaches a policy to the push role", "admin", onRole("AttachRolePolicy", pushRole)],
  ["an administrator lifts its boundary", "admin", onRole("DeleteRolePermissionsBoundary", pushRole)],
  ["an engineer passes connect's role to a function", "engineer", onRole("PassRole", physical("ConnectRole7D5A57B5"))],
  ["an engineer passes the deployer's role", "engineer", onRole("PassRole", "cdk-latchkey-cfn-exec-role-1-us-east-1")],
  ["an engineer makes a role that looks like the push role", "engineer", onRole("CreateRole", "Latchkey-PushRoleX")],
  ["an engineer makes a role that looks like a deployer's", "engineer", onRole("CreateRole", "cdk-latchkey-mine")],
  ["an engineer recreates the tag administrator's role", "engineer", onRole("CreateRole", "TagAdmin")],
  ["a tag administrator widens their own role", "tag admin", onRole("PutRolePolicy", "TagAdmin")],
  ["a function's role changes the push role", "connect", onRole("UpdateAssumeRolePolicy", pushRole)],
  ["an administrator invokes a function, with any caller in the event", "admin", invoke],
  ["an administrator changes a function's code", "admin", { ...invoke, action: "lambda:UpdateFunctionCode" }],
  ["an administrator lets another API invoke a function", "admin", { ...invoke, action: "lambda:AddPermission" }],
  ["an administrator changes the API", "admin", patchApi],
  [
    "an administrator takes the web ACL from the API's stage",
    "admin",
    { ...patchApi, action: "wafv2:DisassociateWebACL" },
  ],
  ["an administrator puts another in its place", "admin", { ...patchApi, action: "wafv2:AssociateWebACL" }],
  ["an administrator leads the API's host name elsewhere", "admin", { ...patchApi, resource: hostName }],
  ["an engineer writes host keys into the table", "engineer", putItem],
  ["an administrator rewrites the trail", "admin", { ...putItem, action: "dynamodb:PartiQLUpdate" }],
  ["an administrator lets the trail's items expire", "admin", { ...putItem, action: "dynamodb:UpdateTimeToLive" }],
  ["an engineer updates the stack, with the deployer's role", "engineer", update],
  ["an administrator becomes a deployer by the bootstrap's role", "admin", assume(deployRole)],
  ["an administrator becomes the pipeline", "admin", assume("LatchkeyPipeline")],
  ["an administrator becomes a tag administrator", "admin", assume("TagAdmin")],
  ["an administrator becomes a reviewer", "admin", assume("OnCall")],
  ["an administrator becomes a reviewer of Identity Center", "admin", assume(ssoRole("OnCall_0123456789abcdef"))],
  ["a tag administrator becomes a deployer", "tag admin", assume(deployRole)],
  ["the root user becomes a reviewer", "root", assume("OnCall")],
  ["an administrator lets themselves become a reviewer", "admin", onRole("UpdateAssumeRolePolicy", "OnCall")],
  ["an administrator recreates the role of reviewers", "admin", onRole("CreateRole", "OnCall")],
  [
    "an administrator makes a role that looks like Identity Center's",
    "admin",
    onRole("CreateRole", "AWSReservedSSO_OnCall_ffffffffffffffff"),
  ],
  [
    "an administrator makes one with a path of their own",
    "admin",
    onRole("CreateRole", "mine/AWSReservedSSO_Any_ffffffffffffffff"),
  ],
  ["a deployer makes one", "deployer", onRole("CreateRole", "AWSReservedSSO_OnCall_ffffffffffffffff")],
  ["a deployer leaves the organization", "deployer", leave],
  ["another function's role leaves the organization", "instances", leave],
  ["an administrator forges an event", "admin", { action: "events:PutEvents", resource: bus }],
])("denied: %s", (_, caller, request, ...[context]) => {
  expect(may(caller, request, context)).toBe(false);
});

test.each<Row>([
  ["the push role pushes a key", "push role", push],
  ["the push role opens a tunnel", "push role", tunnel],
  ["connect assumes the push role", "connect", assumePushRole],
  [
    "connect assumes some other role, so far as the SCP goes",
    "connect",
    { ...assumePushRole, resource: role("Other") },
  ],
  ["a tag administrator sets env", "tag admin", tag, keys("env")],
  ["a tag administrator sets the OS user", "tag admin", tag, keys("latchkey:os-user")],
  ["a tag administrator takes all tags away", "tag admin", untag],
  ["an engineer names an instance", "engineer", tag, keys("Name")],
  ["an engineer takes a name away", "engineer", untag, keys("Name")],
  ["an engineer sets env on a volume", "engineer", { ...tag, resource: arn("ec2", "volume/vol-1") }, keys("env")],
  ["an engineer launches an instance without a deciding tag", "engineer", { ...tag, action: "ec2:RunInstances" }],
  ["an engineer reads the push role", "engineer", onRole("GetRole", pushRole)],
  ["an engineer makes a role of another name", "engineer", onRole("CreateRole", "Engineer-Lambda")],
  ["an engineer invokes another function", "engineer", { ...invoke, resource: arn("lambda", "function:other") }],
  ["an engineer reads the table, so far as the SCP goes", "engineer", { ...putItem, action: "dynamodb:Query" }],
  [
    "an engineer changes another host name",
    "engineer",
    { ...patchApi, resource: hostName.replace("latchkey", "other") },
  ],
  ["an engineer calls the API", "engineer", { ...patchApi, action: "execute-api:Invoke" }],
  ["connect writes to the table", "connect", putItem],
  ["a deployer changes the push role", "deployer", onRole("PutRolePolicy", pushRole)],
  ["a deployer changes a function's code", "deployer", { ...invoke, action: "lambda:UpdateFunctionCode" }],
  ["a deployer changes the API", "deployer", patchApi],
  ["a deployer updates the stack", "deployer", update],
  ["a deployer assumes the bootstrap's role", "deployer", assume(deployRole)],
  ["the bootstrap's role changes a function", "deploy role", { ...invoke, action: "lambda:UpdateFunctionCode" }],
  ["Identity Center makes its roles", "Identity Center", onRole("CreateRole", ssoRole("OnCall_0123456789abcdef"))],
  [
    "an engineer shares a key with another alias",
    "engineer",
    { action: "kms:CreateGrant", resource: arn("kms", "key/some") },
    { "kms:ResourceAliases": ["alias/theirs"] },
  ],
  [
    "an engineer deletes a key without an alias",
    "engineer",
    { action: "kms:ScheduleKeyDeletion", resource: arn("kms", "key/some") },
  ],
  ["an engineer assumes a role of another name", "engineer", assume("Other")],
  [
    "an engineer maps a queue to another function",
    "engineer",
    { action: "lambda:CreateEventSourceMapping", resource: "*" },
    { "lambda:FunctionArn": arn("lambda", "function:other") },
  ],
  [
    "a consumer adds a rule to the bus",
    "engineer",
    { action: "events:PutRule", resource: arn("events", "rule/LatchkeyBus1A2B3C4D/theirs") },
  ],
])("not denied: %s", (_, caller, request, ...[context]) => {
  expect(may(caller, request, context)).toBe(true);
});

interface Sample {
  readonly resource: string;
  readonly context?: IamRequest["context"];
}

/** Resources of each kind that the page names. @param id a logical id of the template */
const sampleOf: Readonly<Record<string, (id: string) => readonly Sample[]>> = {
  roles: (id) =>
    [physical(id), "TagAdmin", "OnCall", deployRole, "LatchkeyPipeline", ssoRole("Any_0123456789abcdef")].map(
      (name) => ({
        resource: role(name),
      }),
    ),
  "roles of deployers, tag administrators and people": () =>
    [deployRole, "LatchkeyPipeline", "TagAdmin", "OnCall", ssoRole("OnCall_0123456789abcdef")].map((name) => ({
      resource: role(name),
    })),
  "identity providers": () => [
    { resource: "arn:aws:iam::111122223333:oidc-provider/token.example.com" },
    { resource: "arn:aws:iam::111122223333:saml-provider/AWSSSO_0123_DO_NOT_DELETE" },
  ],
  "the API": () => [{ resource: "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/live" }],
  "host names": () =>
    [
      "::/domainnames/latchkey.example.com/basepathmappings/(none)",
      ":111122223333:/domainnames/latchkey.example.com+0a1b",
    ]
      .concat(":111122223333:/domainnameaccessassociations/domainname/latchkey.example.com/vpcesource/vpce-0a1b2c3d")
      .map((rest) => ({ resource: `arn:aws:apigateway:us-east-1${rest}` })),
  "web ACLs": () => [{ resource: arn("wafv2", "regional/webacl/Latchkey-oidc/0a1b") }],
  "API Gateway's account settings": () => [{ resource: "arn:aws:apigateway:us-east-1::/account" }],
  "the stack and its bootstrap": () => [
    { resource: arn("cloudformation", "stack/Latchkey/0a1b") },
    { resource: arn("cloudformation", "stack/CDKToolkit-latchkey/0a1b") },
    { resource: arn("cloudformation", "stack/Latchkey-Target-444455556666/0a1b") },
    { resource: arn("cloudformation", "stack/StackSet-Latchkey-Target-ou-ab12-cdefgh34-0a1b/0a1b") },
  ],
  "stack sets": () => [{ resource: arn("cloudformation", "stackset/Latchkey-Target-ou-ab12-cdefgh34:0a1b") }],
  "any stack": () => [{ resource: "*" }],
  alarms: (id) => [{ resource: arn("cloudwatch", `alarm:${physical(id)}`) }],
  "the table and its stream": (id) =>
    ["", "/stream/2026-01-01T00:00:00.000", "/index/due"].map((part) => ({
      resource: arn("dynamodb", `table/${physical(id)}${part}`),
    })),
  "the bus": (id) => [{ resource: arn("events", `event-bus/Latchkey${id}`) }],
  rules: (id) => [{ resource: arn("events", `rule/${physical(id)}`) }],
  functions: (id) => ["", ":live"].map((alias) => ({ resource: arn("lambda", `function:${physical(id)}${alias}`) })),
  "event source mappings": () =>
    ["*", arn("lambda", "event-source-mapping:00000000-0000-4000-8000-000000000000")].map((resource) => ({
      resource,
      context: { "lambda:FunctionArn": arn("lambda", `function:${physical("Projector")}`) },
    })),
  "log groups": (id) =>
    [physical(id), "aws-waf-logs-Latchkey-oidc-0a1b"].flatMap((name) =>
      ["", ":log-stream:1"].map((part) => ({ resource: arn("logs", `log-group:${name}${part}`) })),
    ),
  "the console's distribution": () => [{ resource: "arn:aws:cloudfront::111122223333:distribution/E1A2B3C4D5E6F7" }],
  // CloudFormation makes names of buckets lower-case.
  "the console's bucket": (id) =>
    ["", "/index.html"].map((key) => ({ resource: `arn:aws:s3:::${physical(`Console${id}`).toLowerCase()}${key}` })),
  "the bootstrap's bucket": () =>
    ["", "/0a1b.zip"].map((key) => ({ resource: `arn:aws:s3:::cdk-latchkey-assets-111122223333-us-east-1${key}` })),
  "the key": () => [
    { resource: arn("kms", "key/some"), context: { "kms:ResourceAliases": ["alias/Latchkey-0a1b", "alias/theirs"] } },
  ],
  "the key's alias": () => [{ resource: arn("kms", "alias/Latchkey-0a1b") }],
  secrets: () => [{ resource: arn("secretsmanager", "secret:Latchkey-slack-0a1b-AbCdEf") }],
  queues: (id) => [{ resource: arn("sqs", physical(id)) }],
  "the organization": () => [{ resource: "*" }],
};

describe.each(claims())("the page claims that nobody but a deployer changes: %s", (on, actions) => {
  const samples = sampleOf[on]?.("Some1A2B3C4D") ?? [];

  test.each(actions)("%s", (action) => {
    expect(samples).not.toEqual([]);
    for (const { resource, context } of samples) {
      for (const caller of ["admin", "engineer", "root", "tag admin"] as const) {
        expect([caller, resource, may(caller, { action, resource }, context)]).toEqual([caller, resource, false]);
      }
      const isForDeployers = on !== "the organization" && !resource.includes("AWSReservedSSO_Any");
      expect([resource, may("deployer", { action, resource }, context)]).toEqual([resource, isForDeployers]);
    }
  });
});

test("each action that the policies deny is one that the page claims", () => {
  const pushAndTag = /^(ec2|ec2-instance-connect):/;
  const claimed = claims().flatMap(([, actions]) => actions);
  const patterns = Object.values(serviceControlPolicies).flatMap(({ Statement }) =>
    Statement.flatMap((one) => one.Action),
  );
  const unclaimed = patterns.filter((pattern) => !claimed.some((action) => fitsWildcard(pattern, action)));
  expect(unclaimed.filter((pattern) => !pushAndTag.test(pattern))).toEqual([]);
});

/** The kind of a resource, as the page names it. */
const kinds: Readonly<Record<string, string>> = {
  "AWS::ApiGateway::Account": "API Gateway's account settings",
  "AWS::ApiGateway::DomainName": "host names",
  "AWS::ApiGateway::DomainNameV2": "host names",
  "AWS::ApiGateway::RestApi": "the API",
  "AWS::CloudFormation::StackSet": "stack sets",
  "AWS::CloudFront::Distribution": "the console's distribution",
  "AWS::CloudWatch::Alarm": "alarms",
  "AWS::DynamoDB::GlobalTable": "the table and its stream",
  "AWS::Events::EventBus": "the bus",
  "AWS::Events::Rule": "rules",
  "AWS::IAM::Role": "roles",
  "AWS::KMS::Alias": "the key's alias",
  "AWS::KMS::Key": "the key",
  "AWS::Lambda::EventSourceMapping": "event source mappings",
  "AWS::Lambda::Function": "functions",
  "AWS::Logs::LogGroup": "log groups",
  "AWS::S3::Bucket": "the console's bucket",
  "AWS::SecretsManager::Secret": "secrets",
  "AWS::SQS::Queue": "queues",
  "AWS::WAFv2::WebACL": "web ACLs",
};
/** Why a type has no kind of its own: the action that changes it, on the resource that it belongs to. */
const partOf: Readonly<Record<string, string>> = {
  "AWS::ApiGateway::Authorizer": "apigateway:PATCH",
  "AWS::ApiGateway::BasePathMapping": "apigateway:PATCH",
  "AWS::ApiGateway::BasePathMappingV2": "apigateway:PATCH",
  "AWS::ApiGateway::Deployment": "apigateway:POST",
  "AWS::ApiGateway::DomainNameAccessAssociation": "apigateway:RejectAccessAssociation",
  "AWS::ApiGateway::GatewayResponse": "apigateway:PUT",
  "AWS::ApiGateway::Method": "apigateway:PATCH",
  "AWS::ApiGateway::Resource": "apigateway:DELETE",
  "AWS::ApiGateway::Stage": "apigateway:PATCH",
  "AWS::Events::EventBusPolicy": "events:PutPermission",
  "AWS::IAM::Policy": "iam:PutRolePolicy",
  "AWS::Lambda::EventInvokeConfig": "lambda:PutFunctionEventInvokeConfig",
  "AWS::Lambda::Permission": "lambda:RemovePermission",
  "AWS::S3::BucketPolicy": "s3:PutBucketPolicy",
  "AWS::SQS::QueuePolicy": "sqs:SetQueueAttributes",
  "AWS::WAFv2::LoggingConfiguration": "wafv2:DeleteLoggingConfiguration",
  "AWS::WAFv2::WebACLAssociation": "wafv2:DisassociateWebACL",
};

/** Types that need no statement, and why. */
const needless: Readonly<Record<string, string>> = {
  "AWS::CloudFront::OriginAccessControl": "The distribution could only fail to read the bucket.",
  "AWS::CloudFront::ResponseHeadersPolicy": "Weaker headers put no script into a page that has none of others.",
  "AWS::Lambda::LayerVersion": "A version never changes, and the function that has it is protected.",
  "Custom::CDKBucketDeployment": "It is what the function does during a deployment.",
  "AWS::IAM::ManagedPolicy": "It permits callers to invoke the API, which decides about each request itself.",
};

describe.each([
  ["the default settings", {}],
  ["every setting", everySetting],
  ["the console in CloudFront", withCloudFront],
])("with %s", (_, settings) => {
  const stack = synthesize(settings);
  const claimed = new Map(claims());

  test("each resource of the stack is covered by a statement, or part of one that is", () => {
    const types = [...new Set(Object.values(stack.resolved).map(({ Type }) => Type))];
    expect(types.filter((type) => ![kinds, partOf, needless].some((known) => type in known))).toEqual([]);
    const actions = [...claimed.values()].flat();
    for (const action of types.flatMap((type) => partOf[type] ?? [])) expect(actions).toContain(action);
  });

  test("an administrator may do none of the denied actions to any of them", () => {
    const allowed = Object.entries(stack.resolved).flatMap(([id, { Type }]) => {
      const on = kinds[Type];
      if (on === undefined) return [];
      return (sampleOf[on]?.(id) ?? []).flatMap(({ resource, context }) =>
        (claimed.get(on) ?? ["no action"])
          .filter((action) => may("admin", { action, resource }, context))
          .map((action) => `${action} ${resource}`),
      );
    });
    expect(allowed).toEqual([]);
  });

  test("a name of its own starts with the stack's like those that CloudFormation gives, after the prefix that AWS WAF requires of a log", () => {
    const names = ["RoleName", "FunctionName", "TableName", "QueueName", "LogGroupName", "AlarmName"];
    const named = Object.entries(stack.resolved).filter(
      ([, { Type, Properties }]) =>
        Type in kinds &&
        Type !== "AWS::Lambda::EventSourceMapping" &&
        Object.entries(Properties ?? {}).some(
          ([name, value]) => names.includes(name) && !/^(?:aws-waf-logs-)?Latchkey-/.test(String(value)),
        ),
    );
    expect(named.map(([id]) => id)).toEqual([]);
    expect(stack.stackName).toBe("Latchkey");
  });
});

describe.each(Object.entries(serviceControlPolicies))("the policy of %s", (name, policy) => {
  test("stays within the size limit of an SCP, with room for longer names", () => {
    expect(fillIn(policy, values).length).toBeLessThan(mostCharacters - 400);
  });

  test("is refused if it exceeds the limit", () => {
    const TAG_ADMIN_ROLE = Array.from({ length: 90 }, (_, index) => `${"x".repeat(40)}${index}`);
    const DEPLOYER = TAG_ADMIN_ROLE;
    expect(() => fillIn(policy, { ...values, TAG_ADMIN_ROLE, DEPLOYER })).toThrow(/more than 5120/);
  });

  test("has placeholders that the page explains, and no others", () => {
    const found = [...JSON.stringify(policy).matchAll(/<([A-Z_]+)>/g)].map(([, placeholder = ""]) => placeholder);
    for (const placeholder of found) {
      expect(Object.keys(placeholders)).toContain(placeholder);
      expect(read("docs/service-control-policy.md")).toContain(`\`<${placeholder}>\``);
    }
    expect(fillIn(policy, values)).not.toMatch(/[<>]/);
  });

  test("only denies, and each statement is explained", () => {
    for (const { Sid, Effect } of policy.Statement) {
      expect(Effect).toBe("Deny");
      expect(read("docs/service-control-policy.md")).toContain(`**${Sid}**`);
    }
  });

  test("is the one in docs/", () => {
    expect(JSON.parse(read(`docs/service-control-policy-${name}.json`))).toEqual(JSON.parse(JSON.stringify(policy)));
  });
});

test.each([
  ["a missing value", { ...values, DEPLOYER: [] }, "DEPLOYER is missing"],
  ["an account that is none", { ...values, ACCOUNT_ID: ["1"] }, "ACCOUNT_ID cannot be"],
  ["everybody as deployer", { ...values, DEPLOYER: ["*"] }, "DEPLOYER cannot be"],
  ["a pattern that starts with everybody", { ...values, TAG_ADMIN_ROLE: ["*Admin"] }, "TAG_ADMIN_ROLE cannot be"],
  ["a key that stands for others", { ...values, TAG_KEY: ["env*"] }, 'TAG_KEY cannot be "env*"'],
  ["a key that IAM cannot name", { ...values, TAG_KEY: ["\u0142ask"] }, "TAG_KEY cannot be"],
  ["a placeholder that there is not", { ...values, DEPLOY_ROLE: ["x"] }, "DEPLOY_ROLE is not a placeholder"],
])("not filled in: %s", (_, given, complaint) => {
  expect(() => fillIn(serviceControlPolicies.identities, given)).toThrow(complaint);
});

test.each([
  ["a partition that there is not", { PARTITION: ["aws*"] }, "PARTITION cannot be"],
  ["a path with its first slash", { ROLE_PATH: ["/latchkey/"] }, "ROLE_PATH cannot be"],
])("not filled in: %s", (_, given, complaint) => {
  expect(() => fillIn(serviceControlPolicies.identities, { ...values, ...given })).toThrow(complaint);
});

test.each(["aws", "aws-cn", "aws-us-gov"])(
  "in %s every ARN is of that partition, and roles have their path",
  (partition) => {
    const texts = Object.values(serviceControlPolicies).map((policy) =>
      fillIn(policy, { ...values, PARTITION: [partition], ROLE_PATH: ["company/latchkey/"] }),
    );
    const arns = texts.flatMap((text) => text.match(/arn:[^"]+/g) ?? []);
    expect(arns.filter((each) => !each.startsWith(`arn:${partition}:`))).toEqual([]);
    expect(arns).toContain(`arn:${partition}:iam::111122223333:role/company/latchkey/Latchkey-PushRole*`);
    expect(arns.filter((each) => each.includes(":role/Latchkey-"))).toEqual([]);
  },
);

test("in a target the push role is exempt by its name, and so is connect's in the main stack with targets", () => {
  const exempt = serviceControlPolicies.identities.Statement.flatMap(({ Condition }) =>
    Object.values(Condition?.["ArnNotLike"] ?? {}).flat(),
  ).map((pattern) => pattern.replace(/^.*<ROLE_PATH>/, ""));
  const names = [pushRoleName({ stackName: "Latchkey" }, "eu-west-1")].concat(
    functionRoleName({ stackName: "Latchkey" }, "connect", "eu-west-1"),
  );
  for (const name of names) expect(exempt.filter((pattern) => fitsWildcard(pattern, name))).toHaveLength(1);
});

test("without a host name its statement names none", () => {
  const { DOMAIN: _, ...others } = values;
  expect(fillIn(serviceControlPolicies.resources, others)).not.toMatch(/domainname|<DOMAIN>/);
});

test("the protected keys are those of the policies, of the scopes, and of the push tag", () => {
  expect(protectedKeys).toEqual(["Data Class", "env", "service", "team", "\u00e4hre"]);
});

describe.each([...protectedKeys, "latchkey:os-user", "latchkey:ssh-port"])(
  "nobody but a tag administrator writes %s:",
  (key) => {
    const others = ["engineer", "admin", "root", "deployer", "deploy role", "connect", "push role"] as const;
    const writes: readonly [sentence: string, write: typeof tag, context: IamRequest["context"]][] = [
      ["alone", tag, keys(key)],
      ["first of several", tag, keys(key, "Name")],
      ["last of several", tag, keys("Name", "owner", key)],
      ["by deleting it", untag, keys(key)],
      ["by deleting it among others", untag, keys("Name", key)],
    ];
    test.each(writes)("%s", (_, write, context) => {
      for (const caller of others) expect([caller, may(caller, write, context)]).toEqual([caller, false]);
      expect(may("tag admin", write, context)).toBe(true);
    });

    test("as a tag of what another action creates", () => {
      const allowed = creatingActions.filter((action) =>
        may("admin", tag, { ...keys(key), "ec2:CreateAction": action }),
      );
      expect(allowed).toEqual([]);
    });
  },
);

test("a protected key is protected in every case, because IAM's conditions on tags ignore it", () => {
  const cased = protectedKeys.flatMap((key) => [key.toUpperCase(), key.toLowerCase()]);
  expect(cased.filter((key) => may("engineer", tag, keys(key)))).toEqual([]);
});

/** EC2's actions, by AWS's own model of the service. */
const ec2 = path.join(root, "node_modules/@aws-sdk/client-ec2/dist-types/commands");
const ec2Actions = readdirSync(ec2).flatMap((file) => /^(\w+)Command\.d\.ts$/.exec(file)?.[1] ?? []);
/** Those that tag what they create, for which EC2 requires CreateTags too. */
const creatingActions = ec2Actions.filter((action) =>
  read(`node_modules/@aws-sdk/client-ec2/dist-types/commands/${action}Command.d.ts`).includes("TagSpecifications: ["),
);

test("the actions of EC2 that write tags are those that the policy denies, and those that create", () => {
  const writing = ec2Actions.filter((action) => /Tags$/.test(action) && !/^(?:Describe|Get|List)/.test(action));
  const denied = serviceControlPolicies.identities.Statement.flatMap(({ Sid, Action }) =>
    Sid === "KeepDecidingTags" ? Action : [],
  );
  expect(writing.map((action) => `ec2:${action}`)).toEqual(denied);
  expect(creatingActions).toEqual(expect.arrayContaining(["RunInstances", "CreateFleet"]));
});

test("the tags that functions read are those whose names start with latchkey:, and two of them are", () => {
  const readByCode = filesIn("lambda", ".ts").flatMap((file) => [...read(file).matchAll(/"(latchkey:[a-z-]+)"/g)]);
  expect([...new Set(readByCode.map(([, name]) => name))].sort()).toEqual(["latchkey:os-user", "latchkey:ssh-port"]);
});

function filesIn(directory: string, extension: string): string[] {
  return readdirSync(path.join(root, directory), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(extension))
    .map((file) => path.join(directory, file));
}
