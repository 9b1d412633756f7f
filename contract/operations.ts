import type { ProblemCode } from "./problem.ts";
import type { RouteName } from "./routes.ts";

/** The sections of the API's page, in order. */
export const tags = {
  Connections: "SSH access to an instance, with a key that is valid for sixty seconds.",
  "Access requests": "Access to an instance for a limited time: requested, reviewed, granted, ended.",
  Suspensions: "Callers who can do nothing until they are restored.",
  Audit: "What happened, and why it was permitted.",
  Instances: "The instances that the caller may see, and how to reach them.",
  Service: "Latchkey itself, and who is calling it.",
} as const satisfies Record<string, string>;

/** The OpenAPI document's words about a route. No function reads them, so no bundle contains them. */
export interface Operation {
  readonly tag: keyof typeof tags;
  /** A few words. */
  readonly summary: string;
  /** What a caller needs to know beyond the fields. */
  readonly description: string;
  /** The problems of this route, beside those that every route has. */
  readonly problems: readonly ProblemCode[];
}

export const operations = {
  createConnection: {
    tag: "Connections",
    summary: "Push a public key to an instance",
    description:
      "Pushes the key through EC2 Instance Connect, and returns everything that an SSH client needs to connect within the key's sixty seconds. A caller who may not see the instance gets the 404 that an absent one gets.",
    problems: [
      "instance-not-found",
      "access-denied",
      "approval-required",
      "instance-not-running",
      "no-route-to-instance",
      "endpoint-unavailable",
      "not-covered-by-push-tag",
      "key-rejected",
      "upstream-unavailable",
    ],
  },
  decide: {
    tag: "Connections",
    summary: "Evaluate a connection without making it",
    description:
      "Decides as a request for the connection would be decided, and says why. For another `subject`, it decides for each set of groups that the person may come with, and returns the decision that needs the most. It has no side effect.",
    problems: ["instance-not-found", "access-denied", "upstream-unavailable"],
  },
  createAccessRequest: {
    tag: "Access requests",
    summary: "Ask for access to an instance",
    description:
      "Asks for access as one OS user, for the caller or, if policy permits it, for somebody else. It is active at once if policy requires no approval, and for break-glass. With `startsAt` access starts later: policy decides with that time, and the request is apart from the current one. While a request for the same subject, instance and OS user is open, that one is returned, with `isPreexisting`. The subject's own request cancels a pending one that others made. A request that too few people could approve is refused.",
    problems: ["instance-not-found", "access-denied", "nobody-can-approve", "upstream-unavailable"],
  },
  listAccessRequests: {
    tag: "Access requests",
    summary: "List access requests",
    description:
      "The requests that the caller made or that give them access, and those for instances that the caller may view. Newest first.",
    problems: ["upstream-unavailable"],
  },
  getAccessRequest: {
    tag: "Access requests",
    summary: "Get an access request, or wait until it changes",
    description:
      "With `wait`, responds once the request changes, or when the time has passed. With `since`, responds at once if it has changed since then.",
    problems: ["access-request-not-found", "upstream-unavailable"],
  },
  reviewAccessRequest: {
    tag: "Access requests",
    summary: "Approve or deny an access request",
    description:
      "Access starts with the last approval that policy requires; one denial ends the request. While access is active, the review decides its pending extension instead. Nobody reviews what they asked for or what gives them access, or the same thing twice.",
    problems: [
      "access-request-not-found",
      "self-review",
      "reviewer-not-allowed",
      "already-reviewed",
      "request-not-pending",
      "upstream-unavailable",
    ],
  },
  extendAccessRequest: {
    tag: "Access requests",
    summary: "Ask for more time while access is active",
    description:
      "Policy decides as for a new request, and it needs at least as many approvals as the request did. Its approval moves `expiresAt`; a denial leaves access as it is. While one is pending, that one is returned, with `isPreexisting`. Access by break-glass cannot be extended.",
    problems: ["access-request-not-found", "request-not-active", "upstream-unavailable"],
  },
  cancelAccessRequest: {
    tag: "Access requests",
    summary: "Cancel a pending or scheduled access request, or a pending extension",
    description: "For the subject and the requester.",
    problems: ["access-request-not-found", "request-not-pending", "upstream-unavailable"],
  },
  revokeAccessRequest: {
    tag: "Access requests",
    summary: "Revoke active or scheduled access",
    description:
      "For its subject, its reviewers, and callers whom policy permits it. No push starts after `noPushesAfter`. A pushed key stays valid for its full sixty seconds, and an open SSH session continues.",
    problems: ["access-request-not-found", "request-not-active", "upstream-unavailable"],
  },
  listAuditEvents: {
    tag: "Audit",
    summary: "List audit events",
    description: "Events about instances whose trail the caller may read, newest first. Parameters filter the list.",
    problems: ["upstream-unavailable"],
  },
  getPolicies: {
    tag: "Audit",
    summary: "Get the policies that decided",
    description:
      "Every set of policies that has decided is kept for ever, under the digest that events name. It is the same for all instances: a caller may read it by the right to read the trail of any of them.",
    problems: ["instance-not-found", "access-denied", "policies-not-found", "upstream-unavailable"],
  },
  listInstances: {
    tag: "Instances",
    summary: "List the instances that the caller may view",
    description:
      "Parameters filter the list: an instance must match all of them. It is sorted by name, and as old as `observedAt` says: every other call reads the instance live.",
    problems: ["upstream-unavailable"],
  },
  getInstance: {
    tag: "Instances",
    summary: "Get an instance, and how to reach it",
    description: "A caller who may not see the instance gets the 404 that an absent one gets.",
    problems: ["instance-not-found", "upstream-unavailable"],
  },
  getHostKeys: {
    tag: "Instances",
    summary: "Get an instance's host keys, to manage them",
    description:
      "The host keys that clients accept: those that an operator has registered, else those that the instance's console has shown. For callers whom policy lets manage them; everybody who may view the instance gets the same keys with it.",
    problems: ["instance-not-found", "upstream-unavailable"],
  },
  putHostKeys: {
    tag: "Instances",
    summary: "Register an instance's host keys",
    description:
      "Replaces all keys that were registered before. `If-Match` names the version to replace, by its `ETag`; `If-None-Match: *` registers keys only if none are registered. From then on clients accept only these, even if the instance's console has shown others. An empty list removes the registration. If a key is refused, the response names it and nothing is changed.",
    problems: ["instance-not-found", "upstream-unavailable"],
  },
  suspendCaller: {
    tag: "Suspensions",
    summary: "Suspend a person or a machine",
    description:
      "From then on every request of theirs is refused, and their open access requests, those that they made for others, and their reviews no longer count. A key that was pushed stays valid for its full sixty seconds, and an open SSH session continues. Nobody can suspend themselves.",
    problems: ["access-denied", "upstream-unavailable"],
  },
  restoreCaller: {
    tag: "Suspensions",
    summary: "Restore a suspended person or machine",
    description: "They can call again. Nothing that suspension ended comes back.",
    problems: ["access-denied", "upstream-unavailable"],
  },
  whoAmI: {
    tag: "Service",
    summary: "Get who is calling",
    description: "The caller, as every decision sees them.",
    problems: [],
  },
  health: {
    tag: "Service",
    summary: "Check that Latchkey responds",
    description: "For monitoring. It calls nothing in AWS.",
    problems: [],
  },
  openApi: {
    tag: "Service",
    summary: "Get this document",
    description: "The API's description in OpenAPI 3.1, of exactly the routes that are deployed with it.",
    problems: [],
  },
} as const satisfies Record<RouteName, Operation>;
