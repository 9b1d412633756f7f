import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { connectApi } from "../../../client/api/connect-api.ts";
import { failureOf } from "../../../client/api/failure-of.ts";
import { problemHeaders, problemOf } from "../../../contract/problem.ts";
import { listen, type RunningServer, readBody } from "../../../local/shared/loopback-server.ts";
import { type Login, writeLogin } from "../../../sdk/login/login-file.ts";
import { loginFileOf } from "../../../sdk/node/paths.ts";
import { sampleResponses } from "../../support/client/sample-responses.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

type Answer = (response: ServerResponse) => void;

let running: RunningServer;
let script: Answer[];
let requests: {
  method?: string | undefined;
  target?: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}[];

const server = createServer(async (request, response) => {
  const body = (await readBody(request, Number.POSITIVE_INFINITY))?.toString() ?? "";
  requests.push({ method: request.method, target: request.url, headers: request.headers, body });
  const step = script.shift();
  if (step === undefined) throw new Error("The script has no response left");
  step(response);
});
beforeAll(async () => {
  running = await listen(server, 0);
});
beforeEach(() => {
  requests = [];
  script = [];
});
afterEach(() => expect(script).toEqual([]));
afterAll(() => running.stop());

const environment = { AWS_ACCESS_KEY_ID: "alice", AWS_SECRET_ACCESS_KEY: "alice", AWS_SESSION_TOKEN: "token" };
const url = () => `http://127.0.0.1:${running.port}`;
const connect = (settings: object = {}, more: object = {}) => {
  const world = scriptedWorld({});
  const context = { ...world.context, clock: () => now, environment, ...more };
  return { ...world, api: connectApi(context, { url: url(), ...settings }) };
};
const now = new Date("2026-03-01T12:00:00Z");
/** How the command ends after this. */
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: unknown) => failureOf(error, { ...scriptedWorld({}).context, clock: () => now }),
  );
const json =
  (body: unknown, status = 200): Answer =>
  (response) =>
    void response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
const problem =
  (code: Parameters<typeof problemOf>[0], headers = {}): Answer =>
  (response) => {
    const document = problemOf(code, "id");
    response
      .writeHead(document.status, { ...problemHeaders(code), "Retry-After": "0", ...headers })
      .end(JSON.stringify(document));
  };
const reset: Answer = (response) => void response.destroy();
const { whoAmI, createConnection } = sampleResponses;
const connection = { instanceId: "i-0123456789abcdef0", publicKey: "ssh-ed25519 AAAA" };

describe("an unexpected response ends the command with 76:", () => {
  test.each<[string, Answer, string]>([
    ["a page", (response) => void response.end("<html>"), "LATCHKEY_URL returned 200, but not as Latchkey does"],
    [
      "JSON of something else",
      json({ id: "alice" }),
      "LATCHKEY_URL returned a response that does not match the API's contract: /kind",
    ],
    [
      "a redirect, which is not followed",
      (response) => void response.writeHead(302, { Location: "/elsewhere" }).end(),
      "LATCHKEY_URL returned 302, but not as Latchkey does",
    ],
    [
      "API Gateway's own 403",
      json({ message: "Missing Authentication Token" }, 403),
      "LATCHKEY_URL returned 403, but not as Latchkey does",
    ],
    [
      "more than Latchkey ever has to say",
      (response) => void response.end(`"${"x".repeat(1 << 20)}"`),
      expect.stringMatching(/^127\.0\.0\.1:\d+ returned more than Latchkey ever does$/) as never,
    ],
  ])("%s", async (_, response, message) => {
    script = [response];
    expect(await failure(connect().api.call("whoAmI"))).toMatchObject({ message, exitCode: 76 });
  });
});

describe("the command ends with 69 if the API", () => {
  test("refuses connections", async () => {
    const { api } = connect({ url: "http://127.0.0.1:1" });
    expect(await failure(api.call("whoAmI"))).toMatchObject({
      message: "127.0.0.1:1 refuses connections (ECONNREFUSED)",
      exitCode: 69,
    });
  });
  test("does not speak TLS", async () => {
    const { api } = connect({ url: url().replace("http:", "https:") });
    expect(await failure(api.call("whoAmI"))).toMatchObject({
      message: expect.stringMatching(/failed the TLS handshake/),
      exitCode: 69,
    });
  });
  test("breaks the connection twice", async () => {
    script = [reset, reset];
    expect(await failure(connect().api.call("whoAmI"))).toMatchObject({
      message: expect.stringMatching(/\(ECONNRESET\)$/),
      exitCode: 69,
    });
  });
  test("is behind a proxy that returns 502 twice", async () => {
    script = [json("Bad Gateway", 502), json("Bad Gateway", 502)];
    expect(await failure(connect().api.call("whoAmI"))).toMatchObject({
      message: "a proxy in front of Latchkey returned 502",
      exitCode: 69,
    });
  });
});

test("a problem has its document, a hint and an exit code", async () => {
  script = [problem("self-review")];
  expect(await failure(connect().api.call("whoAmI"))).toMatchObject({
    cause: { problem: { code: "self-review", status: 403 } },
    hint: "another person must review it",
    exitCode: 77,
  });
});

test("a problem says when to try again", async () => {
  script = [problem("throttled", { "Retry-After": "30" })];
  expect(await failure(connect().api.call("whoAmI"))).toMatchObject({ cause: { retryAfter: 30 }, exitCode: 75 });
});

