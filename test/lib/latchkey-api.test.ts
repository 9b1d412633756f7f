import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { preflightHeaders } from "../../contract/cors.ts";
import { type GatewayResponse, gatewayProblem, gatewayResponses } from "../../contract/gateway-responses.ts";
import { problemDocument, problems } from "../../contract/problem.ts";
import {
  type ApiRoute,
  catchAllFunction,
  type FunctionName,
  routes,
  workerFunctionNames,
} from "../../contract/routes.ts";
import { doorOf } from "../../lib/door-settings.ts";
import { isAllowed, type PolicyDocument } from "../../local/aws/iam.ts";
import { deployedMethods, deployedPaths } from "../support/deployed-methods.ts";
import { type SynthesizedStack, synthesize } from "../support/synthesized-stack.ts";
import { everySetting } from "../support/template-settings.ts";

const gatewayResponse = z.object({
  ResponseType: z.string(),
  StatusCode: z.string(),
  ResponseParameters: z.record(z.string(), z.string()),
  ResponseTemplates: z.strictObject({ "application/json": z.string() }),
});

const stack = synthesize({});

const paths = () => deployedPaths(stack);
const withOidc = synthesize(everySetting);
const methods = () => deployedMethods(stack);
const titled = (name: FunctionName) => name.charAt(0).toUpperCase() + name.slice(1);
const table: readonly ApiRoute[] = Object.values(routes);

describe("methods", () => {
  test("only health and the API's own description are for callers without a signature", () => {
    const open = Object.entries(methods()).filter(([, [authorization]]) => authorization !== "AWS_IAM");
    expect(Object.fromEntries(open)).toEqual({
      "GET /v1/health": ["NONE", "Service"],
      "GET /v1/openapi.json": ["NONE", "Service"],
    });
  });

  test("every resource has a catch-all under IAM, those on the way to others too", () => {
    const everywhere = ["/", ...paths().values()];
    expect(everywhere).toEqual(expect.arrayContaining(["/{proxy+}", "/v1"]));
    const found = methods();
    for (const path of everywhere) {
      expect([path, found[`ANY ${path}`]]).toEqual([path, ["AWS_IAM", titled(catchAllFunction)]]);
    }
  });

  test.each(table.map((route) => [route.method, route.path, route] as const))("%s %s is a route", (_, __, route) => {
    const authorization = route.authentication === "caller" ? "AWS_IAM" : "NONE";
    expect(methods()[`${route.method} ${route.path}`]).toEqual([authorization, titled(route.function)]);
  });

  test("each is at the OIDC door too, with the same function, under its authorizer", () => {
    const ofConsole = ["", "/{proxy+}"].map((rest) => [`GET /console${rest}`, ["NONE", "Console"]]);
    const underTokens = Object.entries(methods()).map(([name, [authorization, served]]) => [
      name,
      [authorization === "AWS_IAM" ? "CUSTOM" : authorization, served],
    ]);
    const found = Object.entries(deployedMethods(withOidc, "OidcApi"));
    expect(Object.fromEntries(found.filter(([name]) => !name.startsWith("OPTIONS ")))).toEqual(
      Object.fromEntries([...underTokens, ...ofConsole]),
    );
    expect(deployedMethods(withOidc)).toEqual(methods());
  });

  test("none belongs to another API, and none under tokens lacks the one authorizer of its own API", () => {
    const [authorizer, ...others] = withOidc.all("AWS::ApiGateway::Authorizer", z.object({ RestApiId: z.string() }));
    expect(others).toEqual([]);
    const door = z.object({
      RestApiId: z.string(),
      AuthorizationType: z.string(),
      AuthorizerId: z.string().optional(),
    });
    const byApi = { Api: new Set<unknown>(), OidcApi: new Set<unknown>() };
    for (const { id, properties } of withOidc.all("AWS::ApiGateway::Method", door)) {
      // Its methods are those of its own test.
      if (properties.RestApiId.startsWith("SlackApp")) continue;
      const [, api] = /^(Api|OidcApi)[0-9A-F]{8}$/.exec(properties.RestApiId) ?? [];
      if (api !== "Api" && api !== "OidcApi") throw new Error(`${id} is at no front door`);
      if (properties.AuthorizationType === "CUSTOM")
        expect(properties.RestApiId).toBe(authorizer?.properties.RestApiId);
      byApi[api].add(properties.AuthorizationType === "CUSTOM" ? properties.AuthorizerId : undefined);
    }
    expect(byApi).toEqual({ Api: new Set([undefined]), OidcApi: new Set([undefined, authorizer?.id]) });
  });

  test("none leads to a function that works behind the API", () => {
    const served = new Set(Object.values(methods()).map(([, name]) => name));
    expect(workerFunctionNames.map(titled).filter((name) => served.has(name))).toEqual([]);
  });

  test("there are no others", () => {
    const known = [
      ...["/", ...paths().values()].map((path) => `ANY ${path}`),
      ...table.map((route) => `${route.method} ${route.path}`),
    ];
    expect(Object.keys(methods()).sort()).toEqual(known.sort());
  });

  test("none can be invoked from the console's test page", () => {
    const permissions = stack.all(
      "AWS::Lambda::Permission",
      z.object({ SourceArn: z.string(), Principal: z.string() }),
    );
    for (const { properties } of permissions) {
      expect(properties.SourceArn).not.toContain("test-invoke-stage");
    }
  });
});

