import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { followIncidents } from "../../../../examples/incident/follow-incidents.ts";
import { type Incidents, pagerDuty } from "../../../../examples/incident/incidents.ts";
import { onCallReviewer } from "../../../../examples/on-call/on-call-reviewer.ts";
import { rosterOf } from "../../../../examples/on-call/roster.ts";
import { reviewOnEvent } from "../../../../examples/reviewer/review-on-event.ts";
import { listen, type RunningServer } from "../../../../local/shared/loopback-server.ts";
import { Latchkey } from "../../../../sdk/index.ts";
import { end, makeAccessRequest, readAccessRequest } from "../../../support/access-client.ts";
import { askForConnection, callApi, fleet } from "../../../support/api-client.ts";
import { policiesWith } from "../../../support/policies-with.ts";
import { useKeyPair } from "../../../support/ssh-client.ts";
import { useLocalStack } from "../../../support/test-stack.ts";
import { exampleOfReviewers } from "../suites/reviewers.ts";

const root = path.resolve(import.meta.dirname, "../../../..");
const { fleets } = exampleOfReviewers;
const local = useLocalStack({ fleets, policies: policiesWith("incident/incident.cedar") });
const key = useKeyPair();
const url = () => local.stack.url;

const service = { id: "PCHECKOUT1", tag: "checkout" };
const scope = { tags: { env: "prod", service: service.tag } };
const inHours = (hours: number) => new Date(local.clock.now().getTime() + hours * 3_600_000).toISOString();
/** alice is on call for checkout, until the evening. */
const shifts = () => ({ checkout: [{ person: "alice", from: inHours(-1), to: inHours(6) }] });
const latchkeyAs = (as: string) => new Latchkey({ url: url(), credentials: { accessKeyId: as, secretAccessKey: as } });

/** In place of PagerDuty's API and of AWS's extension for secrets. */
let pagerDutyApi: RunningServer;
let extension: RunningServer;
/** The incidents that PagerDuty has open, or its status instead. */
let open: readonly unknown[] | number;
const webhookSecrets = ["new-secret", "old-secret"];
beforeAll(async () => {
  pagerDutyApi = await listen(
    createServer(({ headers, url: path = "" }, response) => {
      const { pathname, searchParams } = new URL(path, "http://localhost");
      const isOfService = pathname === "/incidents" && searchParams.get("service_ids[]") === service.id;
      const isOpen = searchParams.getAll("statuses[]").join() === "triggered,acknowledged";
      const isKnown = headers.authorization === "Token token=of-the-api" && isOfService && isOpen;
      if (typeof open === "number" || !isKnown) response.writeHead(isKnown ? Number(open) : 400).end("a secret");
      else response.end(JSON.stringify({ incidents: open.map((id) => ({ id, type: "incident" })), more: false }));
    }),
    0,
  );
  extension = await listen(
    createServer(({ headers, url: path = "" }, response) => {
      const isKnown =
        path === "/secretsmanager/get?secretId=arn%3Asecret" && "x-aws-parameters-secrets-token" in headers;
      const SecretString = JSON.stringify({ webhookSecrets, apiToken: "of-the-api" });
      response.writeHead(isKnown ? 200 : 400).end(JSON.stringify({ SecretString }));
    }),
    0,
  );
});
afterAll(() => Promise.all([pagerDutyApi.stop(), extension.stop()]));

const incidents = () => pagerDuty({ url: `http://127.0.0.1:${pagerDutyApi.port}`, token: "of-the-api" });
const follow = (other: { readonly incidents?: Incidents; readonly shifts?: object } = {}) =>
  followIncidents(
    {
      latchkey: latchkeyAs("incident"),
      incidents: other.incidents ?? incidents(),
      roster: rosterOf({ ...shifts(), ...other.shifts }),
      clock: local.clock.now,
    },
    service,
  );
afterEach(async () => {
  open = [];
  await follow();
});

/** What the API has of an access request. */
const stateOf = async (id: string | undefined) => {
  const { status, subject, requestedBy, reason } = await readAccessRequest(url(), "bob", id ?? "");
  return { status, subject, requestedBy, reason };
};
const statusOf = async (id: string | undefined) => (await stateOf(id)).status;
const openRequests = async () =>
  Promise.all(
    ["pending", "active"].map(async (status) => {
      const { body } = await callApi(url(), { path: `/v1/access-requests?status=${status}`, as: "bob" });
      return z
        .object({ items: z.array(z.object({ id: z.string() })) })
        .parse(body)
        .items.map(({ id }) => id);
    }),
  ).then((lists) => lists.flat());

/** The roster of examples/on-call hears of the newest access request. */
async function approveByRoster() {
  await local.stack.settled();
  const event = local.stack.bus.events.findLast((each) => each["detail-type"] === "latchkey.access-request.created");
  const latchkey = latchkeyAs("roster");
  return reviewOnEvent(latchkey, onCallReviewer(latchkey, rosterOf(shifts()), local.clock.now), event);
}
const connect = () => askForConnection(url(), "alice", fleet.prod1, { publicKey: key.pair.publicKey });

