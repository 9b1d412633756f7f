import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from "aws-lambda";
import { codeFile } from "../../lambda/loader/bytecode.ts";
import { settingsFile } from "../../lambda/shared/settings-file.ts";
import { bundleOf } from "../../lib/function-bundles.ts";
import { SigningKey, TokenIssuer, tokenOf } from "../support/token-issuer.ts";
import { testBundles } from "./build-bundles.ts";

type Handler = (event: APIGatewayTokenAuthorizerEvent) => Promise<APIGatewayAuthorizerResult>;

const key = new SigningKey("one");
const strangersKey = new SigningKey("one");
const issuer = new TokenIssuer(key);
const othersKey = new SigningKey("two");
const inlineKey = new SigningKey("three");
const other = new TokenIssuer();
const directory = mkdtempSync(path.join(tmpdir(), "latchkey-"));
beforeAll(() => Promise.all([issuer.start(), other.start()]));
afterAll(async () => {
  await Promise.all([issuer.stop(), other.stop()]);
  rmSync(directory, { recursive: true });
});

let ahead = 0;
let lines: string[];
let authorize: Handler;
const { now: realNow } = Date;
beforeEach(() => {
  ahead = 0;
  lines = [];
  issuer.fetches = 0;
  other.fetches = 0;
  issuer.respond = undefined;
  issuer.keys = [key.jwk];
  other.keys = [othersKey.jwk];
  jest.spyOn(Date, "now").mockImplementation(() => realNow() + ahead * 1000);
  jest.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  authorize = freshFunction();
});
afterEach(() => void jest.restoreAllMocks());

let functions = 0;

/** The authorizer's bundle, as a new execution environment of Lambda loads it. */
function freshFunction(of: object = settings()): Handler {
  functions += 1;
  const task = path.join(directory, String(functions));
  mkdirSync(task);
  // Without its loader, which would run it outside of this test's clock and console.
  const code = readFileSync(path.join(bundleOf(testBundles, "authorize"), codeFile), "utf8");
  writeFileSync(path.join(task, "index.cjs"), `${code}(exports, require, module, __filename, __dirname);`);
  writeFileSync(path.join(task, settingsFile), JSON.stringify(of));
  process.env["LAMBDA_TASK_ROOT"] = task;
  const require = createRequire(import.meta.url);
  return require(path.join(task, "index.cjs")).handler;
}

const issuerSettings = (of: TokenIssuer, name: string) => ({
  ...{ name, issuer: of.url, jwksUri: `${of.url}/jwks`, audience: "urn:latchkey:api", algorithm: "ES256" },
});
const settings = () => ({
  identities: {
    iam: { people: [] },
    oidc: [
      {
        ...issuerSettings(issuer, "corp"),
        tokenType: "at+jwt",
        clientIds: ["cli", "robot", "both"],
        people: { id: "sub", idPattern: "a*", groups: "groups", require: { client_id: ["cli", "both"] } },
        machines: [{ name: "robots", id: ["sub"], require: { client_id: ["robot", "both"] }, groups: [] }],
      },
      { ...issuerSettings(other, "partner"), people: { id: "email", idPattern: "*" } },
      {
        ...{ name: "isolated", issuer: "https://isolated.example", audience: "urn:latchkey:api", algorithm: "ES256" },
        ...{ jwks: { keys: [inlineKey.jwk] }, people: { id: "sub", idPattern: "i*" } },
      },
    ],
  },
  groups: { Engineer: ["corp:engineering"] },
});

const seconds = () => Math.floor(Date.now() / 1000);
const claims = (more: Readonly<Record<string, unknown>> = {}) => ({
  iss: issuer.url,
  aud: "urn:latchkey:api",
  sub: "alice",
  client_id: "cli",
  groups: ["engineering"],
  iat: seconds(),
  exp: seconds() + 300,
  ...more,
});
const header = { alg: "ES256", kid: "one", typ: "at+jwt" };
/** @param sub in Latin-1. */
const claimsInBytes = (sub: string) => Buffer.from(JSON.stringify(claims({ sub })), "latin1");

const api = "arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/live";
const callWith = (authorizationToken: string, by = authorize) =>
  by({ type: "TOKEN", authorizationToken, methodArn: `${api}/GET/v1/whoami` });