const theApi = (of: SynthesizedStack, door = "Api") =>
  of
    .all("AWS::ApiGateway::RestApi", z.object({ Policy: z.unknown().optional() }))
    .find(({ id }) => id.startsWith(door)) ?? { id: "", properties: { Policy: undefined } };

describe("who may invoke the API", () => {
  const api = `arn:aws:execute-api:us-east-1:111122223333:${theApi(stack).id}`;
  const connect = `${api}/live/POST/v1/instances/i-0123456789abcdef0/connections`;
  const invoke = (policy: PolicyDocument, resource: string, context = {}) =>
    isAllowed([policy], { action: "execute-api:Invoke", resource, context });

  const managed = z.object({ ManagedPolicyName: z.string(), PolicyDocument: z.custom<PolicyDocument>() });
  const [theirs, ...others] = stack.all("AWS::IAM::ManagedPolicy", managed);

  test("the output InvokePolicyArn names the one managed policy, which no role of the stack has", () => {
    expect(others).toEqual([]);
    expect(stack.outputs["InvokePolicyArn"]).toBe(theirs?.id);
    expect(theirs?.properties).not.toHaveProperty("Roles");
    expect(theirs?.properties.ManagedPolicyName).toBe("Latchkey-Invoke-us-east-1");
  });

  test.each([
    ["a route", connect, true],
    ["the list of instances", `${api}/live/GET/v1/instances`, true],
    ["a path that there is not, so that it gets our own 404", `${api}/live/GET/v2`, true],
    ["another stage", `${api}/test/GET/v1/instances`, false],
    ["another API", "arn:aws:execute-api:us-east-1:111122223333:zzzzzzzzzz/live/GET/v1/instances", false],
  ])("that policy lets a caller invoke %s: %s, %s", (_, resource, expected) => {
    expect(invoke(theirs?.properties.PolicyDocument as PolicyDocument, resource)).toBe(expected);
  });

  test("by default the API has no resource policy, so that IAM refuses callers of other accounts", () => {
    expect(theApi(stack).properties).toEqual({});
  });

  const organization = "o-a1b2c3d4e5";
  const inside = { "aws:SourceVpce": "vpce-0a1b2c3d", "aws:VpcSourceIp": "10.1.2.3" };
  const outside = { "aws:SourceIp": "203.0.113.7" };
  const of = (account: string, organization?: string) => ({
    ...inside,
    "aws:PrincipalAccount": account,
    ...(organization && { "aws:PrincipalOrgID": organization }),
  });
  const admitted = of("444455556666");
  test.each<[sentence: string, door: string, path: string, context: Record<string, string>, expected: boolean]>([
    ["IAM: a caller without a signature, on the way to a route", "Api", "POST/v1/x", inside, false],
    ["IAM: a caller of an account that the setting does not name", "Api", "POST/v1/x", of("999900001111"), false],
    ["IAM: one of another organization", "Api", "POST/v1/x", of("999900001111", "o-0000000000"), false],
    ["IAM: one of the stack's own account, left to IAM", "Api", "POST/v1/x", of("111122223333", organization), false],
    ["IAM: a caller of an account that the setting names", "Api", "POST/v1/x", admitted, true],
    ["IAM: a caller of the organization", "Api", "POST/v1/x", of("999900001111", organization), true],
    ["IAM: a caller without a signature, to health", "Api", "GET/v1/health", inside, true],
    ["IAM: a caller without a signature, to another method there", "Api", "POST/v1/health", inside, false],
    [
      "IAM: an admitted caller through another endpoint",
      "Api",
      "POST/v1/x",
      { ...admitted, "aws:SourceVpce": "vpce-1" },
      false,
    ],
    [
      "IAM: an admitted caller through no endpoint",
      "Api",
      "POST/v1/x",
      { "aws:PrincipalAccount": "444455556666", ...outside },
      false,
    ],
    [
      "IAM: an admitted caller from another address",
      "Api",
      "POST/v1/x",
      { ...admitted, "aws:VpcSourceIp": "10.2.0.1" },
      false,
    ],
    [
      "IAM: an admitted caller from an IPv6 address in a range",
      "Api",
      "POST/v1/x",
      { ...admitted, "aws:VpcSourceIp": "fd00:1::9" },
      true,
    ],
    ["IAM: health, from another address", "Api", "GET/v1/health", { ...inside, "aws:VpcSourceIp": "10.2.0.1" }, false],
    ["OIDC: anybody from a range, whom the authorizer authenticates", "OidcApi", "POST/v1/x", outside, true],
    ["OIDC: anybody from an IPv6 address in a range", "OidcApi", "POST/v1/x", { "aws:SourceIp": "2001:db8::7" }, true],
    ["OIDC: anybody from another address", "OidcApi", "POST/v1/x", { "aws:SourceIp": "198.51.100.1" }, false],
    ["OIDC: health, from another address", "OidcApi", "GET/v1/health", { "aws:SourceIp": "198.51.100.1" }, false],
  ])("the resource policy of every setting, %s", (_, door, path, context, expected) => {
    const text = JSON.stringify(theApi(withOidc, door).properties.Policy);
    // As API Gateway completes it.
    const policy: PolicyDocument = JSON.parse(text.replaceAll("execute-api:/", `${api}/`));
    expect(invoke(policy, `${api}/live/${path}`, context)).toBe(expected);
  });

  test("the OIDC door's knows no accounts: its callers have none", () => {
    expect(JSON.stringify(theApi(stack).properties)).not.toContain("aws:Principal");
    expect(JSON.stringify(theApi(withOidc).properties)).toContain("aws:PrincipalAccount");
    expect(JSON.stringify(theApi(withOidc, "OidcApi").properties)).not.toContain("aws:Principal");
  });
});

