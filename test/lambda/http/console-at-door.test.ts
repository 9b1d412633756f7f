import { describe, expect, test } from "@jest/globals";
import { consoleConfig } from "../../../contract/console.ts";
import { consoleAtDoor } from "../../../lambda/http/console-at-door.ts";
import { restEvent } from "../../support/rest-event.ts";

const config = { issuer: "https://login.example.com", clientId: "console", scope: "openid", terminal: true };
const files = new Map([
  ["index.html", "<!doctype html>"],
  ["assets/main-ABCD.js", "run()"],
]);
const serve = consoleAtDoor({ files, config, headers: { "X-Frame-Options": "DENY" } });

/** @param path as the browser asked for it, with the stage. */
function get(path: string, host = "latchkey.example.com") {
  const [, proxy] = /\/console\/(.+)$/.exec(path) ?? [];
  const event = restEvent({
    resource: proxy === undefined ? "/console" : "/console/{proxy+}",
    ...(proxy !== undefined && { pathParameters: { proxy } }),
    headers: { Host: [host] },
    userArn: null,
  });
  return serve({ ...event, requestContext: { ...event.requestContext, path } });
}

describe("the console at a front door", () => {
  test.each([
    ["the page", "/live/console/", "no-cache", "text/html; charset=utf-8", "<!doctype html>"],
    ["the page by its name", "/live/console/index.html", "no-cache", "text/html; charset=utf-8", "<!doctype html>"],
    [
      "a part, which never changes under its name",
      "/live/console/assets/main-ABCD.js",
      "public, max-age=31536000, immutable",
      "text/javascript; charset=utf-8",
      "run()",
    ],
  ])("serves %s", async (_, path, caching, type, body) => {
    expect(await get(path)).toEqual({
      statusCode: 200,
      headers: { "X-Frame-Options": "DENY", "Cache-Control": caching, "Content-Type": type },
      body,
    });
  });

  test.each([
    ["with a stage", "/live/console", "/live/console/"],
    ["under a domain", "/console", "/console/"],
  ])("leads to its URL with a slash, to which the page's URLs are relative: %s", async (_, path, location) => {
    expect(await get(path)).toMatchObject({ statusCode: 308, headers: { Location: location } });
  });

  test.each([
    ["under a domain", "latchkey.example.com", "/console/config.json", "https://latchkey.example.com/"],
    [
      "by the name of the VPC endpoint that the browser has used",
      "a1b2c3d4e5-vpce-0a1b2c3d.execute-api.us-east-1.amazonaws.com",
      "/live/console/config.json",
      "https://a1b2c3d4e5-vpce-0a1b2c3d.execute-api.us-east-1.amazonaws.com/live/",
    ],
  ])("says that the API is where it is itself: %s", async (_, host, path, api) => {
    const { body, headers } = await get(path, host);
    expect(consoleConfig.parse(JSON.parse(body))).toEqual({ api, ...config });
    expect(headers).toMatchObject({ "Cache-Control": "no-cache", "Content-Type": "application/json" });
  });

  test.each(["/live/console/other", "/live/console/../index.html", "/live/console/assets/", "/live/console/%2e%2e/x"])(
    "has nothing at %s, and says so with the same headers",
    async (path) => {
      expect(await get(path)).toMatchObject({
        statusCode: 404,
        headers: { "X-Frame-Options": "DENY", "Cache-Control": "no-store" },
        body: "Not found\n",
      });
    },
  );
});
