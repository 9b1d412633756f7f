import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { wildcardReasons } from "../../lib/wildcard-reasons.ts";
import { type AllowedPair, allowedPairs, hasWildcard } from "../support/iam-statements.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting, withCloudFront } from "../support/template-settings.ts";

const account = "arn:aws:[a-z0-9-]+:[a-z0-9-]*:111122223333:";

/** CloudFormation's ARN of a log ends in `:*`, for its streams. */
const logReasons = {
  "logs:CreateLogStream log-group:its-own:*": "a function makes its own log's streams as it starts",
  "logs:PutLogEvents log-group:its-own:*": "a function writes to its own log's streams",
};
/** Of the console in CloudFront, whose bucket and whose files' archives these are. */
const consoleReasons = [
  "s3:GetObject console/*", // CloudFront
  "s3:GetObject bootstrap/*",
  "s3:PutObject console/*",
];
const reasons = Object.keys({ ...wildcardReasons, ...logReasons });
/** Only if serial consoles are switched on, or organizational units are targets. */
const ofSettings = [
  "ec2-instance-connect:SendSerialConsoleSSHPublicKey instance/*",
  "organizations:ListAccountsForParent *",
  "organizations:ListOrganizationalUnitsForParent *",
];

describe.each([
  ["the default settings", {}, reasons.filter((reason) => !ofSettings.includes(reason))],
  ["every setting", everySetting, reasons],
  [
    "the console in CloudFront",
    withCloudFront,
    [...reasons.filter((reason) => !ofSettings.includes(reason)), ...consoleReasons],
  ],
])("with %s", (_, settings, expected) => {
  const stack = synthesize(settings);
  /** A key's policy, in which * is the key itself, is up to the key's test. */
  const isOfKey = ({ where }: AllowedPair) => stack.resolved[where]?.Type === "AWS::KMS::Key";
  /** The roles that functions may assume in other accounts, and whose events they get, are up to the targets' test. */
  const isOfTargets = ({ where }: AllowedPair) => where.startsWith("Targets");
  const pairs = allowedPairs(stack.resolved).filter((pair) => !isOfKey(pair) && !isOfTargets(pair));
  /** Who may invoke the API is up to its own tests. */
  const isDoor = ({ action }: AllowedPair) => action === "execute-api:Invoke";
  const ofRoles = () => pairs.filter((pair) => !isInvocation(pair) && !isDoor(pair));

  test("no action is a wildcard", () => {
    expect(pairs.length).toBeGreaterThan(30);
    expect(pairs.filter(({ action }) => hasWildcard(action))).toEqual([]);
  });

  test("no trust policy has a wildcard or a whole account", () => {
    const principals = new Set(pairs.filter((pair) => !isDoor(pair)).flatMap((pair) => pair.principals));
    expect([...principals].filter((one) => hasWildcard(one) || /^\d+$|:root$/.test(one))).toEqual([]);
  });

  test("every wildcard resource has its reason, and every reason its resource", () => {
    const found = ofRoles()
      .filter(({ resource }) => hasWildcard(resource))
      .map(({ action, resource }) => `${action} ${withoutNames(resource)}`);
    expect([...new Set(found)].sort()).toEqual([...expected].sort());
  });

  test("API Gateway may invoke a function for the one stage of an API that it serves, and for nothing else", () => {
    const uri = z.object({ RestApiId: z.string(), Integration: z.object({ Uri: z.string().optional() }) });
    const served = stack.all("AWS::ApiGateway::Method", uri).flatMap(({ properties: { RestApiId, Integration } }) => {
      const name = /:function:(\w+)\/invocations$/.exec(Integration.Uri ?? "")?.[1];
      // No function makes the response to a preflight. The console's has a permission for each of its two methods.
      return name && !name.startsWith("Console") ? [`${name} ${RestApiId}`] : [];
    });
    const permission = z.object({ FunctionName: z.string(), Principal: z.string(), SourceArn: z.string() });
    const invoked = stack
      .all("AWS::Lambda::Permission", permission)
      .filter(({ properties }) => properties.Principal === "apigateway.amazonaws.com")
      .map(({ properties: { FunctionName, SourceArn } }) => `${FunctionName.replace(/^.*:/, "")} ${SourceArn}`);
    const api = "arn:aws:execute-api:us-east-1:111122223333";
    const expected = [...new Set(served)].map((each) => `${each.replace(" ", ` ${api}:`)}/live/*/*`);
    const isOfOther = (each: string) => /^Console|\/authorizers\//.test(each);
    expect(invoked.filter((each) => !isOfOther(each)).sort()).toEqual(expected.sort());
    expect(invoked.filter(isOfOther).map((each) => each.replace(/[0-9A-F]{8}/g, "").replace(/ .*:/, " "))).toEqual(
      "console" in settings && !("cloudFront" in (settings.console ?? {}))
        ? expect.arrayContaining([expect.stringMatching(/^Authorize /), expect.stringMatching(/^Console /)])
        : "identities" in settings
          ? [expect.stringMatching(/^Authorize /)]
          : [],
    );
  });

  test("one schedule rule may invoke the sweep", () => {
    const others = pairs
      .filter(isInvocation)
      .filter(({ principals }) => !principals.includes("apigateway.amazonaws.com"));
    expect(others).toEqual([
      expect.objectContaining({
        principals: ["events.amazonaws.com"],
        resource: expect.stringMatching(/^arn:aws:events:us-east-1:111122223333:rule\/TrailEachMinute[0-9A-F]{8}$/),
      }),
    ]);
  });
});