describe("how the doors of every setting are reached", () => {
  const all = (type: `AWS::${string}`) => withOidc.all(type, z.looseObject({})).map(({ properties }) => properties);
  const api = (id: string) => all("AWS::ApiGateway::RestApi").find(({ Name }) => Name === id);
  const { iam, oidc } = everySetting.doors;

  test("the private one through its VPC endpoints alone, the other by the internet; none by a second name, all by IPv6 too", () => {
    expect(api("Latchkey")).toMatchObject({
      EndpointConfiguration: { IpAddressType: "dualstack", Types: ["PRIVATE"], VpcEndpointIds: iam?.vpcEndpoints },
      DisableExecuteApiEndpoint: true,
    });
    expect(api("Latchkey-oidc")).toMatchObject({
      EndpointConfiguration: { IpAddressType: "dualstack", Types: ["REGIONAL"] },
      DisableExecuteApiEndpoint: true,
    });
    const [byDefault] = stack.all("AWS::ApiGateway::RestApi", z.looseObject({}));
    expect(byDefault?.properties).toMatchObject({
      EndpointConfiguration: { IpAddressType: "dualstack", Types: ["REGIONAL"] },
      DisableExecuteApiEndpoint: false,
    });
  });

  test("the regional one by its host name, with TLS 1.2 and the certificate of the settings, at its stage", () => {
    expect(all("AWS::ApiGateway::DomainName")).toEqual([
      {
        DomainName: "latchkey.example.com",
        EndpointConfiguration: { IpAddressType: "dualstack", Types: ["REGIONAL"] },
        RegionalCertificateArn: oidc?.domain?.certificateArn,
        SecurityPolicy: "TLS_1_2",
      },
    ]);
    expect(all("AWS::ApiGateway::BasePathMapping")).toMatchObject([
      { RestApiId: expect.stringMatching(/^OidcApi/), Stage: expect.stringMatching(/^OidcApiDeploymentStagelive/) },
    ]);
  });

  test("the private one by its host name, which leads to it from its endpoints alone", () => {
    const [domain, ...others] = withOidc.all(
      "AWS::ApiGateway::DomainNameV2",
      z.looseObject({ Policy: z.custom<PolicyDocument>() }),
    );
    expect(others).toEqual([]);
    expect(domain?.properties).toMatchObject({
      DomainName: "latchkey.corp.example",
      CertificateArn: iam?.domain?.certificateArn,
      EndpointConfiguration: { IpAddressType: "dualstack", Types: ["PRIVATE"] },
      SecurityPolicy: "TLS_1_2",
    });
    const DomainNameArn = `${domain?.id}.DomainNameArn`;
    expect(all("AWS::ApiGateway::BasePathMappingV2")).toMatchObject([
      {
        DomainNameArn,
        RestApiId: expect.stringMatching(/^Api/),
        Stage: expect.stringMatching(/^ApiDeploymentStagelive/),
      },
    ]);
    expect(all("AWS::ApiGateway::DomainNameAccessAssociation")).toEqual(
      iam?.vpcEndpoints?.map((id) => ({
        DomainNameArn,
        AccessAssociationSource: id,
        AccessAssociationSourceType: "VPCE",
      })),
    );
    const name = "arn:aws:execute-api:us-east-1:111122223333:/domainnames/latchkey.corp.example+0a1b";
    const policy: PolicyDocument = JSON.parse(
      JSON.stringify(domain?.properties.Policy).replaceAll("execute-api:/*", `${name}*`),
    );
    const through = (vpce: string) =>
      isAllowed([policy], { action: "execute-api:Invoke", resource: name, context: { "aws:SourceVpce": vpce } });
    expect(["vpce-0123456789abcdef0", "vpce-0a1b2c3d", "vpce-00000000"].map(through)).toEqual([true, true, false]);
  });

  test("the outputs tell the URLs, the APIs' ids, and where the regional name's DNS record leads", () => {
    const { InvokePolicyArn: _, EventBusName: __, ...outputs } = withOidc.outputs;
    expect(outputs).toEqual({
      Url: "https://latchkey.corp.example/",
      ApiId: theId("Api"),
      OidcUrl: "https://latchkey.example.com/",
      OidcApiId: theId("OidcApi"),
      OidcDnsTarget: expect.stringMatching(/^OidcApiDomain\w+\.RegionalDomainName$/),
      OidcDnsTargetZone: expect.stringMatching(/^OidcApiDomain\w+\.RegionalHostedZoneId$/),
      ConsoleUrl: "https://latchkey.example.com/console/",
      SlackUrl: expect.stringMatching(
        /^https:\/\/SlackAppApi\w+\.execute-api\.us-east-1\.amazonaws\.com\/live\/slack$/,
      ),
      SlackLinkUrl: expect.stringMatching(/^https:\/\/SlackAppApi.*\/live\/link$/),
      SlackSecretArn: expect.stringContaining(":secret:SlackAppSecret"),
      WebhookSecretArn: expect.stringContaining(":secret:WebhookDeliverySecret"),
    });
    expect(stack.outputs["Url"]).toMatch(
      /^https:\/\/Api\w+\.execute-api\.us-east-1\.amazonaws\.com\/ApiDeploymentStagelive/,
    );
  });
  const theId = (door: string) => theApi(withOidc, door).id;

  const webAcl = z.looseObject({
    Name: z.string(),
    Scope: z.string(),
    DefaultAction: z.unknown().optional(),
    VisibilityConfig: z.looseObject({ SampledRequestsEnabled: z.boolean() }),
    Rules: z.array(
      z.looseObject({
        Name: z.string(),
        Priority: z.number(),
        VisibilityConfig: z.looseObject({ SampledRequestsEnabled: z.boolean() }),
        Action: z.unknown().optional(),
        OverrideAction: z.unknown().optional(),
        Statement: z.looseObject({
          RateBasedStatement: z.unknown().optional(),
          ManagedRuleGroupStatement: z
            .looseObject({ RuleActionOverrides: z.array(z.object({ Name: z.string(), ActionToUse: z.unknown() })) })
            .optional(),
        }),
      }),
    ),
  });

  test("each through a web ACL: the company's own at one door, the stack's at the other", () => {
    const associations = withOidc.all(
      "AWS::WAFv2::WebACLAssociation",
      z.object({ WebACLArn: z.string(), ResourceArn: z.string() }),
    );
    expect(associations.map(({ properties }) => properties)).toEqual([
      {
        WebACLArn: iam?.webAcl,
        ResourceArn: expect.stringMatching(/apigateway:us-east-1::\/restapis\/Api\w+\/stages\/Api/),
      },
      {
        WebACLArn: expect.stringMatching(/^OidcApiWebAcl\w+\.Arn$/),
        ResourceArn: expect.stringMatching(/apigateway:us-east-1::\/restapis\/OidcApi\w+\/stages\/OidcApi/),
      },
    ]);
    expect(stack.all("AWS::WAFv2::WebACLAssociation", z.unknown())).toEqual([]);
  });

  test("by default the OIDC door has a web ACL, and the IAM door has none", () => {
    const byDefault = { doors: {} };
    expect([doorOf(byDefault, "iam").webAcl, doorOf(byDefault, "oidc").webAcl]).toEqual([false, true]);
    expect(doorOf({ doors: { oidc: { webAcl: false, routeThrottles: {} } } }, "oidc").webAcl).toBe(false);
  });

  test("the stack's web ACL blocks by a rate and by AWS's rules, keeps no samples, and nothing of it reads bodies to block", () => {
    const [acl, ...others] = withOidc.all("AWS::WAFv2::WebACL", webAcl);
    expect(others).toEqual([]);
    const { Rules = [], ...properties } = acl?.properties ?? {};
    expect(properties).toMatchObject({ Name: "Latchkey-oidc", Scope: "REGIONAL", DefaultAction: { Allow: {} } });
    const [rate, ...managed] = Rules;
    expect(rate).toMatchObject({
      Action: { Block: {} },
      Statement: { RateBasedStatement: { AggregateKeyType: "IP", Limit: 500, EvaluationWindowSec: 300 } },
    });
    expect(managed.map(({ Name, OverrideAction }) => [Name, OverrideAction])).toEqual([
      ["AWSManagedRulesAmazonIpReputationList", { None: {} }],
      ["AWSManagedRulesKnownBadInputsRuleSet", { None: {} }],
      ["AWSManagedRulesCommonRuleSet", { None: {} }],
    ]);
    const counted = managed.flatMap(
      ({ Statement }) => Statement.ManagedRuleGroupStatement?.RuleActionOverrides.map(({ Name }) => Name) ?? [],
    );
    // Those that read bodies, as AWS lists them, and one that our callers cannot be asked to pass.
    expect(counted.sort()).toEqual([
      "CrossSiteScripting_BODY",
      "EC2MetaDataSSRF_BODY",
      "GenericLFI_BODY",
      "GenericRFI_BODY",
      "JavaDeserializationRCE_BODY",
      "Log4JRCE_BODY",
      "NoUserAgent_HEADER",
      "ReactJSRCE_BODY",
      "SizeRestrictions_BODY",
    ]);
    const samples = [acl?.properties, ...Rules].map((each) => each?.VisibilityConfig.SampledRequestsEnabled);
    expect(new Set(samples)).toEqual(new Set([false]));
    expect(Rules.map(({ Priority }) => Priority)).toEqual([0, 1, 2, 3]);
  });

  test("its log has the blocked requests alone, without tokens, and a name that AWS WAF takes", () => {
    const [logging] = all("AWS::WAFv2::LoggingConfiguration");
    const log = all("AWS::Logs::LogGroup").find(({ LogGroupName }) => LogGroupName !== undefined);
    expect(log?.["LogGroupName"]).toBe("aws-waf-logs-Latchkey-oidc-00000000-0000-4000-8000-00000000000a");
    expect(logging).toMatchObject({
      ResourceArn: expect.stringMatching(/^OidcApiWebAcl\w+\.Arn$/),
      LogDestinationConfigs: [expect.stringMatching(/:log-group:OidcApiWebAclLog\w+$/)],
      RedactedFields: [
        { SingleHeader: { Name: "authorization" } },
        { SingleHeader: { Name: "x-amz-security-token" } },
        { QueryString: {} },
      ],
      LoggingFilter: {
        DefaultBehavior: "DROP",
        Filters: [{ Behavior: "KEEP", Conditions: [{ ActionCondition: { Action: "BLOCK" } }] }],
      },
    });
  });
});

