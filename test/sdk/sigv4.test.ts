import { describe, expect, test } from "@jest/globals";
import { nodeCrypto } from "../../client/api/node-crypto.ts";
import { verifySignature } from "../../local/aws/sigv4.ts";
import { signedHeaders } from "../../sdk/sigv4.ts";
import { webCrypto } from "../../sdk/web-crypto.ts";

const body = '{"instanceId":"i-0123456789abcdef0"}';

/** From AWS's own test suite (aws-c-auth, tests/aws-signing-test-suite/v4). */
describe.each([
  ["WebCrypto", webCrypto],
  ["Node's crypto", nodeCrypto],
])("AWS's golden signatures, by %s", (_, crypto) => {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
  const scope = { region: "us-east-1", service: "service", now: new Date("2015-08-30T12:36:00Z"), crypto };
  const token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";

  test.each([
    ["get-vanilla", "/", undefined, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    [
      "get-vanilla-query-order-key-case",
      "/?Param2=value2&Param1=value1",
      undefined,
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ],
    [
      "get-vanilla-query-order-encoded",
      "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
      undefined,
      "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
    ],
    [
      "get-vanilla-utf8-query",
      "/?%E1%88%B4=bar",
      undefined,
      "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
    ],
    ["get-vanilla-with-session-token", "/", token, "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"],
  ])("%s", async (_, target, sessionToken, signature) => {
    const request = { method: "GET", url: new URL(`https://example.amazonaws.com${target}`), body: "" };
    const { authorization } = await signedHeaders(request, { ...credentials, sessionToken }, scope);
    expect(authorization).toMatch(new RegExp(`Signature=${signature}$`));
  });
});

describe("the local stack, which accepts what the AWS SDK signs, accepts", () => {
  const scope = {
    region: "eu-north-1",
    service: "execute-api",
    now: new Date("2026-01-02T03:04:05Z"),
    crypto: webCrypto,
  };
  const credentials = {
    accessKeyId: "ASIALATCHKEY",
    secretAccessKey: "temporary",
    sessionToken: "token/of+the=session",
  };

  test.each([
    ["a bare path", "GET", "/v1/whoami", ""],
    ["a stage", "GET", "/live/v1/whoami", ""],
    ["an escaped path, which is escaped once more", "GET", "/v1/access-requests/a%20b%2Fc%3A", ""],
    ["a path of characters that must be escaped", "GET", "/v1/a:b@c/d+e,f;g=h(i)*'!", ""],
    ["a query out of order", "GET", "/v1/instances?tag.env=dev&limit=5", ""],
    ["a name that is the beginning of another", "GET", "/v1/instances?tag-b=1&tag.b=2&tag=3", ""],
    ["a name given twice", "GET", "/v1/instances?tag=b&tag=a", ""],
    ["UTF-8 and what JavaScript leaves alone", "GET", "/v1/instances?tag.%C3%A9=(it's)*!~", ""],
    ["a space", "GET", "/v1/instances?name=a%20b", ""],
    ["a body", "POST", "/v1/decisions", body],
  ])("%s", async (_, method, target, sent) => {
    const url = new URL(`https://abc.execute-api.eu-north-1.amazonaws.com${target}`);
    const ours = await signedHeaders({ method, url, body: sent }, credentials, scope);
    const request = {
      method,
      target: url.pathname + url.search,
      headers: { ...ours, host: url.host },
      body: new TextEncoder().encode(sent),
    };
    expect(verifySignature(request, scope, () => credentials, scope.now)).toMatchObject({ kind: "verified" });
  });
});
