import * as z from "zod";
import type { RouteName } from "../../contract/routes.ts";
import { hostKeys } from "../fixtures/host-keys.ts";
import { keys } from "../fixtures/keys.ts";
import { type ApiCall, callApi, fleet } from "./api-client.ts";

/** Creates through the API at `url` what a call needs first, and returns the call. */
type Prepared = (url: string) => Promise<ApiCall>;

/** A call of the sample fleet's API, and the verdict on it. */
export type SampleCall = readonly [what: string, call: ApiCall | Prepared, status: number, code?: string];

/** Prepares what a sample needs, and returns its call. */
export async function prepare([, call]: SampleCall, url: string): Promise<ApiCall> {
  return typeof call === "function" ? call(url) : call;
}

const post = (path: string, body: unknown): ApiCall => ({ method: "POST", path, body });
const connect = (instanceId: string, body: unknown = { publicKey: keys.ed25519 }): ApiCall => ({
  ...post(`/v1/instances/${instanceId}/connections`, body),
  as: "alice",
});
const withKey = { publicKey: keys.ed25519 };
const decide = (body: unknown): ApiCall => ({ ...post("/v1/decisions", body), as: "alice" });
const get = (path: string, as?: string): ApiCall => ({ path, ...(as !== undefined && { as }) });

/** Registers host keys, or reads them. */
const hostKeysOf = (instanceId: string, as: string, ...registered: readonly string[]): ApiCall => ({
  path: `/v1/instances/${instanceId}/host-keys`,
  as,
  ...(registered.length > 0 && {
    method: "PUT",
    headers: { "if-none-match": "*" },
    body: { hostKeys: registered.map((key) => ({ key })) },
  }),
});
/** Replaces the version that there is then. */
const replaced =
  (call: ApiCall): Prepared =>
  async (url) => {
    const { path, as = "" } = call;
    const { headers } = await callApi(url, { path, as });
    return { ...call, headers: { "if-match": headers.get("etag") ?? "" } };
  };

const request = (as: string, body: object = {}): ApiCall => ({
  ...post("/v1/access-requests", {
    instanceId: fleet.prod1,
    osUser: "ec2-user",
    durationSeconds: 600,
    reason: "to look at the log",
    ...body,
  }),
  as,
});
/** Requests access, and then makes a call about the request. */
const onRequest =
  (asked: ApiCall, as: string, rest: string, body?: unknown): Prepared =>
  async (url) => {
    const { id } = z.object({ id: z.string() }).parse((await callApi(url, asked)).body);
    const path = `/v1/access-requests/${id}${rest}`;
    return rest.startsWith("/") ? { ...post(path, body), as } : get(path, as);
  };
/** Suspends or restores a caller, as bob. */
const suspending = (method: "PUT" | "DELETE", callerId: string): ApiCall => ({
  method,
  path: `/v1/suspensions/${callerId}`,
  as: "bob",
  body: { reason: "a laptop was stolen" },
});
const emergency = { breakGlass: true, reason: "the site is down" };

const policiesOfAnEvent: Prepared = async (url) => {
  const { body } = await callApi(url, request("alice"));
  const { id } = z.object({ id: z.string() }).parse(body);
  const events = await callApi(url, get(`/v1/audit-events?accessRequestId=${id}`, "alice"));
  const digest = /"policyDigest":"sha256:([0-9a-f]+)"/.exec(JSON.stringify(events.body))?.[1];
  return get(`/v1/instances/${fleet.prod1}/policies/${digest}`, "alice");
};