describe("the OIDC door", () => {
  const authorizer = z.object({
    Type: z.string(),
    AuthorizerResultTtlInSeconds: z.number(),
    IdentitySource: z.string(),
    IdentityValidationExpression: z.string(),
    AuthorizerUri: z.string(),
  });

  test("is there only with an issuer in the settings", () => {
    const apis = (of: SynthesizedStack) => of.all("AWS::ApiGateway::RestApi", z.object({ Name: z.string() }));
    expect(apis(stack).map(({ properties }) => properties.Name)).toEqual(["Latchkey"]);
    expect(apis(withOidc).map(({ properties }) => properties.Name)).toEqual([
      "Latchkey-slack",
      "Latchkey",
      "Latchkey-oidc",
    ]);
    expect(stack.all("AWS::ApiGateway::Authorizer", authorizer)).toEqual([]);
  });

  test("runs its authorizer only for what looks like a token, and keeps its result for a minute at most", () => {
    const [{ properties } = { properties: undefined }] = withOidc.all("AWS::ApiGateway::Authorizer", authorizer);
    expect(properties).toMatchObject({ Type: "TOKEN", IdentitySource: "method.request.header.Authorization" });
    expect(properties?.AuthorizerResultTtlInSeconds).toBeLessThanOrEqual(60);
    expect(properties?.AuthorizerUri).toMatch(/:function:Authorize[0-9A-F]{8}\/invocations$/);
    const form = new RegExp(properties?.IdentityValidationExpression ?? "");
    expect(["Bearer a.b-_.c", "bearer a.b.c"].filter((each) => !form.test(each))).toEqual([]);
    const others = [
      "",
      "a.b.c",
      "Basic a.b.c",
      "Bearer a.b",
      "Bearer a.b.",
      "Bearer a.b.c=",
      "Bearer a.b.c d",
      "Bearer  a.b.c",
    ];
    expect(others.filter((each) => form.test(each))).toEqual([]);
  });

  test("has an authorizer that may do nothing in AWS but write its log", () => {
    const policies = withOidc.all(
      "AWS::IAM::Policy",
      z.object({
        Roles: z.array(z.string()),
        PolicyDocument: z.object({ Statement: z.array(z.object({ Action: z.unknown() })) }),
      }),
    );
    const own = policies.filter(({ properties }) => properties.Roles.some((role) => role.startsWith("AuthorizeRole")));
    const actions = own.flatMap(({ properties }) =>
      properties.PolicyDocument.Statement.flatMap(({ Action }) => Action),
    );
    expect(actions).toEqual(["logs:CreateLogStream", "logs:PutLogEvents"]);
  });

  test.each<[GatewayResponse, number, string, string, Record<string, string>]>([
    [
      "UNAUTHORIZED",
      401,
      "unauthenticated",
      "bearer token is missing, has expired",
      { "WWW-Authenticate": "'Bearer'" },
    ],
    [
      "ACCESS_DENIED",
      403,
      "access-denied",
      "or the network that the request comes from. $context.authorizer.refusal",
      {},
    ],
    ["WAF_FILTERED", 403, "not-invokable", "The web ACL in front of the API has stopped this request", {}],
    ["AUTHORIZER_FAILURE", 503, "upstream-unavailable", "issuer", { "Retry-After": "'2'" }],
    ["AUTHORIZER_CONFIGURATION_ERROR", 503, "upstream-unavailable", "issuer", { "Retry-After": "'2'" }],
    ["THROTTLED", 429, "throttled", "Wait", { "Retry-After": "'1'" }],
  ])("responds to %s with %d %s", (type, status, code, detail, headers) => {
    const [response, ...others] = withOidc
      .all("AWS::ApiGateway::GatewayResponse", gatewayResponse)
      .filter(({ id, properties }) => id.startsWith("OidcApi") && properties.ResponseType === type);
    expect(others).toEqual([]);
    expect(response?.properties.StatusCode).toBe(String(status));
    const document = JSON.parse(response?.properties.ResponseTemplates["application/json"] ?? "{}");
    expect(problemDocument.parse(document)).toMatchObject({ code, detail: expect.stringContaining(detail) });
    for (const [name, value] of Object.entries(headers)) {
      expect(response?.properties.ResponseParameters[`gatewayresponse.header.${name}`]).toBe(value);
    }
  });
});

