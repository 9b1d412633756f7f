import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import type { AccessRequestResponse } from "../../../../contract/access-request.ts";
import { onCallReviewer } from "../../../../examples/on-call/on-call-reviewer.ts";
import { rosterOf } from "../../../../examples/on-call/roster.ts";
import { type Outcome, type Reviewer, reviewOnEvent } from "../../../../examples/reviewer/review-on-event.ts";
import { ticketReviewer } from "../../../../examples/ticket/ticket-reviewer.ts";
import { ticketsAt } from "../../../../examples/ticket/tickets.ts";
import { readSettings, type Settings } from "../../../../lib/settings.ts";
import { Fleet } from "../../../../local/fleet/fleet.ts";
import { sampleFleet } from "../../../../local/fleet/sample-fleet.ts";
import { listen, type RunningServer } from "../../../../local/shared/loopback-server.ts";
import { Latchkey, type LatchkeyOptions, NetworkError } from "../../../../sdk/index.ts";
import { fetchTransport } from "../../../../sdk/transport.ts";
import { askForAccess, end, makeAccessRequest, readAccessRequest, review } from "../../../support/access-client.ts";
import { callApi, fleet, makeConnection } from "../../../support/api-client.ts";
import { policiesWith } from "../../../support/policies-with.ts";
import { useKeyPair } from "../../../support/ssh-client.ts";
import type { TestStack } from "../../../support/test-stack.ts";

const root = path.resolve(import.meta.dirname, "../../../..");
const example = (name: string) => path.join(root, "examples", name);
const fragments = ["on-call", "ticket"].map((name) =>
  JSON.parse(readFileSync(example(`${name}/settings.json`), "utf8")),
);

/** Instances of production: one of the service checkout, one of payments, and one of none. */
const [checkout, payments, unserved] = [fleet.prod1, fleet.db1, fleet.legacy1];
const servicesOf: Readonly<Record<string, string>> = { [checkout]: "checkout", [payments]: "payments" };

/** What a stack needs for the reviewers of examples/: their settings and policies, and instances with services. */
export const exampleOfReviewers = {
  fleets: [inProduction(sampleFleet())],
  changeSettings: (usual: Settings): Settings =>
    readSettings({ ...usual, integrations: fragments.flatMap(({ integrations }) => integrations) }),
  policies: policiesWith("ticket/ticket.cedar"),
};

function inProduction({ instances, endpoints, images }: Fleet): Fleet {
  const Instances = instances.map((each) => {
    const service = servicesOf[each.InstanceId];
    if (service === undefined && each.InstanceId !== unserved) return each;
    const Tags = [
      { Key: "env", Value: "prod" },
      ...(service === undefined ? [] : [{ Key: "service", Value: service }]),
    ];
    return { ...each, Tags: [...each.Tags.filter(({ Key }) => Key !== "env"), ...Tags] };
  });
  return new Fleet({ Reservations: [{ Instances }], InstanceConnectEndpoints: [...endpoints], Images: [...images] });
}

const ofCheckout = { tags: { env: "prod", service: "checkout" } };

const hour = 3600;
const noon = new Date("2026-03-02T12:00:00Z");
const inSeconds = (seconds: number) => new Date(noon.getTime() + seconds * 1000).toISOString();

/** A roster with one shift, by default alice's for checkout until the evening. */
const rosterWith = ({
  service = "checkout",
  person = "alice",
  from = inSeconds(-hour),
  to = inSeconds(8 * hour),
} = {}) => rosterOf({ [service]: [{ person, from, to }] });
type Shift = NonNullable<Parameters<typeof rosterWith>[0]>;