const call = (token: string, by = authorize) => callWith(`Bearer ${token}`, by);
const effectOf = (result: APIGatewayAuthorizerResult) => result.policyDocument.Statement[0]?.Effect;

describe("401 for a token", () => {
  test.each<[sentence: string, token: () => string, fault: string]>([
    ["with alg none", () => tokenOf({ ...header, alg: "none" }, claims(), () => Buffer.from("x")), "other-algorithm"],
    ["with alg none and no signature", () => tokenOf({ alg: "none" }, claims(), () => Buffer.alloc(0)), "malformed"],
    [
      "with HS256 under the public key",
      () => {
        const secret = key.publicKey.export({ type: "spki", format: "pem" });
        return tokenOf({ ...header, alg: "HS256" }, claims(), (input) =>
          createHmac("sha256", secret).update(input).digest(),
        );
      },
      "other-algorithm",
    ],
    [
      "with an algorithm that is not the issuer's one",
      () => key.sign(claims(), { ...header, alg: "ES384" }),
      "other-algorithm",
    ],
    ["of another issuer", () => key.sign(claims({ iss: "https://evil.example" })), "other-issuer"],
    ["of an issuer in a list", () => key.sign(claims({ iss: [issuer.url] })), "other-issuer"],
    ["of one issuer under the name of another", () => key.sign(claims({ iss: other.url })), "unknown-key"],
    [
      "of one issuer under the name of another that has a key of the same id",
      () => {
        other.keys = [strangersKey.jwk];
        return key.sign(claims({ iss: other.url }));
      },
      "bad-signature",
    ],
    [
      "that a stranger signed, and that brings their key",
      () => strangersKey.sign(claims(), { ...header, jwk: strangersKey.jwk, jku: `${other.url}/jwks` }),
      "bad-signature",
    ],
    ["of the issuer with a slash behind it", () => key.sign(claims({ iss: `${issuer.url}/` })), "other-issuer"],
    ["for a list in a list of audiences", () => key.sign(claims({ aud: [["urn:latchkey:api"]] })), "other-audience"],
    ["whose type is a list", () => key.sign(claims(), { ...header, typ: ["at+jwt"] }), "other-type"],
    ["whose type has no text", () => key.sign(claims(), { ...header, typ: { toString: 1 } }), "other-type"],
    ["that a stranger signed", () => strangersKey.sign(claims()), "bad-signature"],
    ["for another audience", () => key.sign(claims({ aud: "urn:other" })), "other-audience"],
    ["for no audience", () => key.sign(claims({ aud: undefined })), "other-audience"],
    ["that is an ID token", () => key.sign(claims(), { ...header, typ: "JWT" }), "other-type"],
    ["of another client", () => key.sign(claims({ client_id: "game" })), "other-client"],
    ["of another authorized party", () => key.sign(claims({ azp: "game" })), "other-client"],
    ["without exp", () => key.sign(claims({ exp: undefined })), "expired"],
    ["with exp as text", () => key.sign(claims({ exp: "9999999999" })), "expired"],
    [
      "that never expires",
      () => key.sign(JSON.stringify(claims({ exp: 0 })).replace('"exp":0', '"exp":1e400')),
      "expired",
    ],
    ["with exp past", () => key.sign(claims({ exp: seconds() - 1 })), "expired"],
    ["with nbf ahead", () => key.sign(claims({ nbf: seconds() + 60 })), "not-yet-valid"],
    ["with iat ahead", () => key.sign(claims({ iat: seconds() + 60 })), "not-yet-valid"],
    ["with crit", () => key.sign(claims(), { ...header, crit: ["b64"], b64: false }), "critical-header"],
    ["with an unknown kid", () => key.sign(claims(), { ...header, kid: "nine" }), "unknown-key"],
    ["without kid", () => key.sign(claims(), { alg: "ES256", typ: "at+jwt" }), "unknown-key"],
    [
      "with an unknown kid that fills the token",
      () => key.sign(claims(), { ...header, kid: "k".repeat(7000) }),
      "unknown-key",
    ],
    ["without a subject", () => key.sign(claims({ sub: "" })), "no-subject"],
    ["with a claim's name twice", () => key.sign(`{"sub":"mallory",${JSON.stringify(claims()).slice(1)}`), "malformed"],
    [
      "with a claim's name twice, once escaped",
      () => key.sign(`{"s\\u0075b":"mallory",${JSON.stringify(claims()).slice(1)}`),
      "malformed",
    ],
    [
      "with __proto__",
      () => key.sign(`{"__proto__":{"sub":"alice"},${JSON.stringify(claims()).slice(1)}`),
      "malformed",
    ],
    ["with bytes that are no text", () => key.sign(claimsInBytes("alice\xff")), "malformed"],
    ["whose claims are a list", () => key.sign("[]"), "malformed"],
    ["of 100 KB", () => key.sign(claims({ groups: ["g".repeat(75_000)] })), "too-long"],
    ["with a padded signature", () => `${key.sign(claims())}=`, "malformed"],
    ["with four parts", () => `${key.sign(claims())}.x`, "malformed"],
  ])("%s", async (_, token, fault) => {
    await expect(call(token())).rejects.toThrow(/^Unauthorized$/);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: "warn", message: "token.refused", fault, service: "latchkey" },
    ]);
  });

  test.each([
    "",
    "Basic YTpi",
    "BEARER TOKEN",
    "Bearer  TOKEN",
    "Bearer\tTOKEN",
    "TOKEN",
    "Bearer TOKEN, Bearer TOKEN",
  ])("in a header %j, should API Gateway let it through", async (form) => {
    await expect(callWith(form.replaceAll("TOKEN", key.sign(claims())))).rejects.toThrow(/^Unauthorized$/);
  });

  test("whose signature has other bits behind its last byte", async () => {
    const token = key.sign(claims());
    const last = Buffer.from(token.slice(-2), "base64url");
    const same = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].find(
      (each) => each !== token.at(-1) && Buffer.from(token.at(-2) + each, "base64url").equals(last),
    );
    await expect(call(token.slice(0, -1) + same)).rejects.toThrow(/^Unauthorized$/);
  });
});