describe("CORS for the one origin of the setting doors.oidc.corsOrigin", () => {
  const origin = "https://console.example.com";
  const allow = "Access-Control-Allow-Origin";

  test("without the setting no resource of either door names an origin", () => {
    expect(JSON.stringify(stack.resolved)).not.toMatch(/Access-Control|OPTIONS|corsOrigin/);
    const ofIamDoor = Object.entries(withOidc.resolved).filter(([id]) => id.startsWith("Api"));
    expect(JSON.stringify(ofIamDoor)).not.toMatch(/Access-Control|OPTIONS|corsOrigin/);
  });

  test("API Gateway itself answers the preflight of every path, without a token", () => {
    const preflights = Object.entries(deployedMethods(withOidc, "OidcApi")).filter(([name]) =>
      name.startsWith("OPTIONS "),
    );
    expect(Object.fromEntries(preflights)).toEqual(
      Object.fromEntries(["/", ...paths().values()].map((path) => [`OPTIONS ${path}`, ["NONE", "API Gateway"]])),
    );
  });

  test("a preflight's response has the origin, methods and headers, and those of every response", () => {
    const preflight = z.object({
      HttpMethod: z.literal("OPTIONS"),
      Integration: z.object({
        IntegrationResponses: z.tuple([
          z.object({ StatusCode: z.string(), ResponseParameters: z.record(z.string(), z.string()) }),
        ]),
      }),
      MethodResponses: z.tuple([
        z.object({ StatusCode: z.string(), ResponseParameters: z.record(z.string(), z.unknown()) }),
      ]),
    });
    const all = withOidc.all("AWS::ApiGateway::Method", z.unknown()).flatMap(({ properties }) => {
      const { data } = preflight.safeParse(properties);
      return data ? [data] : [];
    });
    expect(all).toHaveLength(paths().size + 1);
    for (const { Integration, MethodResponses } of all) {
      const [{ StatusCode, ResponseParameters }] = Integration.IntegrationResponses;
      expect(StatusCode).toBe("204");
      const headers = Object.entries({ ...preflightHeaders(origin), "X-Request-Id": "" });
      expect(ResponseParameters).toEqual(
        Object.fromEntries(
          headers.map(([name, value]) => [
            `method.response.header.${name}`,
            value === "" ? "context.requestId" : `'${value}'`,
          ]),
        ),
      );
      expect(Object.keys(MethodResponses[0].ResponseParameters)).toEqual(Object.keys(ResponseParameters));
    }
  });

  test("each of API Gateway's own responses at the OIDC door names it, and none at the IAM door", () => {
    const responses = withOidc.all("AWS::ApiGateway::GatewayResponse", gatewayResponse);
    for (const { id, properties } of responses) {
      const found = properties.ResponseParameters[`gatewayresponse.header.${allow}`];
      expect([id, found]).toEqual([id, id.startsWith("OidcApi") ? `'${origin}'` : undefined]);
    }
  });

  test("functions learn it from a variable of the door's stage", () => {
    const stages = withOidc.all("AWS::ApiGateway::Stage", z.object({ Variables: z.unknown().optional() }));
    const variables = stages.map(({ id, properties }) => [id.replace(/Deployment.*/, ""), properties.Variables]);
    expect(Object.fromEntries(variables)).toEqual({
      Api: undefined,
      SlackAppApi: undefined,
      OidcApi: { corsOrigin: origin },
    });
  });
});

