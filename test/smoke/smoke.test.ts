import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "@jest/globals";
import { WebSocketServer } from "ws";
import { securityHeaders } from "../../contract/headers.ts";
import { type ProblemCode, problemHeaders, problemOf } from "../../contract/problem.ts";
import { isAllowed, type PolicyDocument } from "../../local/aws/iam.ts";
import { listen, type RunningServer } from "../../local/shared/loopback-server.ts";
import { ApiProblem } from "../../sdk/errors.ts";
import type { Latchkey } from "../../sdk/latchkey.ts";
import { fetchTransport, type HttpResponse } from "../../sdk/transport.ts";
import { lineOf, runCheck } from "../../smoke/check.ts";
import { smokeChecks } from "../../smoke/checks.ts";
import { bannerThrough } from "../../smoke/reach.ts";
import { iamOf } from "../../smoke/session-policies.ts";
import type { SmokeWorld } from "../../smoke/world.ts";
import { sampleResponses, webInstance } from "../support/client/sample-responses.ts";

// The checks against a deployment that works are in docs/live-checks.md, whose commands are run.

const now = new Date("2026-03-01T12:00:00.000Z");
const connection = sampleResponses.createConnection;

/** What the API answers, by the call's name: a response, a problem, or one of them for each call in turn. */
type Answers = Readonly<Record<string, unknown>>;

function apiOf(answers: Answers): SmokeWorld["api"] {
  const call = async (name: string) => {
    const given = answers[name];
    const next = Array.isArray(given) && given.length > 1 ? given.shift() : [given].flat()[0];
    if (next instanceof Error) throw next;
    return next;
  };
  return { call: call as Latchkey["call"] };
}

const problem = (code: Parameters<typeof problemOf>[0]) => new ApiProblem(problemOf(code, "request-1"));
const working: Answers = { createConnection: connection, listInstances: sampleResponses.listInstances };

function worldOf(answers: Answers, others: Partial<SmokeWorld> = {}): SmokeWorld {
  return {
    url: "https://abc123.execute-api.us-east-1.amazonaws.com/live",
    region: "us-east-1",
    api: apiOf({ ...working, ...answers }),
    transport: () => Promise.reject(new Error("no network")),
    credentials: async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" }),
    iamUrl: undefined,
    instance: webInstance.instanceId,
    publicKey: "ssh-ed25519 AAAA",
    logIn: async () => ({ code: 0, stdout: "in\n", stderr: "" }),
    bannerThrough: async () => "SSH-2.0-OpenSSH_9.2",
    clock: () => now,
    pause: async () => {},
    ...others,
  };
}

/** The line of one check. */
async function lineFor(name: string, world: SmokeWorld): Promise<string> {
  const check = smokeChecks(world).find((each) => each.name === name);
  if (check === undefined) throw new Error(`There is no check ${name}`);
  return lineOf(await runCheck(check));
}

const servers: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = await listen(createServer(answer), 0);
  servers.push(server);
  return `127.0.0.1:${server.port}`;
}

test("the smoke test has each check that only a live account can show", () => {
  expect(smokeChecks(worldOf({})).map(({ name }) => name)).toEqual([
    "gateway responses",
    "push",
    "host's log",
    "stream",
    "tunnel",
    "browser's Origin at the tunnel endpoint",
    "session policies under real IAM",
  ]);
});

const log = (code: number, stdout = "") => ({
  logIn: async (_: unknown, command: string) =>
    command === "echo in" ? { code: 0, stdout: "in\n", stderr: "" } : { code, stdout, stderr: "" },
});

