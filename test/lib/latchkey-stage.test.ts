import { beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { type SynthesizedStack, synthesize } from "../support/synthesized-stack.ts";

const stage = z.object({
  AccessLogSetting: z.strictObject({ DestinationArn: z.string(), Format: z.string() }),
  MethodSettings: z.array(z.looseObject({})),
});

let stack: SynthesizedStack;
beforeAll(() => {
  stack = synthesize({});
}, 60_000);

function theStage(of = stack) {
  const [found, ...others] = of.all("AWS::ApiGateway::Stage", stage);
  if (!found || others.length > 0) throw new Error("There is to be one stage");
  return found.properties;
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

  test("is throttled as the settings say", () => {
    const throttled = synthesize({ stageThrottle: { burst: 5, perSecond: 1.5 } });
    expect(theStage(throttled).MethodSettings).toMatchObject([
      { HttpMethod: "*", ThrottlingBurstLimit: 5, ThrottlingRateLimit: 1.5 },
      { HttpMethod: "GET", ThrottlingBurstLimit: 40, ThrottlingRateLimit: 8 },
    ]);
  });

  test("is throttled by settings of its own where answers are held back, and no setting of the stage's is lost there", () => {
    const throttled = synthesize({ waitThrottle: { burst: 3, perSecond: 2 } });
    const [ofAll, ofWaiting] = theStage(throttled).MethodSettings;
    expect(ofWaiting).toEqual({
      ...ofAll,
      HttpMethod: "GET",
      ResourcePath: "/~1v1~1access-requests~1{id}",
      ThrottlingBurstLimit: 3,
      ThrottlingRateLimit: 2,
    });
  });
});