/** Good calls of every route. */
export const goodCalls: Readonly<Record<RouteName, readonly SampleCall[]>> = {
  createConnection: [
    ["a direct connection", connect(fleet.web1), 201],
    ["a connection through an endpoint", connect(fleet.db1, { publicKey: keys.ed25519, maxTunnelSeconds: 60 }), 201],
    [
      "one with every requested",
      connect(fleet.web1, { publicKey: keys.ed25519, osUser: "ubuntu", port: 22, reason: "é" }),
      201,
    ],
  ],
  decide: [
    ["a decision that allows", decide({ instanceId: fleet.web1 }), 200],
    ["a decision that denies", decide({ instanceId: fleet.prod1, connectionType: "eice" }), 200],
  ],
  listInstances: [
    ["all instances", get("/v1/instances", "alice"), 200],
    ["a page of one", get("/v1/instances?limit=1", "alice"), 200],
    ["by name and tags", get("/v1/instances?name=web-1&tag.Name=web-1&tag.env=dev", "alice"), 200],
    ["by account and region", get("/v1/instances?accountId=111122223333&region=us-east-1", "alice"), 200],
    ["none, for a guest", get("/v1/instances", "carol"), 200],
  ],
  getInstance: [
    ["an instance", get(`/v1/instances/${fleet.web1}`, "alice"), 200],
    ["one with IPv6 alone", get(`/v1/instances/${fleet.v61}`, "alice"), 200],
    ["one that is stopped", get(`/v1/instances/${fleet.old1}`, "chatbot"), 200],
  ],
  createAccessRequest: [
    ["access that somebody has to approve", request("alice"), 201],
    ["the same again", request("alice"), 201],
    ["access for another", request("chatbot", { subject: "dave" }), 201],
    ["access in an emergency", request("bob", emergency), 201],
  ],
  listAccessRequests: [
    ["all access requests", get("/v1/access-requests", "alice"), 200],
    [
      "by status, instance and subject",
      get(`/v1/access-requests?status=pending&instanceId=${fleet.prod1}&subject=alice`, "bob"),
      200,
    ],
    ["those to review", get("/v1/access-requests?reviewable=true&limit=1", "bob"), 200],
  ],
  getAccessRequest: [
    ["an access request", onRequest(request("alice"), "alice", ""), 200],
    ["one that is waited for", onRequest(request("alice"), "alice", "?wait=1"), 200],
  ],
  reviewAccessRequest: [
    [
      "a first approval",
      onRequest(request("alice", { osUser: "root" }), "bob", "/reviews", { decision: "approve", durationSeconds: 300 }),
      201,
    ],
    [
      "a denial, with a word",
      onRequest(request("dave", { osUser: "root" }), "erin", "/reviews", { decision: "deny", comment: "Ask me first" }),
      201,
    ],
  ],
  extendAccessRequest: [
    [
      "of access that needed no review",
      onRequest(request("dave", { instanceId: fleet.web1 }), "dave", "/extensions", {
        durationSeconds: 60,
        reason: "it is slow",
      }),
      201,
    ],
  ],
  cancelAccessRequest: [
    ["without a word", onRequest(request("erin"), "erin", "/cancel"), 200],
    ["with one", onRequest(request("erin"), "erin", "/cancel", { comment: "not needed" }), 200],
  ],
  revokeAccessRequest: [
    ["without a word", onRequest(request("bob", emergency), "bob", "/revoke"), 200],
    ["with one", onRequest(request("bob", emergency), "bob", "/revoke", { comment: "done" }), 200],
  ],
  listAuditEvents: [
    ["all events", get("/v1/audit-events", "alice"), 200],
    ["about an instance, a page of one", get(`/v1/audit-events?instanceId=${fleet.prod1}&limit=1`, "bob"), 200],
    [
      "about a subject, between two moments",
      get("/v1/audit-events?subject=alice&from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00Z", "chatbot"),
      200,
    ],
  ],
  getPolicies: [["the policies that decided", policiesOfAnEvent, 200]],
  getHostKeys: [["the host keys of an instance", hostKeysOf(fleet.web1, "bob"), 200]],
  putHostKeys: [
    ["a host key", replaced(hostKeysOf(fleet.old1, "bob", hostKeys.ed25519)), 200],
    ["several", replaced(hostKeysOf(fleet.old1, "erin", hostKeys.ecdsa521, `${hostKeys.rsa} root@old-1`)), 200],
    ["none", replaced({ ...hostKeysOf(fleet.old1, "bob"), method: "PUT", body: { hostKeys: [] } }), 200],
  ],
  suspendCaller: [
    ["a person", suspending("PUT", "dave"), 200],
    ["a machine", suspending("PUT", "111122223333%2FDeploy"), 200],
  ],
  restoreCaller: [
    ["a person", suspending("DELETE", "dave"), 200],
    ["a machine", suspending("DELETE", "111122223333%2FDeploy"), 200],
  ],
  whoAmI: [
    ["a person", get("/v1/whoami", "bob"), 200],
    ["a machine", get("/v1/whoami", "chatbot"), 200],
  ],
  health: [["health", get("/v1/health"), 200]],
  openApi: [["the document", get("/v1/openapi.json"), 200]],
};