const isInvocation = ({ action }: AllowedPair) => action === "lambda:InvokeFunction";
const withoutNames = (arn: string) =>
  arn
    .replace(new RegExp(`^${account}`), "")
    .replace(/^arn:aws:s3:::ConsoleBucket[0-9A-F]{8}/, "console")
    .replace(/^arn:aws:s3:::cdk-hnb659fds-assets-[^/]*/, "bootstrap")
    .replace(/^log-group:\w+Log[0-9A-F]{8}:/, "log-group:its-own:");

describe("the walk finds a wildcard", () => {
  const wildcardsIn = (Type: string, Properties: unknown) =>
    allowedPairs({ Some: { Type, Properties } }).filter(({ action, resource, principals }) =>
      [action, resource, ...principals].some(hasWildcard),
    );
  const allow = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/key" };
  const policy = (statement: object) => ({ Version: "2012-10-17", Statement: [{ ...allow, ...statement }] });

  test.each([
    ["an action by *", "AWS::IAM::Policy", { PolicyDocument: policy({ Action: "s3:*" }) }],
    ["an action by ?", "AWS::IAM::ManagedPolicy", { PolicyDocument: policy({ Action: ["s3:GetObjec?"] }) }],
    ["every resource", "AWS::IAM::Policy", { PolicyDocument: policy({ Resource: "*" }) }],
    ["one resource of several", "AWS::IAM::Policy", { PolicyDocument: policy({ Resource: ["arn:a", "arn:b*"] }) }],
    ["an inline policy of a role", "AWS::IAM::Role", { Policies: [{ PolicyDocument: policy({ Resource: "*" }) }] }],
    ["everybody in a trust policy", "AWS::IAM::Role", { AssumeRolePolicyDocument: policy({ Principal: "*" }) }],
    ["everybody in an API's policy", "AWS::ApiGateway::RestApi", { Policy: policy({ Principal: { AWS: ["*"] } }) }],
    [
      "a principal that may invoke a function",
      "AWS::Lambda::Permission",
      { Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com", SourceArn: "arn:aws:s3:::*" },
    ],
  ])("%s", (_, type, properties) => {
    expect(wildcardsIn(type, properties)).toHaveLength(1);
  });

  test.each(["NotAction", "NotResource", "NotPrincipal"])("and finds %s", (element) => {
    expect(() => wildcardsIn("AWS::IAM::Policy", { PolicyDocument: policy({ [element]: "*" }) })).toThrow(element);
  });
});