describe("403, with a reason, for a valid token", () => {
  test.each<[sentence: string, more: Readonly<Record<string, unknown>>, refusal: string]>([
    ["whose id is outside idPattern", { sub: "bob" }, "idPattern"],
    ["of a service account under a people mapping", { client_id: "cli", sub: "cli" }, "service account"],
    ["that matches two mappings", { client_id: "both" }, "Several mappings"],
    ["whose groups are no strings", { groups: [1] }, "not an array of texts"],
    ["whose groups are one text", { groups: "engineering" }, "not an array of texts"],
    ["whose groups are only a reference", { _claim_names: { groups: "src1" } }, "only refers"],
    ["whose groups are left out of a fragment", { groups: undefined, hasgroups: true }, "only refers"],
    ["of a workflow that runs for a pull request", { client_id: "robot", event_name: "pull_request" }, "pull request"],
  ])("%s", async (_, more, refusal) => {
    const result = await call(key.sign(claims(more)));
    expect(effectOf(result)).toBe("Deny");
    expect(result.context).toEqual({ refusal: expect.stringContaining(refusal) });
  });

  test("with an unverified e-mail", async () => {
    const token = othersKey.sign(claims({ iss: other.url, email: "alice@example.com", email_verified: false }), {
      alg: "ES256",
      kid: "two",
    });
    expect((await call(token)).context).toEqual({ refusal: expect.stringContaining("e-mail") });
  });
});

describe("taken", () => {
  test("a person, for the whole stage, with a context of texts", async () => {
    const exp = seconds() + 300;
    expect(await call(key.sign(claims({ exp })))).toEqual({
      principalId: "alice",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: `${api}/*` }],
      },
      context: {
        id: "alice",
        kind: "person",
        groups: '["Engineer"]',
        sources: '["corp:engineering"]',
        exp: String(exp),
      },
    });
    expect(lines).toEqual([]);
  });

  test("a person with 500 groups, of which the settings know one", async () => {
    const groups = Array.from({ length: 499 }, (_, index) => `g${index}`);
    const result = await call(key.sign(claims({ groups: [...groups, "engineering"] })));
    expect(result.context?.["groups"]).toBe('["Engineer"]');
  });

  test("a machine, which never is a person", async () => {
    const result = await call(key.sign(claims({ client_id: "robot", sub: "alice" })));
    expect(result.context).toMatchObject({ id: "corp/robots/alice", kind: "machine" });
  });

  test("people of several issuers at once", async () => {
    const token = othersKey.sign(claims({ iss: other.url, email: "Eve@partner.example", email_verified: true }), {
      alg: "ES256",
      kid: "two",
    });
    const ids = (await Promise.all([call(token), call(key.sign(claims()))])).map(({ principalId }) => principalId);
    expect(ids).toEqual(["eve@partner.example", "alice"]);
  });
});

