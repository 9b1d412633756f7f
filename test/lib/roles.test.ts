import { beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { functionNames } from "../../lambda/contract/routes.ts";
import { isAllowed } from "../../local/aws/iam.ts";
import { type SynthesizedStack, synthesize } from "../support/synthesized-stack.ts";
import { rolesOf, type TemplateRoles } from "../support/template-roles.ts";

let stack: SynthesizedStack;
let roles: TemplateRoles;
beforeAll(() => {
  stack = synthesize({});
  roles = rolesOf(stack);
}, 60_000);

const everyRole = [...functionNames, "push"] as const;
const arnOf = (id: string | undefined) => `arn:aws:iam::111122223333:role/${id}`;
const web = "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0";

test("roles are those of the functions and the push role, with no policy but the template's own", () => {
  expect(roles.ids()).toEqual(everyRole.map(roles.id).sort());
  expect(stack.all("AWS::IAM::ManagedPolicy", z.unknown())).toEqual([]);
});

describe.each(functionNames)("the role of %s", (name) => {
  const endpoint = "arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/eice-0123456789abcdef0";
  const context = {
    "ec2:osuser": "ec2-user",
    "ec2-instance-connect:remotePort": 22,
    "ec2-instance-connect:maxTunnelDuration": 1,
  };

  test.each([
    ["SendSSHPublicKey", web],
    ["SendSerialConsoleSSHPublicKey", web],
    ["OpenTunnel", endpoint],
  ])("cannot %s", (action, resource) => {
    expect(isAllowed(roles.policies(name), { action: `ec2-instance-connect:${action}`, resource, context })).toBe(
      false,
    );
  });

  test("assumes the push role, if it is connect's, and none else", () => {
    const may = (role: string) =>
      isAllowed(roles.policies(name), { action: "sts:AssumeRole", resource: arnOf(role), context: {} });
    expect(may(roles.id("push"))).toBe(name === "connect");
    expect([...functionNames.map(roles.id), "Admin"].filter(may)).toEqual([]);
  });

  test("is assumed by Lambda alone", () => {
    expect(roles.trust(name)).toEqual([
      { Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" } },
    ]);
  });

  test("reaches only the items that it works with", () => {
    const actions = ["GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"];
    const resource = `arn:aws:dynamodb:us-east-1:111122223333:table/${stack.all("AWS::DynamoDB::GlobalTable", z.unknown())[0]?.id}`;
    const reached = actions.flatMap((action) =>
      ["instance#i-1", "connection#1", "other#1"]
        .filter((key) =>
          isAllowed(roles.policies(name), {
            action: `dynamodb:${action}`,
            resource,
            context: { "dynamodb:LeadingKeys": [key] },
          }),
        )
        .map((key) => `${action} ${key}`),
    );
    expect(reached).toEqual(
      {
        connect: ["BatchGetItem instance#i-1", "PutItem connection#1", "UpdateItem connection#1"],
        instances: ["BatchGetItem instance#i-1"],
        service: [],
      }[name],
    );
  });
});

test("the push role trusts connect's role alone, to assume it and to say for whom", () => {
  const connect = { AWS: arnOf(roles.id("connect")) };
  expect(roles.trust("push")).toEqual([
    { Action: "sts:AssumeRole", Effect: "Allow", Principal: connect },
    { Action: "sts:SetSourceIdentity", Effect: "Allow", Principal: connect },
  ]);
});

test("the push role may not push to the serial console", () => {
  const action = "ec2-instance-connect:SendSerialConsoleSSHPublicKey";
  expect(isAllowed(roles.policies("push"), { action, resource: web, context: {} })).toBe(false);
});

describe("wildcards", () => {
  /** Every one that there may be, and why. */
  const reasons: Readonly<Record<string, string>> = {
    "ec2:DescribeImages *": "EC2's describe actions know no resource-level permission",
    "ec2:DescribeInstances *": "EC2's describe actions know no resource-level permission",
    "ec2:DescribeInstanceConnectEndpoints *": "EC2's describe actions know no resource-level permission",
    "ec2-instance-connect:SendSSHPublicKey arn:aws:ec2:us-east-1:111122223333:instance/*":
      "each session's own policy names one instance",
    "ec2-instance-connect:OpenTunnel arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/*":
      "each session's own policy names one endpoint",
    "logs:CreateLogStream log-group:*": "the streams of the function's own log",
    "logs:PutLogEvents log-group:*": "the streams of the function's own log",
  };

  test("no action is one", () => {
    const actions = everyRole.flatMap(roles.statements).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /[*?]/.test(action))).toEqual([]);
  });

  test("resources are those that are listed with a reason", () => {
    const found = everyRole.flatMap(roles.statements).flatMap(({ Action, Resource }) =>
      [Resource]
        .flat()
        .filter((resource) => /[*?]/.test(resource))
        .flatMap((resource) => [Action].flat().map((action) => `${action} ${withoutLogName(resource)}`)),
    );
    expect([...new Set(found)].sort()).toEqual(Object.keys(reasons).sort());
  });

  const withoutLogName = (arn: string) =>
    arn.replace(/^arn:aws:logs:[^:]+:[^:]+:log-group:\w+Log[0-9A-F]{8}:/, "log-group:");
});

test("a pushTag of the settings is a condition on whom the push role pushes to", () => {
  const tagged = rolesOf(synthesize({ pushTag: { key: "team", value: "web" } })).policies("push");
  const may = (context: Record<string, string>) =>
    isAllowed(tagged, { action: "ec2-instance-connect:SendSSHPublicKey", resource: web, context });
  expect([may({}), may({ "aws:ResourceTag/team": "db" }), may({ "aws:ResourceTag/team": "web" })]).toEqual([
    false,
    false,
    true,
  ]);
});
