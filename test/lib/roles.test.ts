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

const ourRoles = [...functionNames, "push"] as const;
const arnOf = (id: string | undefined) => `arn:aws:iam::111122223333:role/${id}`;
const web = "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0";

test("roles are those of the functions, the push role and API Gateway's, with no policy but the template's own", () => {
  expect(roles.ids()).toEqual([...ourRoles, "apiCloudWatch" as const].map(roles.id).sort());
  expect(ourRoles.flatMap(roles.managedPolicies)).toEqual([]);
  expect(stack.all("AWS::IAM::ManagedPolicy", z.unknown())).toEqual([]);
});

test("API Gateway's role writes logs, as AWS's own policy for it says, and no one else assumes it", () => {
  expect(roles.policies("apiCloudWatch")).toEqual([]);
  expect(roles.managedPolicies("apiCloudWatch")).toEqual([
    "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
  ]);
  expect(roles.trust("apiCloudWatch")).toEqual([
    { Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" } },
  ]);
});

test("API Gateway's role is left out where the settings say that something else owns it", () => {
  const without = synthesize({ apiGatewayLogRole: false });
  expect(rolesOf(without).ids()).toEqual(ourRoles.map(rolesOf(without).id).sort());
  expect(without.all("AWS::ApiGateway::Account", z.unknown())).toEqual([]);
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
    { Action: ["sts:AssumeRole", "sts:SetSourceIdentity"], Effect: "Allow", Principal: connect },
  ]);
});

test("the push role may not push to the serial console", () => {
  const action = "ec2-instance-connect:SendSerialConsoleSSHPublicKey";
  expect(isAllowed(roles.policies("push"), { action, resource: web, context: {} })).toBe(false);
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
