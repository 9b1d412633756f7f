import { beforeEach, describe, expect, test } from "@jest/globals";
import { rememberPeople } from "../../../lambda/callers/remember-people.ts";
import { requireNotSuspended } from "../../../lambda/callers/require-not-suspended.ts";
import { apiFunction } from "../../../lambda/http/api-function.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { captureLog } from "../../support/captured-log.ts";
import { aliceArn, atBothDoors, authenticate, chatbotArn, lambdaContext, restEvent } from "../../support/rest-event.ts";
import { person } from "../../support/samples.ts";
import { testContext } from "../../support/test-context.ts";

const logged = captureLog();

const service = apiFunction(
  { whoAmI: async ({ caller }) => caller, health: async () => ({ status: "ok" }) },
  { authenticate },
);
const whoAmI = (userArn: string | null) => restEvent({ resource: "/v1/whoami", userArn });

/** @returns status, headers and document of `GET /v1/whoami` with this handler. */
async function responseOf(handler: () => Promise<never>, remaining?: number) {
  const { statusCode, headers, body } = await apiFunction({ whoAmI: handler }, { authenticate })(
    whoAmI(aliceArn),
    lambdaContext(remaining),
  );
  return { statusCode, headers, body, document: JSON.parse(body) };
}

test.each([
  ["IAM", whoAmI(aliceArn)],
  ["OIDC", whoAmI(null)],
])("the source address of a request at the %s door is what API Gateway saw", async (door, event) => {
  const seen: unknown[] = [];
  const authorizer = { id: "alice", kind: "person", groups: "[]", sources: "[]", exp: "1" };
  if (door === "OIDC") event.requestContext.authorizer = authorizer;
  event.headers = { "X-Forwarded-For": "10.0.0.1" };
  event.multiValueHeaders = { "X-Forwarded-For": ["10.0.0.1"] };
  const asked = apiFunction(
    {
      whoAmI: async ({ caller, context }) => {
        seen.push(context.sourceIp);
        return caller;
      },
    },
    { authenticate: atBothDoors, clock: () => new Date(0) },
  );
  expect((await asked(event, lambdaContext())).statusCode).toBe(200);
  expect(seen).toEqual(["192.0.2.1"]);
});

describe("refused before any handler", () => {
  test.each([
    ["a caller without a role", whoAmI("arn:aws:iam::111122223333:user/alice"), 403, "access-denied"],
    ["nobody, on a route that needs somebody", whoAmI(null), 403, "access-denied"],
    [
      "a caller without a role, before the unknown path",
      restEvent({ resource: "/{proxy+}", userArn: "arn:aws:iam::111122223333:root" }),
      403,
      "access-denied",
    ],
    ["an unknown path", restEvent({ resource: "/{proxy+}" }), 404, "not-found"],
    ["an unknown method", restEvent({ resource: "/v1/whoami", method: "PUT" }), 405, "method-not-allowed"],
    [
      "an unknown method, even of health",
      restEvent({ resource: "/v1/health", method: "PUT" }),
      405,
      "method-not-allowed",
    ],
    ["a query that is not taken", restEvent({ resource: "/v1/whoami", query: { a: ["b"] } }), 400, "invalid-request"],
    ["a body that is not taken", restEvent({ resource: "/v1/whoami", body: "{}" }), 400, "invalid-request"],
  ])("%s", async (_, event, status, code) => {
    const { statusCode, headers, body } = await service(event, lambdaContext());
    expect({ statusCode, ...JSON.parse(body) }).toMatchObject({ statusCode: status, code, requestId: "request-1" });
    expect(headers).toMatchObject({ "X-Request-Id": "request-1", "Content-Type": "application/problem+json" });
    expect(logged()).toEqual([expect.objectContaining({ message: "request.refused", code })]);
  });

  test("405 lists the methods that the path takes", async () => {
    const { headers } = await service(restEvent({ resource: "/v1/whoami", method: "PUT" }), lambdaContext());
    expect(headers).toMatchObject({ Allow: "GET" });
  });
});

describe("an error that a handler throws", () => {
  test("a problem is the response", async () => {
    const problem = new Problem("throttled", { detail: "Slower." });
    const response = await responseOf(() => Promise.reject(problem));
    expect(response).toMatchObject({
      statusCode: 429,
      document: { code: "throttled", detail: expect.stringContaining("Slower.") },
      headers: { "Retry-After": "1", "X-Request-Id": "request-1" },
    });
    expect(logged()).toHaveLength(1);
  });

  test.each([
    ["an error", new Error("secret words")],
    ["a string", "secret words"],
    ["nothing", undefined],
  ])("%s becomes a 500 without its message", async (_, thrown) => {
    const { statusCode, body, document } = await responseOf(() => Promise.reject(thrown));
    expect({ statusCode, code: document.code }).toEqual({ statusCode: 500, code: "internal" });
    expect(body).not.toContain("secret");
    expect(logged()).toEqual([
      expect.objectContaining({ level: "ERROR", message: "request.failed", callerId: "alice" }),
    ]);
  });

  test("a route of another function is an internal error", async () => {
    const { statusCode } = await service(restEvent({ resource: "/v1/instances" }), lambdaContext());
    expect(statusCode).toBe(500);
    expect(logged()[0]?.["cause"]).toMatchObject({ message: "The function serves no route listInstances" });
  });
});

