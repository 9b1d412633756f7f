import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { routeNames, routes } from "../../contract/routes.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting } from "../support/template-settings.ts";

const stage = z.object({
  AccessLogSetting: z.strictObject({ DestinationArn: z.string(), Format: z.string() }),
  MethodSettings: z.array(z.looseObject({})),
});

const stack = synthesize({});
const withEverySetting = synthesize(everySetting);

function theStage(of = stack, api = "Api") {
  const stages = of.all("AWS::ApiGateway::Stage", stage).map(({ properties }) => properties);
  const [found, ...others] = stages.filter((each) => each.AccessLogSetting.DestinationArn.includes(`:${api}AccessLog`));
  if (!found || others.length > 0) throw new Error("There is to be one stage for each door, with a log of its own");
  return found;
}

describe("the access log", () => {
  test("is the API's own, and its lines are JSON with these facts alone", () => {
    const { DestinationArn, Format } = theStage().AccessLogSetting;
    expect(DestinationArn).toMatch(/^arn:aws:logs:us-east-1:111122223333:log-group:ApiAccessLog[0-9A-F]{8}$/);
    expect(JSON.parse(Format)).toEqual({
      requestId: "$context.requestId",
      lambdaRequestId: "$context.integration.requestId",
      requestTimeEpoch: "$context.requestTimeEpoch",
      caller: "$context.identity.userArn",
      sourceIp: "$context.identity.sourceIp",
      method: "$context.httpMethod",
      resourcePath: "$context.resourcePath",
      status: "$context.status",
      integrationStatus: "$context.integration.status",
      errorType: "$context.error.responseType",
      latency: "$context.responseLatency",
      integrationLatency: "$context.integration.latency",
    });
  });

  test("has the same facts at each door", () => {
    const [{ Format }, other] = [theStage().AccessLogSetting, theStage(withEverySetting, "OidcApi").AccessLogSetting];
    expect(other.Format).toBe(Format);
  });

  test.each([
    ["the path as it was sent", /context\.path\b/],
    ["the query", /query/i],
    ["a header", /header|userAgent/i],
    ["the words of an error, which quote what was signed", /message|validationErrorString/i],
    ["a claim of a token", /authorizer|claims/i],
  ])("never has %s", (_, form) => {
    expect(theStage().AccessLogSetting.Format).not.toMatch(form);
  });
});

describe("every method", () => {
  test("is measured and throttled, and nothing of its requests is traced", () => {
    const [ofAll] = theStage().MethodSettings;
    expect(ofAll).toEqual({
      HttpMethod: "*",
      ResourcePath: "/*",
      DataTraceEnabled: false,
      LoggingLevel: "OFF",
      MetricsEnabled: true,
      ThrottlingBurstLimit: 100,
      ThrottlingRateLimit: 20,
    });
  });

  test.each([
    ["Api", ["createConnection 30 3"]],
    ["OidcApi", ["whoAmI 5 1", "health 2 1"]],
  ])("is throttled as the settings of its door say: %s", (api, ofRoutes) => {
    const usual = ["getAccessRequest 20 4", "health 10 5", "openApi 10 5"];
    const named = ({
      HttpMethod,
      ResourcePath,
      ThrottlingBurstLimit,
      ThrottlingRateLimit,
    }: Record<string, unknown>) => {
      const path = String(ResourcePath).slice(1).replaceAll("~1", "/");
      const name = routeNames.find((each) => routes[each].path === path && routes[each].method === HttpMethod);
      return `${name ?? HttpMethod} ${ThrottlingBurstLimit} ${ThrottlingRateLimit}`;
    };
    const expected = new Map(["* 50 10", ...usual, ...ofRoutes].map((text) => [text.split(" ")[0], text]));
    const [ofAll, ...others] = theStage(withEverySetting, api).MethodSettings;
    expect([ofAll ?? {}, ...others].map(named).sort()).toEqual([...expected.values()].sort());
    for (const each of others)
      expect(each).toMatchObject({ DataTraceEnabled: false, LoggingLevel: "OFF", MetricsEnabled: true });
  });

  test("is throttled by settings of its own where responses are held back, and no setting of the stage's is lost there", () => {
    expect(everySetting.waitThrottle).toEqual({ burst: 20, perSecond: 4 });
    const [ofAll, ofWaiting] = theStage(withEverySetting).MethodSettings;
    expect(ofWaiting).toEqual({
      ...ofAll,
      HttpMethod: "GET",
      ResourcePath: "/~1v1~1access-requests~1{id}",
      ThrottlingBurstLimit: 20,
      ThrottlingRateLimit: 4,
    });
  });

  test("is throttled by settings of its own if strangers may call it", () => {
    const open = Object.values(routes).filter(({ authentication }) => authentication === "none");
    expect(open.map(({ path }) => path)).toEqual(["/v1/health", "/v1/openapi.json"]);
    const [ofAll] = theStage().MethodSettings;
    for (const { path, method } of open) {
      expect(theStage().MethodSettings).toContainEqual({
        ...ofAll,
        HttpMethod: method,
        ResourcePath: `/${path.replaceAll("/", "~1")}`,
        ThrottlingBurstLimit: 10,
        ThrottlingRateLimit: 5,
      });
    }
  });
});

test("the API has the stack's name, so that two stacks in one account do not mix their metrics", () => {
  const [api] = stack.all("AWS::ApiGateway::RestApi", z.looseObject({ Name: z.string() }));
  expect(api?.properties.Name).toBe(stack.stackName);
});
