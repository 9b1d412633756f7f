import { request } from "node:http";
import { afterAll, describe, expect, test } from "@jest/globals";
import { accessRequest } from "../../contract/access-request.ts";
import { caller } from "../../contract/caller.ts";
import { instance, instancePage } from "../../contract/instance.ts";
import { type ApiCall, callApi, fleet } from "../support/api-client.ts";
import { signRequest } from "../support/sigv4-signer.ts";
import { run } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { SigningKey, TokenIssuer } from "../support/token-issuer.ts";

const securityHeaders = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "strict-transport-security": expect.stringMatching(/^max-age=/),
  "content-security-policy": "default-src 'none'",
  "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
};

const key = new SigningKey("one");
const issuer = new TokenIssuer(key);
await issuer.start();
afterAll(() => issuer.stop());

/** An access token as the local stack's OpenID provider makes it. */
const tokenOf = (sub: string, more: Readonly<Record<string, unknown>> = {}) =>
  key.sign({
    ...{ iss: issuer.url, aud: "urn:latchkey:api", sub, client_id: "latchkey-cli", groups: ["Engineer"] },
    ...{ exp: Math.floor(Date.now() / 1000) + 300, ...more },
  });

describe("the front doors", () => {
  const local = useLocalStack({ openIdProvider: { issuer: issuer.url, jwksUri: `${issuer.url}/jwks` } });
  const call = (options: ApiCall) => callApi(local.stack.url, options);

  test.each<[string, ApiCall, number, string]>([
    ["nothing signed", { path: "/v1/whoami" }, 401, "unauthenticated"],
    ["nothing signed, to a path that is not there", { path: "/v1/nothing" }, 401, "unauthenticated"],
    ["a caller that is not known", { path: "/v1/whoami", as: "mallory" }, 403, "invalid-signature"],
    ["a caller whom IAM does not let invoke the API", { path: "/v1/whoami", as: "ivan" }, 403, "not-invokable"],
    ["the same at a path that is not there", { path: "/v1/nothing", as: "ivan" }, 403, "not-invokable"],
    ["a path that is not there", { path: "/v1/nothing", as: "alice" }, 404, "not-found"],
    ["the root", { path: "/", as: "alice" }, 404, "not-found"],
    [
      "a method that the path does not have",
      { method: "DELETE", path: "/v1/whoami", as: "alice" },
      405,
      "method-not-allowed",
    ],
    [
      "GET where only POST is",
      { path: `/v1/instances/${fleet.web1}/connections`, as: "alice" },
      405,
      "method-not-allowed",
    ],
    ["an id that no instance can have", { path: "/v1/instances/i-123", as: "alice" }, 400, "invalid-request"],
    ["a query parameter that is not known", { path: "/v1/whoami?verbose=1", as: "alice" }, 400, "invalid-request"],
  ])("%s is refused", async (_, options, status, code) => {
    const response = await call(options);
    expect(response).toMatchObject({ status, body: { code, status, requestId: response.headers.get("x-request-id") } });
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(Object.fromEntries(response.headers)).toMatchObject(securityHeaders);
  });

  const callWith = (token: string, options: ApiCall) =>
    callApi(local.stack.oidcUrl ?? "", {
      ...options,
      headers: { ...options.headers, Authorization: `Bearer ${token}` },
    });

  test.each<[string, Readonly<Record<string, string>>]>([
    ["nothing", {}],
    ["other text", { Authorization: "Bearer alice" }],
    ["an expired token", { Authorization: `Bearer ${tokenOf("alice", { exp: 1 })}` }],
    ["a token of another key", { Authorization: `Bearer ${new SigningKey("two").sign({ iss: issuer.url })}` }],
  ])("at the OIDC door a request with %s is a 401 that asks for a token", async (_, headers) => {
    const response = await callApi(local.stack.oidcUrl ?? "", { path: "/v1/nothing", headers });
    expect(response).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(Object.fromEntries(response.headers)).toMatchObject(securityHeaders);
  });

  test("at the OIDC door a signature of AWS is a 401", async () => {
    expect(await callApi(local.stack.oidcUrl ?? "", { path: "/v1/whoami", as: "alice" })).toMatchObject({
      status: 401,
    });
  });

  test("at the OIDC door the caller of a valid token that no mapping takes is a 403 that says why", async () => {
    expect(await callWith(tokenOf("alice", { client_id: "game" }), { path: "/v1/whoami" })).toMatchObject({
      status: 403,
      body: { code: "access-denied", detail: expect.stringContaining("No mapping of the issuer matches the token") },
    });
  });

  test("at the OIDC door health needs no token, and other paths and methods get our own responses", async () => {
    expect(await callApi(local.stack.oidcUrl ?? "", { path: "/v1/health" })).toMatchObject({ status: 200 });
    expect(await callWith(tokenOf("alice"), { path: "/v1/nothing" })).toMatchObject({ status: 404 });
    expect(await callWith(tokenOf("alice"), { method: "PUT", path: "/v1/whoami" })).toMatchObject({ status: 405 });
  });

  test("a machine's token is a machine, with the claims of its mapping in its id", async () => {
    const response = await callWith(tokenOf("ci-robot", { client_id: "ci-robot" }), { path: "/v1/whoami" });
    expect(caller.strict().parse(response.body)).toEqual({
      ...{ id: "local/ci/ci-robot", kind: "machine", groups: [], frontDoor: "oidc", sources: [] },
    });
  });

  test("alice is one person at both doors: she cannot review her own request at the other, nor make it twice, and the trail names her once", async () => {
    const whoami = { path: "/v1/whoami" };
    const [bySignature, byToken] = [await call({ ...whoami, as: "alice" }), await callWith(tokenOf("alice"), whoami)];
    expect(caller.strict().parse(byToken.body)).toEqual({
      ...caller.parse(bySignature.body),
      ...{ frontDoor: "oidc", sources: ["local:Engineer"] },
    });

    const asked = { instanceId: fleet.prod1, osUser: "ec2-user", durationSeconds: 600, reason: "To try both doors" };
    const headers = { "Idempotency-Key": "both-doors-0123456789" };
    const creation = { method: "POST", path: "/v1/access-requests", body: asked, headers };
    const created = await call({ ...creation, as: "alice" });
    const { id } = accessRequest.parse(created.body);
    expect(await callWith(tokenOf("alice"), creation)).toMatchObject({ status: 201, body: { id } });
    const review = { method: "POST", path: `/v1/access-requests/${id}/reviews`, body: { decision: "approve" } };
    const onCall = { groups: ["OnCall"] };
    expect(await callWith(tokenOf("alice", onCall), review)).toMatchObject({
      status: 403,
      body: { code: "self-review" },
    });
    expect(await callWith(tokenOf("bob", onCall), review)).toMatchObject({ status: 201, body: { status: "active" } });
    expect(await call({ ...review, as: "bob" })).toMatchObject({ status: 409 });

    const both = { groups: ["Engineer", "OnCall"] };
    const bobs = await callWith(tokenOf("bob", both), { ...creation, headers: {} });
    const own = { ...review, path: `/v1/access-requests/${accessRequest.parse(bobs.body).id}/reviews`, as: "bob" };
    expect(await call(own)).toMatchObject({ status: 403, body: { code: "self-review" } });

    await local.stack.settled();
    const events = local.stack.busEvents.filter(({ data }) => data.accessRequestId === id);
    expect(new Set(events.map(({ data }) => data.actor))).toEqual(new Set(["alice", "bob"]));
  });

  test("a wrong signature is rejected, and the response does not say what was signed", async () => {
    const url = `${local.stack.url}/v1/whoami`;
    const scope = { service: "execute-api", region: "us-east-1", now: new Date() };
    const { host: _, ...headers } = await signRequest({
      method: "GET",
      url,
      accessKeyId: "alice",
      secretAccessKey: "bob",
      ...scope,
    });
    const response = await fetch(url, { headers });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      code: "invalid-signature",
      detail: expect.stringContaining("Sort query parameters"),
    });
  });

  test("405 names the allowed methods", async () => {
    const response = await call({ method: "PUT", path: `/v1/instances/${fleet.web1}`, as: "alice" });
    expect(response.headers.get("allow")).toBe("GET");
  });

  test("a foreign Host is rejected in an otherwise valid request", async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { host: "evil.example" };
      request(`${local.stack.url}/v1/health`, { headers }, (response) => resolve(response.resume().statusCode))
        .once("error", reject)
        .end();
    });
    expect(status).toBe(403);
  });

  test("health needs no signature, and no permission", async () => {
    expect(await call({ path: "/v1/health" })).toMatchObject({ status: 200, body: { status: "ok" } });
  });

  test.each([
    [
      "alice",
      { id: "alice", kind: "person", groups: ["Engineer"], frontDoor: "iam", sources: ["iam:111122223333/Engineer"] },
    ],
    ["bob", { id: "bob", kind: "person", groups: ["OnCall"], frontDoor: "iam", sources: ["iam:111122223333/OnCall"] }],
    [
      "chatbot",
      {
        id: "111122223333/ChatBot",
        kind: "machine",
        groups: ["ChatBot"],
        frontDoor: "iam",
        sources: ["iam:111122223333/ChatBot"],
      },
    ],
  ])("whoami returns who %s is", async (as, expected) => {
    const response = await call({ path: "/v1/whoami", as });
    expect(caller.strict().parse(response.body)).toEqual(expected);
  });

  /** By name, over both targets. */
  const seen = ["db-1", "eu-1", "legacy-1", "old-1", "prod-1", "v6-1", "web-1"];

  test("a list has only what the caller may view", async () => {
    const names = async (as: string) =>
      instancePage.parse((await call({ path: "/v1/instances", as })).body).items.map(({ name }) => name);
    expect(await names("alice")).toEqual(seen);
    expect(await names("chatbot")).toEqual(seen);
    expect(await names("carol")).toEqual([]);
  });

  test.each([
    ["name=web-1", ["web-1"]],
    ["name=web-%2A", []],
    ["tag.env=prod", ["prod-1"]],
    ["name=db-1&tag.env=dev", ["db-1"]],
    ["tag.env=restricted", []],
    ["accountId=111122223333&name=web-1", ["web-1"]],
    ["accountId=444455556666", ["eu-1"]],
    ["region=eu-west-1", ["eu-1"]],
    ["accountId=111122223333&region=eu-west-1", []],
    ["accountId=777788889999", []],
  ])("the list for %s", async (query, expected) => {
    const response = await call({ path: `/v1/instances?${query}`, as: "alice" });
    expect(instancePage.parse(response.body).items.map(({ name }) => name)).toEqual(expected);
  });

  test("a cursor leads to the next page of a list", async () => {
    const walked: (string | undefined)[] = [];
    let cursor = "";
    do {
      const { body } = await call({ path: `/v1/instances?${cursor}limit=2`, as: "alice" });
      const { items, nextCursor } = instancePage.parse(body);
      expect(items.length).toBeLessThanOrEqual(2);
      walked.push(...items.map(({ name }) => name));
      cursor = nextCursor ? `cursor=${nextCursor}&` : "";
    } while (cursor);
    expect(walked).toEqual(seen);
  });

  test("an instance says how it can be reached, or why not", async () => {
    const response = await call({ path: `/v1/instances/${fleet.legacy1}`, as: "alice" });
    expect(instance.strict().parse(response.body)).toMatchObject({
      name: "legacy-1",
      connectionOptions: [
        { connectionType: "direct", host: "127.0.0.1", usable: true },
        { connectionType: "eice", usable: false, reason: expect.stringContaining("private IPv4") },
      ],
      hostKeys: [{ type: "ssh-ed25519", source: "console", trust: "medium" }],
    });
  });

  test("curl can sign a request", async () => {
    const signing = ["--aws-sigv4", "aws:amz:us-east-1:execute-api", "--user", "alice:alice"];
    const { stdout } = await run("curl", ["--silent", ...signing, `${local.stack.url}/v1/whoami`]);
    expect(JSON.parse(stdout)).toMatchObject({ id: "alice" });
  });
});