test("half a second before the function times out the response is 504, even if work is still running", async () => {
  const never = new Promise<never>(() => {});
  const { statusCode, document } = await responseOf(() => never, 520);
  expect({ statusCode, code: document.code }).toEqual({ statusCode: 504, code: "deadline-exceeded" });
  expect(logged()).toEqual([
    expect.objectContaining({ message: "request.failed", route: "whoAmI", callerId: "alice" }),
  ]);
});

describe("a successful response", () => {
  test.each([
    [
      "a person",
      aliceArn,
      { id: "alice", kind: "person", groups: ["Engineer"], frontDoor: "iam", sources: ["iam:111122223333/Engineer"] },
    ],
    [
      "a machine",
      chatbotArn,
      {
        id: "111122223333/ChatBot",
        kind: "machine",
        groups: [],
        frontDoor: "iam",
        sources: ["iam:111122223333/ChatBot"],
      },
    ],
  ])("to %s", async (_, userArn, caller) => {
    const { statusCode, headers, body } = await service(whoAmI(userArn), lambdaContext());
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toEqual(caller);
    expect(headers).toMatchObject({ "X-Request-Id": "request-1", "Content-Type": "application/json" });
    expect(logged()).toEqual([
      expect.objectContaining({
        message: "request.completed",
        route: "whoAmI",
        requestId: "request-1",
        callerId: caller.id,
        callerKind: caller.kind,
      }),
    ]);
  });

  test("of health, without a caller", async () => {
    const event = restEvent({ resource: "/v1/health", userArn: null });
    expect(await service(event, lambdaContext())).toMatchObject({ statusCode: 200, body: '{"status":"ok"}' });
    expect(logged()[0]).not.toHaveProperty("callerId");
  });

  test("a handler gets the parsed request and its context, and can add log fields", async () => {
    const seen: unknown[] = [];
    const instances = apiFunction(
      {
        getInstance: async ({ params, query, body, caller, context: { requestId, deadline, note } }) => {
          seen.push({ params, query, body, caller: caller.id, requestId, endsAt: deadline.at });
          note({ instanceId: params.instanceId });
          throw new Problem("instance-not-found");
        },
      },
      { authenticate },
    );
    const pathParameters = { instanceId: "i-0a1b2c3d" };
    await instances(restEvent({ resource: "/v1/instances/{instanceId}", pathParameters }), lambdaContext(10_000));
    const endsAt = expect.any(Date);
    expect(seen).toEqual([
      { params: pathParameters, query: {}, body: undefined, caller: "alice", requestId: "request-1", endsAt },
    ]);
    expect(logged()[0]).toMatchObject({ instanceId: "i-0a1b2c3d", code: "instance-not-found" });
  });
});

describe("CORS", () => {
  const origin = "https://console.example.com";
  const headersFrom = async (resource: string, stageVariables: Record<string, string> | null) =>
    (await service({ ...restEvent({ resource }), stageVariables }, lambdaContext())).headers;

  test.each(["/v1/whoami", "/v1/nothing"])(
    "no response of %s names an origin unless the stage does",
    async (resource) => {
      expect(JSON.stringify(await headersFrom(resource, null))).not.toMatch(/access-control/i);
    },
  );

  test.each(["/v1/whoami", "/v1/health", "/v1/nothing"])(
    "each response of %s names the stage's origin, and shows pages the headers that clients read",
    async (resource) => {
      const headers = await headersFrom(resource, { corsOrigin: origin });
      expect(headers).toMatchObject({
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "Allow, ETag, Location, Retry-After, WWW-Authenticate, X-Request-Id",
        "X-Request-Id": "request-1",
      });
      expect(headers).not.toHaveProperty("Access-Control-Allow-Credentials");
    },
  );
});

