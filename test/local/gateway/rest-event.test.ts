import { describe, expect, test } from "@jest/globals";
import { type AcceptedRequest, restEvent } from "../../../local/gateway/rest-event.ts";

const request: AcceptedRequest = {
  method: "POST",
  target: "/v1/instances/i%2D1/connections?tag.env=a%20b&tag.env=c+d&limit=2",
  rawHeaders: ["Host", "127.0.0.1:8080", "content-TYPE", "application/json", "X-One", "1", "X-One", "2"],
  body: Buffer.from('{"reason": "grüße"}'),
  sourceIp: "127.0.0.1",
  resource: "/v1/instances/{instanceId}/connections",
  pathParameters: { instanceId: "i%2D1" },
  requestId: "9f0b7f0e-0000-4000-8000-000000000000",
  userArn: "arn:aws:sts::111122223333:assumed-role/Engineer/alice",
  now: new Date("2026-01-02T03:04:05Z"),
};

describe("the event that a REST API makes", () => {
  const event = restEvent(request);

  test("path and path parameters stay percent-encoded", () => {
    expect(event).toMatchObject({ path: "/v1/instances/i%2D1/connections", pathParameters: { instanceId: "i%2D1" } });
  });

  test("query parameters are decoded; the last value stands alone, all of them in the multi-value form", () => {
    expect(event.queryStringParameters).toEqual({ "tag.env": "c d", limit: "2" });
    expect(event.multiValueQueryStringParameters).toEqual({ "tag.env": ["a b", "c d"], limit: ["2"] });
  });

  test("header names keep the case they came in", () => {
    expect(event.headers).toEqual({ Host: "127.0.0.1:8080", "content-TYPE": "application/json", "X-One": "2" });
    expect(event.multiValueHeaders["X-One"]).toEqual(["1", "2"]);
  });

  test("the body is text, and says so", () => {
    expect(event).toMatchObject({ body: '{"reason": "grüße"}', isBase64Encoded: false });
  });

  test("who signed stands in the request context", () => {
    expect(event.requestContext).toMatchObject({
      requestId: request.requestId,
      identity: { userArn: request.userArn },
    });
  });

  test("an absent part of a request is null in the event", () => {
    const bare = restEvent({
      ...request,
      target: "/v1/health",
      pathParameters: null,
      body: Buffer.alloc(0),
      userArn: null,
    });
    expect(bare).toMatchObject({
      body: null,
      pathParameters: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      requestContext: { identity: { userArn: null, accountId: null } },
    });
  });
});
