import { describe, expect, test } from "@jest/globals";
import { signedHeaders } from "../../../lambda/aws/sigv4.ts";
import { verifySignature } from "../../../local/aws/sigv4.ts";

/** From AWS's own test suite (aws-c-auth, tests/aws-signing-test-suite/v4). */
describe("AWS's golden signatures", () => {
  const scope = { region: "us-east-1", service: "service" };
  const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
  const token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
  const form = { "content-type": "application/x-www-form-urlencoded" };

  test.each<
    [
      name: string,
      request: { method?: string; headers?: Record<string, string>; body?: string; sessionToken?: string },
      signature: string,
    ]
  >([
    ["get-vanilla", {}, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    [
      "get-vanilla-with-session-token",
      { sessionToken: token },
      "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
    ],
    [
      "get-header-value-trim",
      { headers: { "my-header1": " value1", "my-header2": ' "a   b   c"' } },
      "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ],
    ["post-vanilla", { method: "POST" }, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
    [
      "post-header-key-sort",
      { method: "POST", headers: { "my-header1": "value1" } },
      "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
    ],
    [
      "post-x-www-form-urlencoded",
      { method: "POST", headers: form, body: "Param1=value1" },
      "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ],
  ])("%s", (_, { method = "GET", headers, body = "", sessionToken }, signature) => {
    const request = { method, path: "/", headers: { host: "example.amazonaws.com", ...headers }, body };
    const session = { ...keys, ...(sessionToken && { sessionToken }) };
    const { authorization } = signedHeaders(request, session, scope, new Date("2015-08-30T12:36:00Z"));
    expect(authorization).toMatch(new RegExp(`Signature=${signature}$`));
  });
});

describe("a signing key", () => {
  const now = new Date("2026-01-02T03:04:05Z");
  const request = { method: "POST", path: "/", headers: { host: "ec2.us-east-1.amazonaws.com" }, body: "body" };
  const one = { accessKeyId: "AKID", secretAccessKey: "secret" };
  const scope = { region: "us-east-1", service: "ec2" };
  const verify = (signedBy: typeof one, { region, service }: typeof scope, at: Date) => {
    const headers = signedHeaders(request, signedBy, { region, service }, at);
    const sent = { method: "POST", target: "/", headers, body: new TextEncoder().encode("body") };
    return verifySignature(sent, { region, service }, () => signedBy, at).kind;
  };

  test.each<[sentence: string, keys: typeof one, scope: typeof scope, now: Date]>([
    ["the same session again", one, scope, now],
    ["another region", one, { ...scope, region: "eu-north-1" }, now],
    ["another service", one, { ...scope, service: "sts" }, now],
    ["the next day", one, scope, new Date("2026-01-03T00:00:00Z")],
    ["a session with the same id and another secret", { ...one, secretAccessKey: "other" }, scope, now],
  ])("that is kept serves no other call than its own: %s", (_, keys, ofCall, at) => {
    expect(verify(one, scope, now)).toBe("verified");
    expect(verify(keys, ofCall, at)).toBe("verified");
  });
});
