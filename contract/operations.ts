import type { ProblemCode } from "./problem.ts";
import type { RouteName } from "./routes.ts";

/** The parts that the API's page has, in their order, and what each is about. */
export const tags = {
  Connections: "SSH access to an instance, with a key that lives sixty seconds.",
  "Access requests": "Access to an instance for some time: asked for, reviewed, given, ended.",
  Audit: "What happened, and by what right.",
  Instances: "What the caller may see, and how it can be reached.",
  Service: "Latchkey itself, and who is calling it.",
} as const satisfies Record<string, string>;

/** What the OpenAPI document says of a route. No function reads it, so it is no part of their bundles. */
export interface Operation {
  readonly tag: keyof typeof tags;
  /** Half a line. */
  readonly summary: string;
  /** What a caller has to know beyond the fields. */
  readonly description: string;
  /** The problems that the route itself answers with, beside those that any route may. */
  readonly problems: readonly ProblemCode[];
}

export const operations = {
  createConnection: {
    tag: "Connections",
    summary: "Push a public key to an instance",
    description:
      "Pushes the key through EC2 Instance Connect, and answers with all that an SSH client needs to connect within the key's sixty seconds. A caller that may not see the instance gets the 404 of an absent one.",
    problems: [
      "instance-not-found",
      "access-denied",
      "approval-required",
      "instance-not-running",
      "no-route-to-instance",
      "endpoint-unavailable",
      "key-rejected",
      "upstream-unavailable",
    ],
  },
  decide: {
    tag: "Connections",
    summary: "Ask what a request for a connection would be told",
    description: "Decides as the request itself would, and says why. It changes nothing.",
    problems: ["instance-not-found", "upstream-unavailable"],
  },
  createAccessRequest: {
    tag: "Access requests",
    summary: "Ask for access to an instance",
    description:
      "Asks for access as one OS user, for the caller or, where policy lets a bot, for a person. It is active at once where policy asks for no approval, or for break-glass. While one is open for the same subject, instance and user, that one is answered, with `isPreexisting`.",
    problems: ["instance-not-found", "upstream-unavailable"],
  },
  listAccessRequests: {
    tag: "Access requests",
    summary: "List access requests",
    description: "Those that the caller made or gets, and those for instances that the caller may view; newest first.",
    problems: ["upstream-unavailable"],
  },
  getAccessRequest: {
    tag: "Access requests",
    summary: "Get an access request, or wait until it changes",
    description: "With `wait` the answer is held back until the request changes, or the time is over.",
    problems: ["access-request-not-found", "upstream-unavailable"],
  },
  reviewAccessRequest: {
    tag: "Access requests",
    summary: "Approve or deny an access request",
    description:
      "Access begins with the last approval that policy asks for. Nobody reviews what they asked for or are to get, and nobody reviews twice.",
    problems: [
      "access-request-not-found",
      "self-review",
      "reviewer-not-allowed",
      "already-reviewed",
      "request-not-pending",
      "upstream-unavailable",
    ],
  },
  cancelAccessRequest: {
    tag: "Access requests",
    summary: "Take a pending access request back",
    description: "For whoever asked, and for whom it is.",
    problems: ["access-request-not-found", "request-not-pending", "upstream-unavailable"],
  },
  revokeAccessRequest: {
    tag: "Access requests",
    summary: "End access before its time",
    description:
      "For the subject, its reviewers, and whom policy names. No push begins after `noPushesAfter`; a key that was pushed lives out its sixty seconds, and an open SSH session goes on.",
    problems: ["access-request-not-found", "request-not-active", "upstream-unavailable"],
  },
  listAuditEvents: {
    tag: "Audit",
    summary: "List what happened",
    description: "Events about instances whose trail the caller may read, newest first. Parameters narrow the list.",
    problems: ["upstream-unavailable"],
  },
  listInstances: {
    tag: "Instances",
    summary: "List the instances that the caller may view",
    description: "Parameters narrow the list: an instance has to fit all of them.",
    problems: ["upstream-unavailable"],
  },
  getInstance: {
    tag: "Instances",
    summary: "Get an instance, and the ways to reach it",
    description: "A caller that may not see the instance gets the 404 of an absent one.",
    problems: ["instance-not-found", "upstream-unavailable"],
  },
  getHostKeys: {
    tag: "Instances",
    summary: "Get an instance's host keys, to look after them",
    description:
      "Those that clients are told to accept: what an operator has registered, else what the instance's console has shown. For whoever policy lets manage them; everybody who may view the instance gets the same keys with it.",
    problems: ["instance-not-found", "upstream-unavailable"],
  },
  putHostKeys: {
    tag: "Instances",
    summary: "Register an instance's host keys",
    description:
      "Puts these keys in the place of all that were registered before. From then on they alone are accepted, whatever the instance's console has shown. With an empty list what was registered is forgotten. The same keys again change nothing. A key that is refused is named, and nothing is changed.",
    problems: ["instance-not-found", "upstream-unavailable"],
  },
  whoAmI: {
    tag: "Service",
    summary: "Get who is calling",
    description: "The caller, as every decision sees them.",
    problems: [],
  },
  health: {
    tag: "Service",
    summary: "Get whether Latchkey answers",
    description: "For monitoring. It asks nothing of AWS.",
    problems: [],
  },
  openApi: {
    tag: "Service",
    summary: "Get this document",
    description: "The API's description in OpenAPI 3.1, of exactly the routes that are deployed beside it.",
    problems: [],
  },
} as const satisfies Record<RouteName, Operation>;