/** The reviewers of examples/, against a stack with their settings and policies. */
export function describeReviewers(local: TestStack): void {
  const key = useKeyPair();
  const url = () => local.stack.url;
  const made = new Map<string, string>();

  async function ask(other: object = {}, as = "alice"): Promise<AccessRequestResponse> {
    const request = await makeAccessRequest(url(), as, { reason: "INC-42", ...other });
    made.set(request.id, request.subject);
    return request;
  }
  afterEach(async () => {
    for (const [id, subject] of made)
      for (const how of ["cancel", "revoke"] as const) await end(url(), subject, id, how);
    made.clear();
  });

  /** The event about a request, from the stack's bus, as EventBridge delivers it. */
  async function eventOf({ id }: { readonly id: string }) {
    await local.stack.settled();
    const { bus, ...event } =
      local.stack.bus.events.find(
        ({ detail, "detail-type": type }) => isCreated(type) && detail["subject"] === `access-requests/${id}`,
      ) ?? {};
    expect(bus).toBe("latchkey");
    return {
      version: "0",
      id: "1",
      account: "111122223333",
      region: "us-east-1",
      time: inSeconds(0),
      resources: [],
      ...event,
    };
  }

  const latchkeyAs = (as: string, options: Partial<LatchkeyOptions> = {}) =>
    new Latchkey({ url: url(), credentials: { accessKeyId: as, secretAccessKey: as }, ...options });

  /** What the roster makes of an event. */
  const onCall = (event: unknown, shift: Shift = {}, options: Partial<LatchkeyOptions> = {}) => {
    const latchkey = latchkeyAs("roster", options);
    return reviewOnEvent(
      latchkey,
      onCallReviewer(latchkey, rosterWith(shift), () => noon),
      event,
    );
  };

  const reviewsOf = async (id: string) => {
    const { status, reviews } = await readAccessRequest(url(), "alice", id);
    return { status, reviewers: reviews.map(({ reviewer, integration }) => `${integration} ${reviewer}`) };
  };
  const untouched = { status: "pending", reviewers: [] };

  describe("the roster approves nothing", () => {
    test.each<[sentence: string, shift: Shift, request: object, outcome: Outcome["outcome"]]>([
      ["for a person who is not on call", { person: "dave" }, {}, "left-to-people"],
      ["for a person who is on call for another service", { service: "payments" }, {}, "left-to-people"],
      ["before the shift", { from: inSeconds(1) }, {}, "left-to-people"],
      ["after the shift", { to: inSeconds(0) }, {}, "left-to-people"],
      ["in the last minute of the shift", { to: inSeconds(59) }, {}, "left-to-people"],
      ["for root, since policy does not take it", {}, { osUser: "root" }, "left-to-people"],
      [
        "for access by the tags of another service",
        { service: "payments" },
        { instanceId: undefined, scope: ofCheckout },
        "left-to-people",
      ],
      [
        "for access by tags of no service, since no policy lets it review that",
        {},
        { instanceId: undefined, scope: { tags: { env: "prod" } } },
        "access-request-not-found",
      ],
      ["if no policy lets it review there", {}, { instanceId: unserved }, "access-request-not-found"],
      [
        "because a reason says so",
        { person: "dave" },
        { reason: 'Approve. {"person": "alice", "decision": "approve"}' },
        "left-to-people",
      ],
    ])("%s", async (_, shift, other, outcome) => {
      const request = await ask(other);
      expect(await onCall(await eventOf(request), shift)).toEqual({ accessRequestId: request.id, outcome });
      expect(await reviewsOf(request.id)).toEqual(untouched);
    });

    test("for access by tags of no service, if some policy let it review that", async () => {
      const request = { ...(await ask()), instanceId: undefined, scope: { tags: { env: "prod" } } };
      const reviewer = onCallReviewer(latchkeyAs("roster"), rosterWith(), () => noon);
      expect(await reviewer.approve(request)).toBeUndefined();
    });

    test("for access that starts later, which may be in another shift", async () => {
      const request = { ...(await ask()), startsAt: inSeconds(hour) };
      const reviewer = onCallReviewer(latchkeyAs("roster"), rosterWith(), () => noon);
      expect(await reviewer.approve(request)).toBeUndefined();
    });

    test("for more time, though the person is still on call", async () => {
      const request = await ask();
      const event = await eventOf(request);
      await onCall(event);
      const path = `/v1/access-requests/${request.id}/extensions`;
      const body = { durationSeconds: 600, reason: "INC-42 goes on" };
      expect(await callApi(url(), { method: "POST", path, as: "alice", body })).toMatchObject({ status: 201 });
      expect(await onCall(event)).toMatchObject({ outcome: "not-pending" });
      expect(await readAccessRequest(url(), "alice", request.id)).toMatchObject({
        extension: { status: "pending", reviews: [] },
      });
    });

    test("if an event that is forged says who asks, for what", async () => {
      const request = await ask({}, "dave");
      const { detail = {}, ...event } = await eventOf(request);
      const data = { ...(detail["data"] as object), subject: "alice", requestedBy: "alice", status: "pending" };
      expect(await onCall({ ...event, detail: { ...detail, data } })).toMatchObject({ outcome: "left-to-people" });
      expect(await readAccessRequest(url(), "dave", request.id)).toMatchObject({ status: "pending", reviews: [] });
    });

    test.each<[sentence: string, id: unknown, outcome: string]>([
      ["a request that does not exist", "ar-0123456789abcdef0123456789abcdef-0123456789ab", "access-request-not-found"],
      ["another path", "../instances", "malformed-event"],
      ["a number", 42, "malformed-event"],
      ["nothing", undefined, "malformed-event"],
    ])("if an event names %s", async (_, accessRequestId, outcome) => {
      expect(await onCall({ detail: { data: { accessRequestId } } })).toMatchObject({ outcome });
    });

    test.each([[undefined], [null], ["text"], [{}], [{ detail: null }], [{ detail: { data: [] } }]])(
      "for the event %j",
      async (event) => {
        expect(await onCall(event)).toEqual({ outcome: "malformed-event" });
      },
    );

    test.each<[sentence: string, status: string, finish: (id: string) => Promise<unknown>]>([
      ["has been cancelled", "cancelled", (id) => end(url(), "alice", id, "cancel")],
      ["has been denied", "denied", (id) => review(url(), "bob", id, "deny")],
      ["has been approved by a person", "active", (id) => review(url(), "bob", id, "approve")],
    ])("if the event arrives after the request %s", async (_, status, finish) => {
      const request = await ask();
      const event = await eventOf(request);
      await finish(request.id);
      expect(await onCall(event)).toMatchObject({ outcome: "not-pending" });
      const now = await reviewsOf(request.id);
      expect(now).toMatchObject({ status });
      expect(now.reviewers.join()).not.toContain("roster");
    });

    test("while it is suspended, and the event is delivered again", async () => {
      const request = await ask();
      const event = await eventOf(request);
      const suspension = { path: "/v1/suspensions/111122223333%2FRoster", as: "bob" };
      await callApi(url(), { ...suspension, method: "PUT", body: { reason: "its key was stolen" } });
      await expect(onCall(event)).rejects.toMatchObject({ problem: { code: "caller-suspended" } });
      expect(await reviewsOf(request.id)).toEqual(untouched);
      expect(
        await callApi(url(), { ...suspension, method: "DELETE", body: { reason: "it has another" } }),
      ).toMatchObject({
        status: 200,
      });
    });

    test.each<[sentence: string, fault: () => ReturnType<typeof fetchTransport>, thrown: object]>([
      ["while Latchkey is busy for longer", async () => throttled(60), { problem: { code: "throttled" } }],
      [
        "while Latchkey cannot be reached",
        () => Promise.reject(new NetworkError("ETIMEDOUT", "host")),
        { code: "ETIMEDOUT" },
      ],
    ])("%s, but does when the event is delivered again", async (_, fault, thrown) => {
      const request = await ask();
      const event = await eventOf(request);
      await expect(onCall(event, {}, { transport: fault })).rejects.toMatchObject(thrown);
      expect(await reviewsOf(request.id)).toEqual(untouched);
      expect(await onCall(event)).toMatchObject({ outcome: "approved" });
    });
  });

  const byRoster = { status: "active", reviewers: ["roster 111122223333/Roster"] };

  describe("the roster approves", () => {
    test("for a person who is on call, who then connects", async () => {
      const request = await ask();
      expect(await onCall(await eventOf(request))).toEqual({ accessRequestId: request.id, outcome: "approved" });
      expect(await reviewsOf(request.id)).toEqual(byRoster);
      const connection = await makeConnection(url(), "alice", checkout, { publicKey: key.pair.publicKey });
      expect(connection).toMatchObject({ accessRequestId: request.id });
    });

    test("for access by tags that name the service, which then opens its instances", async () => {
      const request = await ask({ instanceId: undefined, scope: ofCheckout });
      expect(await onCall(await eventOf(request))).toMatchObject({ outcome: "approved" });
      const connection = await makeConnection(url(), "alice", checkout, { publicKey: key.pair.publicKey });
      expect(connection).toMatchObject({ accessRequestId: request.id });
    });

    test("for a person for whom a bot asks", async () => {
      const request = await ask({ subject: "alice" }, "chatbot");
      expect(await onCall(await eventOf(request))).toMatchObject({ outcome: "approved" });
    });

    test("until the end of the shift", async () => {
      const request = await ask();
      await onCall(await eventOf(request), { to: inSeconds(600) });
      const comment = `On call until ${inSeconds(600)}`;
      expect(await readAccessRequest(url(), "alice", request.id)).toMatchObject({
        grantedSeconds: 600,
        reviews: [{ comment }],
      });
    });

    test("once, if the event is delivered twice", async () => {
      const request = await ask();
      const event = await eventOf(request);
      await onCall(event);
      expect(await onCall(event)).toMatchObject({ outcome: "not-pending" });
      expect(await reviewsOf(request.id)).toEqual(byRoster);
    });

    test("once, if the event is delivered twice at once", async () => {
      const request = await ask();
      const event = await eventOf(request);
      // Both have found it pending before either has reviewed it.
      const transport = together(2, "/reviews");
      const outcomes = await Promise.all([onCall(event, {}, { transport }), onCall(event, {}, { transport })]);
      expect(outcomes.filter(({ outcome }) => outcome === "approved")).toHaveLength(1);
      expect(await reviewsOf(request.id)).toEqual(byRoster);
    });

    test("if Latchkey is busy for a moment", async () => {
      const request = await ask();
      const event = await eventOf(request);
      let calls = 0;
      const transport: typeof fetchTransport = async (...call) =>
        ++calls === 1 ? throttled(0) : fetchTransport(...call);
      expect(await onCall(event, {}, { transport })).toMatchObject({ outcome: "approved" });
    });
  });

  describe("a ticket", () => {
    let system: RunningServer;
    /** The ticket system's responses, by path. */
    let responses: Readonly<Record<string, readonly [status: number, body: string]>>;
    beforeAll(async () => {
      system = await listen(
        createServer((message, response) => {
          const found = responses[message.url ?? ""] ?? [404, ""];
          const [status, body] = found;
          if (status !== 0) response.writeHead(status, status === 302 ? { Location: "/tickets/INC-7" } : {}).end(body);
        }),
        0,
      );
    });
    afterAll(() => system.stop());

    const ticketsUrl = () => `http://127.0.0.1:${system.port}/`;
    const reviewer = (timeout?: number): Reviewer =>
      ticketReviewer(ticketsAt({ url: ticketsUrl(), ...(timeout !== undefined && { timeout }) }));
    const byTicket = (event: unknown, timeout?: number) =>
      reviewOnEvent(latchkeyAs("ticket"), reviewer(timeout), event);
    const own = JSON.stringify({ status: "open", assignee: "alice", note: "Approve INC-43 too." });

    const other = (changed: object) => JSON.stringify({ status: "open", assignee: "alice", ...changed });

    test.each<[sentence: string, ticket: readonly [number, string], request: object, outcome: Outcome["outcome"]]>([
      ["that does not exist", [404, own], {}, "left-to-people"],
      ["that is closed", [200, other({ status: "closed" })], {}, "left-to-people"],
      ["that is open in another spelling", [200, other({ status: "OPEN" })], {}, "left-to-people"],
      ["that is assigned to somebody else", [200, other({ assignee: "dave" })], {}, "left-to-people"],
      ["that is assigned to nobody", [200, other({ assignee: null })], {}, "left-to-people"],
      ["that is assigned to several", [200, other({ assignee: ["alice"] })], {}, "left-to-people"],
      ["beside another one", [200, own], { reason: "INC-42, or was it INC-43?" }, "left-to-people"],
      ["in a longer word", [200, own], { reason: "PRE-INC-42" }, "left-to-people"],
      ["for root, since policy does not take it", [200, own], { osUser: "root" }, "left-to-people"],
      ["where no policy lets it review", [200, own], { instanceId: checkout }, "access-request-not-found"],
    ])("%s approves nothing", async (_, ticket, changed, outcome) => {
      responses = { "/tickets/INC-42": ticket };
      const request = await ask({ instanceId: payments, ...changed });
      expect(await byTicket(await eventOf(request))).toEqual({ accessRequestId: request.id, outcome });
      expect(await reviewsOf(request.id)).toEqual(untouched);
    });

    test("that the reason does not name is no request at all", async () => {
      const response = await askForAccess(url(), "alice", { instanceId: payments, reason: "The disk is full" });
      expect(response).toMatchObject({ status: 403, body: { code: "access-denied" } });
    });

    test.each<[sentence: string, ticket: readonly [number, string], message: string]>([
      ["fails", [500, "a secret"], "The ticket system responded with status 500"],
      ["redirects", [302, ""], "fetch failed"],
      [
        "responds with something else",
        [200, "a secret"],
        "The ticket system responded with something other than a ticket",
      ],
      ["responds with null", [200, "null"], "The ticket system responded with something other than a ticket"],
      ["does not respond in time", [0, ""], "The operation was aborted due to timeout"],
    ])("of a system that %s approves nothing, and the event is delivered again", async (_, ticket, message) => {
      responses = { "/tickets/INC-42": ticket, "/tickets/INC-7": [200, own] };
      const request = await ask({ instanceId: payments });
      const event = await eventOf(request);
      await expect(byTicket(event, ticket[0] === 0 ? 20 : undefined)).rejects.toMatchObject({ message });
      expect(await reviewsOf(request.id)).toEqual(untouched);
    });

    test("that is open and the subject's own approves, and the subject connects", async () => {
      responses = { "/tickets/INC-42": [200, own] };
      const request = await ask({ instanceId: payments, reason: "INC-42: the disk is full" });
      expect(await byTicket(await eventOf(request))).toMatchObject({ outcome: "approved" });
      expect(await reviewsOf(request.id)).toEqual({ status: "active", reviewers: ["ticket 111122223333/Ticket"] });
      await makeConnection(url(), "alice", payments, { publicKey: key.pair.publicKey });
    });
  });

  describe("as deployed by CDK", () => {
    let directory: string;
    beforeAll(async () => {
      directory = mkdtempSync(path.join(os.tmpdir(), "latchkey-"));
      const env = { PATH: process.env["PATH"], HOME: directory, CDK_OUTDIR: directory };
      await promisify(execFile)(process.execPath, [example("reviewer/app.ts")], { env, cwd: root });
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    const resourcesOf = async (stack: string) => {
      const file = await readFile(path.join(directory, `${stack}.template.json`), "utf8");
      return Object.values(template.parse(JSON.parse(file)).Resources);
    };

    test.each([
      ["LatchkeyRoster", "Roster", 0],
      ["LatchkeyTicket", "Ticket", 1],
    ] as const)("%s has the role of its setting, which nobody but Lambda assumes", async (stack, role, index) => {
      const roles = (await resourcesOf(stack)).filter(({ Type }) => Type === "AWS::IAM::Role");
      const Principal = { Service: "lambda.amazonaws.com" };
      expect(roles).toMatchObject([
        { Properties: { RoleName: role, AssumeRolePolicyDocument: { Statement: [{ Principal }] } } },
      ]);
      expect(fragments[index].integrations[0].identities).toEqual([`111122223333/${role}`]);
    });

    test("the rule lets through the creation of access requests, of all the events of this stack", async () => {
      await eventOf(await ask());
      const rules = (await resourcesOf("LatchkeyRoster")).filter(({ Type }) => Type === "AWS::Events::Rule");
      expect(rules.map(({ Properties }) => Properties["EventPattern"])).toEqual([{ "detail-type": [created] }]);
      const types = new Set(local.stack.bus.events.map((event) => event["detail-type"]));
      expect([...types].filter(isCreated)).toEqual([created]);
      expect(types.size).toBeGreaterThan(3);
    });

    test("the roster's function, whose file has no shift today, leaves a request to people", async () => {
      const functions = (await resourcesOf("LatchkeyRoster")).filter(({ Type }) => Type === "AWS::Lambda::Function");
      const [{ Properties } = { Properties: {} }] = functions;
      const { Code, Handler, Environment } = lambda.parse(Properties);
      expect(Object.keys(Environment.Variables)).toEqual(["LATCHKEY_URL"]);
      const [file = "", name = ""] = Handler.split(".");
      const bundle = path.join(directory, `asset.${Code.S3Key.replace(".zip", "")}`, `${file}.mjs`);
      const request = await ask();
      const program = `const { ${name} } = await import(${JSON.stringify(bundle)}); await ${name}(${JSON.stringify(await eventOf(request))});`;
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
        env: {
          LATCHKEY_URL: url(),
          AWS_REGION: "us-east-1",
          AWS_ACCESS_KEY_ID: "roster",
          AWS_SECRET_ACCESS_KEY: "roster",
        },
      });
      expect(JSON.parse(stdout)).toEqual({ accessRequestId: request.id, outcome: "left-to-people" });
    });
  });
}

const created = "latchkey.access-request.created";
const isCreated = (type: string) => type === created;

const template = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
const lambda = z.object({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});

/** The response of a busy API, which says how many seconds to wait. */
const throttled = (seconds: number) => ({
  status: 429,
  headers: { "content-type": "application/problem+json", "retry-after": String(seconds) },
  body: JSON.stringify({
    type: "urn:latchkey:problem:throttled",
    title: "Too many requests",
    status: 429,
    detail: "Wait.",
    code: "throttled",
    requestId: "1",
    retryable: true,
  }),
});

/** Holds requests with such a path until there are as many. */
function together(count: number, suffix: string): typeof fetchTransport {
  const { promise, resolve } = Promise.withResolvers<void>();
  let waiting = 0;
  return async (request, options) => {
    if (request.url.pathname.endsWith(suffix)) {
      waiting += 1;
      if (waiting === count) resolve();
      await promise;
    }
    return fetchTransport(request, options);
  };
}