/** Requests that match the document, and are rejected for what they ask. */
export const refusedCalls: readonly SampleCall[] = [
  ["a caller that is not known", get("/v1/whoami", "mallory"), 403, "invalid-signature"],
  ["a key that is none", connect(fleet.web1, { publicKey: "none" }), 400, "invalid-request"],
  ["a query parameter twice", get("/v1/instances?tag.env=dev&tag.env=prod", "alice"), 400, "invalid-request"],
  ["a query parameter that is not known", get("/v1/whoami?verbose=1", "alice"), 400, "invalid-request"],
  ["a body that is too large", connect(fleet.web1, { publicKey: "x".repeat(9000) }), 413, "payload-too-large"],
  ["an instance that nobody may see", get(`/v1/instances/${fleet.vault1}`, "alice"), 404, "instance-not-found"],
  ["a connection to an absent one", connect(fleet.absent), 404, "instance-not-found"],
  ["a decision on an absent one", decide({ instanceId: fleet.absent }), 404, "instance-not-found"],
  ["a connection that policy denies", connect(fleet.web1, { ...withKey, osUser: "root" }), 403, "access-denied"],
  ["a connection that needs approval", connect(fleet.prod1), 403, "approval-required"],
  ["access that policy denies", request("chatbot"), 403, "access-denied"],
  [
    "access to an instance that nobody may see",
    request("alice", { instanceId: fleet.vault1 }),
    404,
    "instance-not-found",
  ],
  ["an access request that is not there", get("/v1/access-requests/ar-0", "alice"), 404, "access-request-not-found"],
  [
    "a review of one's own request",
    onRequest(request("erin", { osUser: "root" }), "erin", "/reviews", { decision: "approve" }),
    403,
    "self-review",
  ],
  [
    "a review by somebody who is no reviewer",
    onRequest(request("erin", { osUser: "root" }), "alice", "/reviews", { decision: "approve" }),
    403,
    "reviewer-not-allowed",
  ],
  [
    "a revoke of a request that is not active",
    onRequest(request("erin"), "erin", "/revoke"),
    409,
    "request-not-active",
  ],
  [
    "more time for a request that is not active",
    onRequest(request("erin"), "erin", "/extensions", { durationSeconds: 60, reason: "it is slow" }),
    409,
    "request-not-active",
  ],
  ["host keys that policy does not show", hostKeysOf(fleet.web1, "alice"), 403, "access-denied"],
  ["host keys that the caller may not register", hostKeysOf(fleet.web1, "alice", hostKeys.rsa), 403, "access-denied"],
  ["host keys of one that nobody may see", hostKeysOf(fleet.vault1, "bob", hostKeys.rsa), 404, "instance-not-found"],
  ["a host key that is not a key", hostKeysOf(fleet.web1, "bob", "none"), 400, "invalid-request"],
  ["a stopped instance", connect(fleet.old1), 409, "instance-not-running"],
  [
    "an unreachable instance",
    connect(fleet.legacy1, { publicKey: keys.ed25519, connectionType: "eice" }),
    409,
    "no-route-to-instance",
  ],
];

/** Requests that the document does not allow. */
export const undescribedCalls: readonly SampleCall[] = [
  ["nothing signed", get("/v1/instances"), 401, "unauthenticated"],
  ["nothing signed, with a body", post("/v1/decisions", { instanceId: fleet.web1 }), 401, "unauthenticated"],
  ["an id that no instance can have", get("/v1/instances/i-123", "alice"), 400, "invalid-request"],
  ["a limit of 0", get("/v1/instances?limit=0", "alice"), 400, "invalid-request"],
  ["a region with a dot", get("/v1/instances?region=us.east", "alice"), 400, "invalid-request"],
  ["no key", connect(fleet.web1, {}), 400, "invalid-request"],
  ["no body", connect(fleet.web1, ""), 400, "invalid-request"],
  [
    "a field that is not known",
    connect(fleet.web1, { publicKey: keys.ed25519, colour: "red" }),
    400,
    "invalid-request",
  ],
  [
    "eleven host keys",
    hostKeysOf(fleet.web1, "bob", ...Array<string>(11).fill(hostKeys.ed25519)),
    400,
    "invalid-request",
  ],
  ["access of no time", request("alice", { durationSeconds: 0 }), 400, "invalid-request"],
  ["access without a reason", request("alice", { reason: "" }), 400, "invalid-request"],
  ["a wait that is too long", get("/v1/access-requests/ar-0?wait=26", "alice"), 400, "invalid-request"],
  ["a port of 0", decide({ instanceId: fleet.web1, port: 0 }), 400, "invalid-request"],
  ["a body that is no JSON", decide("{"), 400, "invalid-request"],
  [
    "a body of another type",
    { ...decide("instanceId=i-0a1b2c3d"), headers: { "content-type": "application/x-www-form-urlencoded" } },
    415,
    "unsupported-media-type",
  ],
];

/** Requests for paths and methods without an operation, so that the document does not describe the responses. */
export const unroutedCalls: readonly SampleCall[] = [
  [
    "a method that the path does not have",
    { method: "DELETE", path: "/v1/whoami", as: "alice" },
    405,
    "method-not-allowed",
  ],
  ["a path that is not there", get("/v1/nothing", "alice"), 404, "not-found"],
  ["a path that is not there, unsigned", get("/v1/nothing"), 401, "unauthenticated"],
];