describe("an issuer's keys", () => {
  test("that the settings hold are used without a fetch", async () => {
    const token = inlineKey.sign(claims({ iss: "https://isolated.example", sub: "ida" }));
    expect((await call(token)).principalId).toBe("ida");
    await expect(call(strangersKey.sign(claims({ iss: "https://isolated.example" })))).rejects.toThrow(
      /^Unauthorized$/,
    );
    expect([issuer.fetches, other.fetches]).toEqual([0, 0]);
  });

  test("are found among a thousand", async () => {
    issuer.keys = [...Array.from({ length: 999 }, (_, index) => ({ ...strangersKey.jwk, kid: `k${index}` })), key.jwk];
    expect(effectOf(await call(key.sign(claims())))).toBe("Allow");
  });

  test("are fetched once for all tokens, those that come together too", async () => {
    await Promise.all([call(key.sign(claims())), call(key.sign(claims({ sub: "anna" })))]);
    await call(key.sign(claims()));
    expect(issuer.fetches).toBe(1);
  });

  test("cost one fetch for twenty tokens with unknown ids, and another after ten seconds", async () => {
    await call(key.sign(claims()));
    const unknown = () => call(key.sign(claims(), { ...header, kid: "nine" }));
    ahead = 20;
    for (let count = 0; count < 20; count += 1) await expect(unknown()).rejects.toThrow(/^Unauthorized$/);
    expect(issuer.fetches).toBe(2);
    ahead = 31;
    await expect(unknown()).rejects.toThrow(/^Unauthorized$/);
    expect(issuer.fetches).toBe(3);
  });

  test("with a new id are taken at once", async () => {
    await call(key.sign(claims()));
    const next = new SigningKey("next");
    issuer.keys = [key.jwk, next.jwk];
    ahead = 11;
    expect(effectOf(await call(next.sign(claims())))).toBe("Allow");
  });

  test("are taken beside others that cannot be used", async () => {
    issuer.keys = [{ kid: "future" }, { ...strangersKey.jwk, use: "enc" }, key.jwk];
    expect(effectOf(await call(key.sign(claims())))).toBe("Allow");
  });

  test("that are private ones for all to see are not taken", async () => {
    issuer.keys = [{ ...key.jwk, d: "x" }, new SigningKey("next").jwk];
    await expect(call(key.sign(claims()))).rejects.toThrow(/^Unauthorized$/);
  });

  test("that are withdrawn are refused within 16 minutes", async () => {
    await call(key.sign(claims()));
    issuer.keys = [new SigningKey("next").jwk];
    ahead = 14 * 60;
    expect(effectOf(await call(key.sign(claims())))).toBe("Allow");
    ahead = 16 * 60;
    await expect(call(key.sign(claims()))).rejects.toThrow(/^Unauthorized$/);
  });

  test("that are rotated under the same id are followed within 16 minutes", async () => {
    await call(key.sign(claims()));
    const next = new SigningKey("one");
    issuer.keys = [next.jwk];
    ahead = 16 * 60;
    expect(effectOf(await call(next.sign(claims())))).toBe("Allow");
    await expect(call(key.sign(claims()))).rejects.toThrow(/^Unauthorized$/);
  });

  const unavailable = /^The token could not be checked$/;

  test.each<[sentence: string, respond: NonNullable<TokenIssuer["respond"]>]>([
    ["an issuer that breaks the connection", (request) => request.socket.destroy()],
    [
      "an issuer that responds with 500, even with keys",
      (_, response) => response.writeHead(500).end(JSON.stringify({ keys: [key.jwk] })),
    ],
    ["an issuer that responds with HTML", (_, response) => response.end("<html>Sign in</html>")],
    ["an issuer that redirects", (_, response) => response.writeHead(302, { Location: `${other.url}/jwks` }).end()],
    ["an issuer whose set has no keys", (_, response) => response.end("{}")],
    [
      "an issuer whose set is too long",
      (_, response) => response.end(JSON.stringify({ keys: [key.jwk], more: "x".repeat(300_000) })),
    ],
    ["an issuer whose key has no kty", (_, response) => response.end('{"keys":[{"kid":"one"}]}')],
  ])("of %s are a failure, never a 401, and are fetched again ten seconds later", async (_, respond) => {
    issuer.respond = respond;
    await expect(call(key.sign(claims()))).rejects.toThrow(unavailable);
    await expect(call(key.sign(claims()))).rejects.toThrow(unavailable);
    expect(issuer.fetches).toBe(1);
    issuer.respond = undefined;
    ahead = 11;
    expect(effectOf(await call(key.sign(claims())))).toBe("Allow");
    const line = { level: "error", message: "issuer.unavailable", issuer: "corp", cause: expect.any(String) };
    expect(lines.map((each) => JSON.parse(each))).toEqual(
      [line, line].map((each) => ({ ...each, service: "latchkey" })),
    );
  });

  test.each<[sentence: string, respond: NonNullable<TokenIssuer["respond"]>]>([
    ["is slow", () => {}],
    ["is slow after the first byte", (_, response) => response.write("{")],
  ])("of an issuer that %s are a failure after three seconds", async (_, respond) => {
    const limit = new AbortController();
    const timeout = jest.spyOn(AbortSignal, "timeout").mockReturnValue(limit.signal);
    issuer.respond = (request, response) => {
      respond(request, response);
      setImmediate(() => limit.abort(new Error("slow")));
    };
    await expect(call(key.sign(claims()))).rejects.toThrow(unavailable);
    expect(timeout).toHaveBeenCalledWith(3000);
  });

  test("of an issuer that is down are used until they are 15 minutes old", async () => {
    await call(key.sign(claims()));
    issuer.respond = (request) => request.socket.destroy();
    ahead = 14 * 60;
    expect(effectOf(await call(key.sign(claims())))).toBe("Allow");
    await expect(call(key.sign(claims(), { ...header, kid: "nine" }))).rejects.toThrow(unavailable);
    expect(effectOf(await call(key.sign(claims())))).toBe("Allow");
    ahead = 16 * 60;
    await expect(call(key.sign(claims()))).rejects.toThrow(unavailable);
  });
});

