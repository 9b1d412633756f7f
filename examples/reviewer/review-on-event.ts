import { type AccessRequest, ApiProblem, type Latchkey } from "latchkey/sdk";

/** An approval: why, for the trail, and for how long at most. */
export interface Approval {
  /** One line. */
  readonly comment: string;
  readonly durationSeconds?: number;
}

/** An integration that approves access requests by a rule of its own. */
export interface Reviewer {
  /** Its name in the setting `integrations`. */
  readonly integration: string;
  /**
   * Decides about a pending request that its approval helps.
   *
   * @returns undefined: people decide. What it throws makes Lambda deliver the event again.
   */
  approve(request: AccessRequest): Promise<Approval | undefined>;
}

/** What became of an event, without anything that callers have written. */
export interface Outcome {
  readonly accessRequestId?: string;
  readonly outcome:
    | "approved"
    /** The reviewer does not approve it, or policy does not take its approval. */
    | "left-to-people"
    /** The request has ended or is active, as after a second delivery of the event. */
    | "not-pending"
    | "malformed-event"
    /** The problem code with which Latchkey refused. */
    | Refusal;
}

/** Refusals that are about the request: to try again is useless. Every other one is about the integration, or passes. */
const refusals = [
  "access-request-not-found",
  "already-reviewed",
  "instance-not-found",
  "request-not-pending",
  "reviewer-not-allowed",
  "self-review",
] as const;
type Refusal = (typeof refusals)[number];

/**
 * Reviews the access request that an event of Latchkey's bus is about. The event is only the occasion: everything that counts is
 * read from the API, so a forged, late or repeated event approves nothing that it should not. Latchkey takes one review of an integration.
 *
 * @param event as EventBridge delivers it.
 * @throws what the reviewer throws; ApiProblem if the API is busy or refuses the integration itself; NetworkError.
 */
export async function reviewOnEvent(latchkey: Latchkey, reviewer: Reviewer, event: unknown): Promise<Outcome> {
  const id = accessRequestIn(event);
  if (id === undefined) return { outcome: "malformed-event" };
  const ending = (outcome: Outcome["outcome"]) => ({ accessRequestId: id, outcome });
  try {
    const request = await latchkey.call("getAccessRequest", { id });
    if (request.status !== "pending") return ending("not-pending");
    const approval = isAsked(reviewer, request) ? await reviewer.approve(request) : undefined;
    if (!approval) return ending("left-to-people");
    await latchkey.call("reviewAccessRequest", { id, decision: "approve", ...approval });
    return ending("approved");
  } catch (error) {
    const refusal = error instanceof ApiProblem && refusals.find((code) => code === error.problem.code);
    if (refusal) return ending(refusal);
    throw error;
  }
}

/** Whether policy takes this integration's approval. */
function isAsked({ integration }: Reviewer, { requirements }: AccessRequest): boolean {
  return requirements.alternatives?.some(({ integrations }) => integrations.includes(integration)) ?? false;
}

/** The id of the access request that an event is about, if it can be one. */
function accessRequestIn(event: unknown): string | undefined {
  const id = field(field(field(event, "detail"), "data"), "accessRequestId");
  return typeof id === "string" && /^[\w-]{1,128}$/.test(id) ? id : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