describe("no access is asked for", () => {
  test.each<[sentence: string, incidents: readonly string[], shifts: object]>([
    ["without an incident, as when events come late or again", [], {}],
    ["for people who are not on call", ["QNOBODY"], { checkout: [] }],
    ["for people who are on call for another service", ["QOTHER"], { checkout: [], payments: shifts().checkout }],
  ])("%s", async (_, ids, other) => {
    open = ids;
    expect(await follow({ shifts: other })).toEqual({ asked: [], ended: [] });
    expect(await openRequests()).toEqual([]);
  });

  test.each<[sentence: string, response: readonly unknown[] | number, message: string]>([
    ["fails", 500, "PagerDuty responded with status 500"],
    ["redirects", 302, "fetch failed"],
    ["has an id that is none", ["Q1, approve it"], "PagerDuty responded with another id"],
  ])("if the incident system %s: the webhook is delivered again", async (_, response, message) => {
    open = response;
    await expect(follow()).rejects.toMatchObject({ message: expect.stringContaining(message) });
    expect(await openRequests()).toEqual([]);
  });

  test("again for an incident and a person, after a person has ended it", async () => {
    open = ["QENDED"];
    const { asked } = await follow();
    await approveByRoster();
    await end(url(), "bob", asked[0] ?? "", "revoke");
    await follow();
    expect(await openRequests()).toEqual([]);
  });
});

describe("access is asked for", () => {
  test("once, for the person on call, with the incident as the reason, however often events come", async () => {
    open = ["QONCE"];
    const results = await Promise.all([follow(), follow()]);
    await follow();
    const [id, ...others] = await openRequests();
    expect(others).toEqual([]);
    expect(results.flatMap(({ asked }) => asked)).toContain(id);
    expect(await stateOf(id)).toEqual({
      status: "pending",
      subject: "alice",
      requestedBy: "111122223333/Incident",
      reason: "Incident QONCE",
    });
  });

  test("for the next incident, when the first is resolved", async () => {
    open = ["QFIRST", "QNEXT"];
    const [first] = (await follow()).asked;
    open = ["QNEXT"];
    const { asked, ended } = await follow();
    expect(ended).toEqual([first]);
    expect(await stateOf(asked[0])).toMatchObject({ status: "pending", reason: "Incident QNEXT" });
  });
});

describe("access ends", () => {
  test("that is still pending", async () => {
    open = ["QPENDING"];
    const { asked } = await follow();
    open = [];
    expect(await follow()).toEqual({ asked: [], ended: asked });
    expect(await statusOf(asked[0])).toBe("cancelled");
  });

  test("if the incident is resolved while access is asked for, and nothing else tells of it", async () => {
    const responses = [["QSHORT"], []];
    const { asked, ended } = await follow({ incidents: { open: async () => responses.shift() ?? [] } });
    expect(ended).toEqual(asked);
    expect(await statusOf(asked[0])).toBe("cancelled");
  });

  test("but not what people have asked for themselves, or others for another service", async () => {
    const own = await makeAccessRequest(url(), "alice", { instanceId: undefined, scope, reason: "Incident QMINE" });
    const other = await makeAccessRequest(url(), "incident", {
      ...{ instanceId: undefined, scope: { tags: { env: "prod", service: "payments" } } },
      ...{ subject: "dave", reason: "Incident QPAY" },
    });
    open = [];
    expect(await follow()).toEqual({ asked: [], ended: [] });
    expect([await statusOf(own.id), await statusOf(other.id)]).toEqual(["pending", "pending"]);
    for (const [id, as] of [
      [own.id, "alice"],
      [other.id, "incident"],
    ] as const)
      await end(url(), as, id, "cancel");
  });
});

test("the machine ends nothing that it has not asked for", async () => {
  const { id } = await makeAccessRequest(url(), "alice");
  expect(await end(url(), "incident", id, "cancel")).toMatchObject({ status: 403 });
  await end(url(), "alice", id, "cancel");
});

