import type { RouteName } from "../../lambda/contract/routes.ts";
import { keys } from "../fixtures/keys.ts";
import { type ApiCall, fleet } from "./api-client.ts";

/** A call of the sample fleet's API, and the verdict on it. */
export type SampleCall = readonly [what: string, call: ApiCall, status: number, code?: string];

const post = (path: string, body: unknown): ApiCall => ({ method: "POST", path, body });
const connect = (instanceId: string, body: unknown = { publicKey: keys.ed25519 }): ApiCall => ({
  ...post(`/v1/instances/${instanceId}/connections`, body),
  as: "alice",
});
const decide = (body: unknown): ApiCall => ({ ...post("/v1/decisions", body), as: "alice" });
const get = (path: string, as?: string): ApiCall => ({ path, ...(as !== undefined && { as }) });

/** Every route, asked well. */
export const goodCalls: Readonly<Record<RouteName, readonly SampleCall[]>> = {
  createConnection: [
    ["a direct connection", connect(fleet.web1), 201],
    ["a connection through an endpoint", connect(fleet.db1, { publicKey: keys.ed25519, maxTunnelSeconds: 60 }), 201],
    [
      "one with every wish",
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
  whoAmI: [
    ["a person", get("/v1/whoami", "bob"), 200],
    ["a machine", get("/v1/whoami", "chatbot"), 200],
  ],
  health: [["health", get("/v1/health"), 200]],
  openApi: [["the document", get("/v1/openapi.json"), 200]],
};

/** Requests that are as the document says, and are refused for what they ask. */
export const refusedCalls: readonly SampleCall[] = [
  ["a caller that is not known", get("/v1/whoami", "mallory"), 403, "invalid-signature"],
  ["a key that is none", connect(fleet.web1, { publicKey: "none" }), 400, "invalid-request"],
  ["a query parameter twice", get("/v1/instances?tag.env=dev&tag.env=prod", "alice"), 400, "invalid-request"],
  ["a query parameter that is not known", get("/v1/whoami?verbose=1", "alice"), 400, "invalid-request"],
  ["a body that is too large", connect(fleet.web1, { publicKey: "x".repeat(9000) }), 413, "payload-too-large"],
  ["an instance that nobody may see", get(`/v1/instances/${fleet.vault1}`, "alice"), 404, "instance-not-found"],
  ["a connection to an absent one", connect(fleet.absent), 404, "instance-not-found"],
  ["a decision on an absent one", decide({ instanceId: fleet.absent }), 404, "instance-not-found"],
  ["a connection that policy denies", connect(fleet.prod1), 403, "access-denied"],
  ["a stopped instance", connect(fleet.old1), 409, "instance-not-running"],
  [
    "no way to it",
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
  ["a port of 0", decide({ instanceId: fleet.web1, port: 0 }), 400, "invalid-request"],
  ["a body that is no JSON", decide("{"), 400, "invalid-request"],
  [
    "a body of another type",
    { ...decide("instanceId=i-0a1b2c3d"), headers: { "content-type": "application/x-www-form-urlencoded" } },
    415,
    "unsupported-media-type",
  ],
];

/** Requests for what no operation describes, so that their answers are not described either. */
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