describe("API Gateway's own responses", () => {
  const responses = () => stack.all("AWS::ApiGateway::GatewayResponse", gatewayResponse).map((each) => each.properties);

  test("every type has a problem document", () => {
    const types = stack.gatewayResponseTypes;
    expect(types.length).toBeGreaterThan(20);
    expect(
      responses()
        .map((each) => each.ResponseType)
        .sort(),
    ).toEqual([...types].sort());
  });

  test.each(Object.entries(gatewayResponses))("%s is %s, with its status and our headers", (type, code) => {
    const response = responses().find((each) => each.ResponseType === (type as GatewayResponse));
    const kind: { status: number; retryAfter?: number } = problems[code];
    expect(response?.StatusCode).toBe(String(kind.status));
    expect(response?.ResponseParameters).toEqual({
      "gatewayresponse.header.Cache-Control": "'no-store'",
      "gatewayresponse.header.X-Content-Type-Options": "'nosniff'",
      "gatewayresponse.header.Strict-Transport-Security": "'max-age=63072000; includeSubDomains'",
      "gatewayresponse.header.Content-Security-Policy": "'default-src 'none''",
      "gatewayresponse.header.Content-Type": "'application/problem+json'",
      "gatewayresponse.header.X-Request-Id": "context.requestId",
      ...(kind.retryAfter !== undefined && { "gatewayresponse.header.Retry-After": `'${kind.retryAfter}'` }),
    });
    const document = problemDocument.parse(JSON.parse(response?.ResponseTemplates["application/json"] ?? "{}"));
    expect(document).toMatchObject({ code, status: kind.status, requestId: "$context.requestId" });
  });

  test("a caller whom IAM, or a web ACL, does not let invoke the API is not told that policy denies", () => {
    const types: GatewayResponse[] = ["ACCESS_DENIED", "WAF_FILTERED", "INVALID_API_KEY"];
    expect(types.map((type) => gatewayResponses[type])).toEqual(types.map(() => "not-invokable"));
    expect(Object.values(gatewayResponses)).not.toContain("access-denied");
    expect(problems["not-invokable"].detail).toContain("execute-api:Invoke. The API must admit the network");
    expect(gatewayProblem("WAF_FILTERED", "iam").detail).toContain("too many came from this address");
  });
});