describe("a check says clearly whether it passed, failed or cannot be made here:", () => {
  test.each<[string, string, Answers, Partial<SmokeWorld>, string]>([
    ["push", "no instance is named", {}, { instance: undefined }, "not checkable here: push: name an instance"],
    [
      "push",
      "no such instance is seen",
      { listInstances: { items: [] } },
      { instance: "web-9" },
      "not checkable here: push: you see no instance web-9",
    ],
    [
      "push",
      "the name is ambiguous",
      { listInstances: { items: [webInstance, webInstance] } },
      { instance: "web-1" },
      "not checkable here: push: several instances",
    ],
    [
      "push",
      "policy asks for approval",
      { createConnection: problem("approval-required") },
      {},
      "not checkable here: push: policy requires an access request",
    ],
    ["push", "AWS refuses it", { createConnection: problem("upstream-failure") }, {}, "failed: push: AWS call failed"],
    [
      "push",
      "ssh cannot log in",
      {},
      { logIn: async () => ({ code: 255, stdout: "", stderr: "Permission denied\u001b[2J\n" }) },
      "failed: push: the key was pushed, and ssh ended with 255: Permission denied\\u{1b}[2J",
    ],
    ["push", "ssh logs in", {}, { instance: "web-1" }, "passed: push: logged in, by eice"],
    [
      "host's log",
      "the push failed",
      { createConnection: problem("upstream-failure") },
      {},
      'not checkable here: host\'s log: it needs the connection of "push"',
    ],
    ["host's log", "the user has no sudo", {}, log(71), "not checkable here: host's log: ec2-user may not use sudo"],
    ["host's log", "the host has no agent", {}, log(72), "not checkable here: host's log: its sshd does not ask"],
    [
      "host's log",
      "another key was logged",
      {},
      log(0, "fingerprint: SHA256:other, request-id: 1"),
      "failed: host's log: the agent logged no line",
    ],
    [
      "host's log",
      "the key was logged",
      {},
      log(0, `fingerprint: ${connection.publicKeyFingerprint}, request-id: abc-1, for`),
      "passed: host's log: the agent logged the key's fingerprint and AWS's request id abc-1",
    ],
    ["stream", "no event arrives", { listAuditEvents: { items: [] } }, {}, "failed: stream: the trail has no event"],
    [
      "stream",
      "an event arrives late",
      { listAuditEvents: [{ items: [] }, { items: [{ type: "latchkey.connection.pushed" }] }] },
      {},
      "passed: stream: the trail has latchkey.connection.pushed",
    ],
    [
      "tunnel",
      "there is no endpoint",
      { createConnection: problem("endpoint-unavailable") },
      {},
      "not checkable here: tunnel: there is no EC2 Instance Connect Endpoint",
    ],
    [
      "tunnel",
      "something else answers",
      {},
      { bannerThrough: async () => "HTTP/1.1 400" },
      "failed: tunnel: something else than an SSH server answered: HTTP/1.1 400",
    ],
    [
      "tunnel",
      "the SSH server answers",
      {},
      {},
      "passed: tunnel: the instance's SSH server answered: SSH-2.0-OpenSSH_9.2",
    ],
    [
      "browser's Origin at the tunnel endpoint",
      "the tunnel failed",
      { createConnection: problem("endpoint-unavailable") },
      {},
      'not checkable here: browser\'s Origin at the tunnel endpoint: it needs the connection of "tunnel"',
    ],
    [
      "session policies under real IAM",
      "there is no IAM",
      {},
      {},
      "not checkable here: session policies under real IAM: the local stack has no IAM",
    ],
  ])("%s, if %s", async (name, _, answers, others, line) => {
    expect(await lineFor(name, worldOf(answers, others))).toContain(line);
  });
});

describe("the gateway's responses", () => {
  const code = (method: string, path: string, isSigned: boolean): ProblemCode =>
    !isSigned
      ? "unauthenticated"
      : path === "/v1/nothing"
        ? "not-found"
        : method === "PATCH"
          ? "method-not-allowed"
          : "invalid-signature";
  const own: SmokeWorld["transport"] = async ({ method, url, headers }) => {
    const documentCode = code(method, url.pathname.replace("/live", ""), "authorization" in headers);
    const document = problemOf(documentCode, "request-1");
    const all = { ...securityHeaders, ...problemHeaders(documentCode), "X-Request-Id": "request-1" };
    const lowerCase = Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]);
    return { status: document.status, headers: Object.fromEntries(lowerCase), body: JSON.stringify(document) };
  };
  const changed =
    (change: Partial<HttpResponse>): SmokeWorld["transport"] =>
    async (request, options) => ({
      ...(await own(request, options)),
      ...change,
    });

  test.each<[string, SmokeWorld["transport"], string]>([
    [
      "API Gateway's own words",
      changed({ body: '{"message":"Missing Authentication Token"}' }),
      "failed: gateway responses: no signature: no problem document unauthenticated",
    ],
    ["another status", changed({ status: 403 }), "failed: gateway responses: no signature: status 403 instead of 401"],
    ["no headers of the API", changed({ headers: {} }), "no X-Request-Id of its own"],
    [
      "another content type",
      changed({ headers: { "content-type": "application/json" } }),
      "no Content-Type as the API's",
    ],
    [
      "the API's form",
      own,
      "passed: gateway responses: no signature: 401, a wrong signature: 403, an unknown path: 404, an unknown method: 405",
    ],
  ])("with %s", async (_, transport, line) => {
    expect(await lineFor("gateway responses", worldOf({}, { transport }))).toContain(line);
  });
});