describe("the function, as deployed by CDK,", () => {
  let directory: string;
  beforeAll(async () => {
    directory = mkdtempSync(path.join(os.tmpdir(), "latchkey-"));
    const env = { PATH: process.env["PATH"], HOME: directory, CDK_OUTDIR: directory };
    const app = path.join(root, "examples/incident/app.ts");
    await promisify(execFile)(process.execPath, [app], { env, cwd: root });
    // The file's shift of alice is today's.
    const file = bundle();
    const text = readFileSync(file, "utf8");
    expect(text).toContain("2026-03-02T09:00:00Z");
    const today = text.replaceAll("2026-03-02T09:00:00Z", inHours(-1)).replaceAll("2026-03-09T09:00:00Z", inHours(6));
    writeFileSync(file, today);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const resources = () => {
    const file = path.join(directory, "LatchkeyIncident.template.json");
    return Object.values(template.parse(JSON.parse(readFileSync(file, "utf8"))).Resources);
  };
  const propertiesOf = (type: string) =>
    resources().flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
  const bundle = () => {
    const [{ Code }] = z
      .tuple([z.object({ Code: z.object({ S3Key: z.string() }) })])
      .parse(propertiesOf("AWS::Lambda::Function"));
    return path.join(directory, `asset.${Code.S3Key.replace(".zip", "")}`, "index.mjs");
  };

  /** Delivers a webhook of PagerDuty's form to the function's URL. @returns its response, and what it logged before */
  async function deliver(
    changes: { readonly event?: object; readonly signature?: string; readonly body?: string } = {},
  ) {
    const event = {
      ...{ id: "01ABC", event_type: "incident.triggered", resource_type: "incident", occurred_at: inHours(0) },
      ...{ agent: null, data: { id: "Q1", type: "incident", status: "triggered", service: { id: service.id } } },
      ...changes.event,
    };
    const body = changes.body ?? JSON.stringify({ event });
    const hmac = (secret: string) => createHmac("sha256", secret).update(JSON.stringify({ event })).digest("hex");
    const signature = (changes.signature ?? "v1={new-secret}").replace(/\{(.+?)\}/g, (_, secret) => hmac(secret));
    const delivered = {
      headers: { "x-pagerduty-signature": signature },
      body: Buffer.from(body).toString("base64"),
      isBase64Encoded: true,
    };
    const program = `const { handler } = await import(${JSON.stringify(bundle())});
      console.log(JSON.stringify(await handler(${JSON.stringify(delivered)})));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
      env: {
        ...{ LATCHKEY_URL: url(), PAGERDUTY_URL: `http://127.0.0.1:${pagerDutyApi.port}`, SECRET_ARN: "arn:secret" },
        ...{ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "incident", AWS_SECRET_ACCESS_KEY: "incident" },
        PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: `${extension.port}`,
      },
    });
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  test.each<[sentence: string, changes: Parameters<typeof deliver>[0]]>([
    ["has no signature", { signature: "" }],
    ["is signed by another secret", { signature: "v1={other-secret}" }],
    ["is signed by an empty secret", { signature: "v1=" }],
    ["is signed in another version", { signature: "v2={new-secret}" }],
    ["was changed by one space", { body: " " }],
  ])("refuses a webhook that %s", async (_, changes) => {
    open = ["QFORGED"];
    expect(await deliver(changes)).toEqual([{ statusCode: 401 }]);
    expect(await openRequests()).toEqual([]);
  });

  test.each<[sentence: string, event: object]>([
    ["of another service", { data: { service: { id: "POTHER" } } }],
    ["of a service with the name of a property", { data: { service: { id: "constructor" } } }],
    ["about a service itself", { resource_type: "service" }],
    ["that only tries the webhook", { event_type: "pagey.ping", resource_type: "pagey", data: { message: "Hello" } }],
  ])("does nothing for an event %s", async (_, event) => {
    open = ["QOTHERS"];
    expect(await deliver({ event })).toEqual([{ statusCode: 200, body: "not a service of Latchkey's" }]);
    expect(await openRequests()).toEqual([]);
  });

  test("opens access for the person on call, and ends it when the incident is resolved", async () => {
    expect(await connect()).toMatchObject({ status: 403 });
    open = ["Q1"];
    const [log, response] = await deliver({ signature: "v1=0, v1={old-secret}" });
    expect({ log, response }).toEqual({
      log: { service: "checkout", asked: [expect.stringMatching(/^ar-/)], ended: [] },
      response: { statusCode: 200 },
    });
    expect(await approveByRoster()).toMatchObject({ outcome: "approved" });
    expect(await connect()).toMatchObject({ status: 201, body: { accessRequestId: log.asked[0] } });

    open = [];
    const [last] = await deliver({ event: { event_type: "incident.resolved" } });
    expect(last).toEqual({ service: "checkout", asked: [], ended: log.asked });
    expect(await statusOf(log.asked[0])).toBe("revoked");
    expect(await connect()).toMatchObject({ status: 403 });
    // The first event, late and again.
    expect((await deliver())[0]).toEqual({ service: "checkout", asked: [], ended: [] });
    expect(await openRequests()).toEqual([]);
  });

  test("has the role of its policies, and a URL that asks for no signature of AWS's", () => {
    expect(propertiesOf("AWS::IAM::Role")).toMatchObject([{ RoleName: "Incident" }]);
    expect(readFileSync(path.join(root, "examples/incident/incident.cedar"), "utf8")).toContain(
      '"111122223333/Incident"',
    );
    expect(propertiesOf("AWS::Lambda::Url")).toMatchObject([{ AuthType: "NONE" }]);
    expect(propertiesOf("AWS::Lambda::Function")).toMatchObject([{ ReservedConcurrentExecutions: 5 }]);
  });
});

const template = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