test("a fault of the authorizer's own is no issuer's: it is counted for an alarm, with its place and without its message", async () => {
  const { identities } = settings();
  const broken = freshFunction({ identities, groups: null });
  const secret = "5ecret-claim";
  await expect(call(key.sign(claims({ secret })), broken)).rejects.toThrow(/^The token could not be checked$/);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      ...{ level: "error", message: "authorizer.failed", cause: "TypeError", service: "latchkey" },
      stack: expect.arrayContaining([expect.stringMatching(/^ {4}at /)]),
      AuthorizerFaults: 1,
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          { Namespace: "Latchkey", Dimensions: [["service"]], Metrics: [{ Name: "AuthorizerFaults", Unit: "Count" }] },
        ],
      },
    },
  ]);
});

test("nothing of a token is in a log", async () => {
  const secret = "5ecret-claim";
  const tokens = [
    key.sign(claims({ sub: secret })),
    key.sign(claims({ iss: secret })),
    key.sign(claims({ aud: secret }), { ...header, kid: secret }),
    key.sign(claims(), { ...header, kid: secret }),
    `${key.sign(claims({ secret }))}x`,
  ];
  for (const token of tokens) await call(token).catch(() => {});
  issuer.respond = (_, response) => response.end(secret);
  await call(key.sign(claims()), freshFunction()).catch(() => {});
  expect(lines).toHaveLength(tokens.length + 1);
  expect(lines.join()).not.toContain(secret);
  for (const token of tokens) expect(lines.join()).not.toContain(token.slice(-20));
});