describe("a browser's Origin at a tunnel endpoint", () => {
  /** An endpoint on the wire, which may refuse pages of browsers. */
  async function endpoint(refuses: boolean): Promise<{ url: string; seen: () => IncomingMessage["headers"] }> {
    let headers: IncomingMessage["headers"] = {};
    const webSockets = new WebSocketServer({ noServer: true });
    const server = createServer();
    server.on("upgrade", (request, socket, head) => {
      headers = request.headers;
      if (refuses && headers.origin !== undefined)
        return void socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
      webSockets.handleUpgrade(request, socket, head, (webSocket) => webSocket.send(Buffer.from("SSH-2.0-test\r\n")));
    });
    const running = await listen(server, 0);
    servers.push(running);
    return { url: `ws://127.0.0.1:${running.port}/openTunnel?X-Amz-Signature=secret`, seen: () => headers };
  }
  const through = (url: string) => ({
    createConnection: { ...connection, tunnel: { ...connection.tunnel, url } },
  });
  const name = "browser's Origin at the tunnel endpoint";

  test("is sent as a browser sends it, and passes if the tunnel opens", async () => {
    const { url, seen } = await endpoint(false);
    expect(await lineFor(name, worldOf(through(url), { bannerThrough }))).toBe(
      `passed: ${name}: the instance's SSH server answered: SSH-2.0-test`,
    );
    expect(seen()).toMatchObject({
      origin: "https://console.example.com",
      "sec-websocket-extensions": expect.stringContaining("permessage-deflate"),
    });
  });
  test("fails if the endpoint refuses it, without the secret URL", async () => {
    const { url, seen } = await endpoint(true);
    const world = worldOf(through(url), { bannerThrough });
    expect(await lineFor("tunnel", world)).toContain("passed: tunnel");
    expect(seen()).not.toHaveProperty("origin");
    expect(await lineFor(name, world)).toBe(`failed: ${name}: the endpoint refused the tunnel with 403`);
  });
});

describe("the session policies under IAM", () => {
  const name = "session policies under real IAM";
  /** IAM's simulator on the wire, with the local stack's evaluator. */
  const simulator = (decide: (policy: PolicyDocument, request: Parameters<typeof isAllowed>[1]) => boolean) =>
    serve(({ url = "", headers }, response) => {
      const query = new URL(url, "http://iam").searchParams;
      const context = Object.fromEntries(
        [1, 2, 3, 4].flatMap((n) => {
          const key = query.get(`ContextEntries.member.${n}.ContextKeyName`);
          return key === null ? [] : [[key, query.get(`ContextEntries.member.${n}.ContextKeyValues.member.1`) ?? ""]];
        }),
      );
      const isSigned = headers.authorization?.includes("/us-east-1/iam/aws4_request");
      const policy = JSON.parse(query.get("PolicyInputList.member.1") ?? "") as PolicyDocument;
      const request = {
        action: query.get("ActionNames.member.1") ?? "",
        resource: query.get("ResourceArns.member.1") ?? "",
        context,
      };
      const decision = decide(policy, request) ? "allowed" : "implicitDeny";
      response.writeHead(isSigned ? 200 : 400).end(`<EvalDecision>${decision}</EvalDecision>`);
    });
  const line = async (host: string) =>
    lineFor(name, worldOf({}, { iamUrl: `http://${host}`, transport: fetchTransport }));

  test("pass if IAM's simulator permits what each names, and nothing else", async () => {
    expect(await line(await simulator((policy, request) => isAllowed([policy], request)))).toBe(
      `passed: ${name}: IAM's simulator decided 11 questions as meant`,
    );
  });
  test("fail with each question that IAM decides in another way", async () => {
    const said = await line(await simulator(() => true));
    expect(said).toMatch(/^failed: /);
    for (const what of [
      "a push to another instance",
      "a push for another OS user",
      "a push after the end",
      "a tunnel to another address",
      "a tunnel to another port",
      "a tunnel of another duration",
      "a tunnel after the end",
    ])
      expect(said).toContain(`${what}: allowed`);
  });
  test("cannot be checked without the permission to simulate", async () => {
    const host = await serve((_, response) => void response.writeHead(403).end());
    expect(await line(host)).toBe(
      `not checkable here: ${name}: your credentials may not call iam:SimulateCustomPolicy`,
    );
  });
  test.each([
    ["eu-west-1", "https://iam.amazonaws.com", "us-east-1"],
    ["us-gov-east-1", "https://iam.us-gov.amazonaws.com", "us-gov-west-1"],
    ["cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"],
  ])("are asked of the IAM of %s's partition", (region, url, signedFor) => {
    expect(iamOf(region)).toEqual({ url, region: signedFor });
  });
});