describe("who has called", () => {
  const clock = { now: new Date("2026-01-02T03:04:05.678Z") };
  let refreshed: (readonly [string, readonly string[]])[];
  let remember: ReturnType<typeof rememberPeople>;
  beforeEach(() => {
    refreshed = [];
    remember = rememberPeople({
      refresh: async ({ id, groups }) => {
        if (id === "mallory") throw new Problem("upstream-failure");
        refreshed.push([id, groups]);
      },
    });
  });
  const call = (userArn: string) =>
    apiFunction({ whoAmI: async ({ caller }) => caller }, { authenticate, remember, clock: () => clock.now })(
      whoAmI(userArn),
      lambdaContext(),
    );

  test("is kept once in ten minutes, for people only", async () => {
    for (const _ of [1, 2]) await call(aliceArn);
    await call(chatbotArn);
    expect(refreshed).toEqual([["alice", ["Engineer"]]]);
    clock.now = new Date(clock.now.getTime() + 600_000);
    await call(aliceArn);
    expect(refreshed).toHaveLength(2);
  });

  test("is kept again if the groups have changed", async () => {
    await call(aliceArn);
    await remember(person("alice", "Guest"), testContext({ clock: () => clock.now }));
    expect(refreshed).toEqual([
      ["alice", ["Engineer"]],
      ["alice", ["Guest"]],
    ]);
  });

  test("does not fail the request if it cannot be kept, but the log says so", async () => {
    const { statusCode } = await call(aliceArn.replace("alice", "mallory"));
    expect(statusCode).toBe(200);
    expect(logged()).toEqual([expect.objectContaining({ person: "unrecorded" })]);
  });
});

describe("a caller who exceeds the rate limit", () => {
  const throttled = apiFunction(
    { whoAmI: async ({ caller }) => caller, health: async () => ({ status: "ok" }) },
    { authenticate, throttle: { burst: 2, perSecond: 0.1 }, clock: () => new Date("2026-01-02T03:04:05.678Z") },
  );
  const statusOf = async (event: ReturnType<typeof restEvent>) => (await throttled(event, lambdaContext())).statusCode;

  test.each([
    ["a malformed one", restEvent({ resource: "/v1/whoami", query: { verbose: ["1"] } }), 400],
    ["an unknown path", restEvent({ resource: "/{proxy+}" }), 404],
    ["an unknown method", restEvent({ resource: "/v1/whoami", method: "PUT" }), 405],
  ])("by requests that are refused as well: %s", async (_, event, status) => {
    const strict = apiFunction(
      { whoAmI: async ({ caller }) => caller },
      { authenticate, throttle: { burst: 1, perSecond: 0.1 }, clock: () => new Date("2026-01-02T03:04:05.678Z") },
    );
    expect((await strict(event, lambdaContext())).statusCode).toBe(status);
    expect((await strict(event, lambdaContext())).statusCode).toBe(429);
    expect((await strict(whoAmI(aliceArn), lambdaContext())).statusCode).toBe(429);
  });

  test("has one limit at both doors", async () => {
    const strict = apiFunction(
      { whoAmI: async ({ caller }) => caller },
      { authenticate: atBothDoors, throttle: { burst: 1, perSecond: 0.1 }, clock: () => new Date(0) },
    );
    const byToken = whoAmI(null);
    byToken.requestContext.authorizer = { id: "alice", kind: "person", groups: "[]", sources: "[]", exp: "1" };
    expect((await strict(whoAmI(aliceArn), lambdaContext())).statusCode).toBe(200);
    expect((await strict(byToken, lambdaContext())).statusCode).toBe(429);
  });

  test("learns when to retry, while other callers continue and free requests do not count", async () => {
    expect([await statusOf(whoAmI(aliceArn)), await statusOf(whoAmI(aliceArn))]).toEqual([200, 200]);
    const refused = await throttled(whoAmI(aliceArn), lambdaContext());
    expect(refused).toMatchObject({ statusCode: 429, headers: { "Retry-After": "10" } });
    expect(JSON.parse(refused.body)).toMatchObject({ code: "throttled", limit: "caller" });
    expect(await statusOf(whoAmI(chatbotArn))).toBe(200);
    expect(await statusOf(restEvent({ resource: "/v1/health", userArn: null }))).toBe(200);
  });
});

test("a caller who is not admitted does nothing, and is not kept", async () => {
  const did: string[] = [];
  const handler = apiFunction(
    {
      whoAmI: async ({ caller }) => {
        did.push("handled");
        return caller;
      },
      health: async () => ({ status: "ok" }),
    },
    {
      authenticate,
      admit: requireNotSuspended({
        readSuspensions: async ([id = ""]) =>
          new Map([
            ["alice", { callerId: id, isSuspended: true, reason: "", changedBy: "bob", changedAt: "", sequence: 1 }],
          ]),
      }),
      remember: async () => void did.push("kept"),
    },
  );
  const refused = await handler(whoAmI(aliceArn), lambdaContext());
  expect([refused.statusCode, JSON.parse(refused.body).code]).toEqual([403, "caller-suspended"]);
  expect(did).toEqual([]);
  expect((await handler(whoAmI(chatbotArn), lambdaContext())).statusCode).toBe(200);
  expect(did.sort()).toEqual(["handled", "kept"]);
});