test("a problem without a hint of the command's own names the page of the documentation", async () => {
  script = [problem("payload-too-large")];
  expect(await failure(connect().api.call("whoAmI"))).toMatchObject({
    hint: "see docs/troubleshooting.md#payload-too-large",
    exitCode: 65,
  });
});

test("a refused signature tells of a clock that is off", async () => {
  script = [problem("invalid-signature", { Date: "Sun, 01 Mar 2026 11:00:00 GMT" })];
  expect(await failure(connect().api.call("whoAmI"))).toMatchObject({
    hint: "this machine's clock is 1h ahead: set it, then try again",
  });
});

describe("what may pass is tried once more, with the same key:", () => {
  test.each<[string, Answer]>([
    ["a connection that breaks off", reset],
    ["a fault of AWS's", problem("upstream-failure")],
    ["too many requests", problem("throttled")],
  ])("%s", async (_, fault) => {
    script = [fault, json(createConnection, 201)];
    expect(await connect().api.call("createConnection", connection)).toEqual(createConnection);
    const [first, second] = requests;
    expect(first?.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(second?.headers["idempotency-key"]).toBe(first?.headers["idempotency-key"]);
    expect(second?.body).toBe(first?.body);
  });
  test("each call has a key of its own", async () => {
    script = [json(createConnection, 201), json(createConnection, 201)];
    const { api } = connect();
    await api.call("createConnection", connection);
    await api.call("createConnection", connection);
    expect(new Set(requests.map(({ headers }) => headers["idempotency-key"])).size).toBe(2);
  });
});

describe("a login goes", () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
    const login = { v: 1, accessToken: "kept", obtainedAt: now.getTime(), expiresAt: now.getTime() + 300_000 };
    await writeLogin(loginFileOf({ ...scriptedWorld({}).context, homeDirectory: home }, url()), login as Login);
  });
  afterEach(() => rm(home, { recursive: true }));

  const said = [process.execPath, "-e", "console.log('said')"];
  test.each<[string, object, object, RegExp]>([
    ["after LATCHKEY_TOKEN", { token: "abc" }, {}, /^Bearer abc$/],
    ["after a tokenCommand", { tokenCommand: said }, {}, /^Bearer said$/],
    ["after a profile that a variable or an option names", {}, { LATCHKEY_PROFILE: "work" }, /^AWS4-HMAC-SHA256/],
    ["before AWS credentials", {}, {}, /^Bearer kept$/],
    ["to its own API alone", { url: "other" }, {}, /^AWS4-HMAC-SHA256/],
  ])("%s", async (_, settings, more, authorization) => {
    script = [json(whoAmI)];
    const own = { homeDirectory: home, environment: { ...environment, ...more } };
    const other = "url" in settings && { url: url().replace("127.0.0.1", "localhost") };
    await connect({ ...settings, ...other }, own).api.call("whoAmI");
    expect(requests[0]?.headers.authorization).toMatch(authorization);
  });
});

describe("a request", () => {
  test("is signed for the region, with the credentials of the environment, and has no more than it needs", async () => {
    script = [json(whoAmI)];
    expect(await connect({ region: "eu-north-1" }).api.call("whoAmI")).toEqual(whoAmI);
    expect(requests).toEqual([
      {
        method: "GET",
        target: "/v1/whoami",
        body: "",
        headers: {
          accept: "application/json",
          "user-agent": "latchkey/unbundled",
          host: `127.0.0.1:${running.port}`,
          connection: "close",
          "x-amz-date": "20260301T120000Z",
          "x-amz-security-token": "token",
          authorization: expect.stringMatching(
            /^AWS4-HMAC-SHA256 Credential=alice\/20260301\/eu-north-1\/execute-api\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
          ),
        },
      },
    ]);
  });
  test("bears a token instead, where there is one", async () => {
    script = [json(whoAmI)];
    await connect({ token: "abc.def" }).api.call("whoAmI");
    expect(requests[0]?.headers).toMatchObject({ authorization: "Bearer abc.def" });
    expect(requests[0]?.headers).not.toHaveProperty("x-amz-date");
  });
  test("has its body in JSON", async () => {
    script = [json(createConnection, 201)];
    await connect().api.call("createConnection", connection);
    expect(requests[0]).toMatchObject({
      method: "POST",
      target: "/v1/instances/i-0123456789abcdef0/connections",
      body: '{"publicKey":"ssh-ed25519 AAAA"}',
      headers: { "content-type": "application/json", "content-length": "32" },
    });
  });
  test("of a route that takes no key has none, and one that everybody may ask is not signed", async () => {
    script = [json(sampleResponses.decide), json(sampleResponses.health)];
    const { api } = connect();
    await api.call("decide", { instanceId: "i-0123456789abcdef0" });
    await connect({}, { environment: {} }).api.call("health");
    expect(requests[0]?.headers).not.toHaveProperty("idempotency-key");
    expect(requests[1]?.headers).not.toHaveProperty("authorization");
  });
  test("ends with its signal, with the signal's reason", async () => {
    const controller = new AbortController();
    script = [() => controller.abort("enough")];
    await expect(connect().api.call("whoAmI", {}, { signal: controller.signal })).rejects.toBe("enough");
  });
});
