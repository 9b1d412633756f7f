import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { startSlackGateway } from "../../../local/gateway/slack-gateway.ts";
import type { RunningServer } from "../../../local/shared/loopback-server.ts";

/** What the functions were invoked with, by name, and what Slack was told. */
let invoked: [name: string, event: APIGatewayProxyEvent][];
let told: string[];
let gateway: RunningServer;
beforeEach(async () => {
  [invoked, told] = [[], []];
  const functionNamed = (name: string) => ({
    async invoke(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
      invoked.push([name, event]);
      return { statusCode: 200, multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] }, body: name };
    },
    stop: async () => {},
  });
  const functions = { slack: functionNamed("slack"), link: functionNamed("link") };
  gateway = await startSlackGateway(
    0,
    () => functions,
    (body) => told.push(body),
  );
});
afterEach(() => gateway.stop());

const send = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${gateway.port}${path}`, init);

test("a request to the app reaches its function as it was sent, and Slack is told what it has sent", async () => {
  const headers = { "Content-Type": "application/x-www-form-urlencoded", "X-Slack-Signature": "v0=1" };
  const response = await send("/slack", { method: "POST", headers, body: "text=%2B+a&text=b" });
  expect(await response.text()).toBe("slack");
  const [name, event] = invoked[0] ?? [];
  expect(name).toBe("slack");
  expect(event).toMatchObject({ resource: "/slack", body: "text=%2B+a&text=b", isBase64Encoded: false });
  expect(event?.headers).toMatchObject({ "X-Slack-Signature": "v0=1" });
  expect(told).toEqual(["text=%2B+a&text=b"]);
});

test.each(["/link", "/link/company?code=c&state=s", "/link/slack?code=c"])(
  "a browser's GET %s reaches the pages",
  async (path) => {
    const response = await send(path);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(invoked.map(([name]) => name)).toEqual(["link"]);
    expect(told).toEqual([]);
  },
);

describe("no function is invoked", () => {
  test.each([
    ["for another path", "/", {}],
    ["for another method", "/slack", {}],
    ["for a path below one of the app's", "/slack/elsewhere", { method: "POST" }],
    ["for the API's own routes", "/v1/whoami", {}],
  ])("%s", async (_, path, init) => {
    const response = await send(path, init);
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ message: "Missing Authentication Token" });
    expect(invoked).toEqual([]);
  });
});
