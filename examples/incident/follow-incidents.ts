import { createHash } from "node:crypto";
import { type AccessRequest, ApiProblem, type Latchkey } from "latchkey/sdk";
import type { Roster } from "../on-call/roster.ts";
import type { Incidents } from "./incidents.ts";

export interface Service {
  /** As the incident system has it. */
  readonly id: string;
  /** The value of the tag `service` of its instances. */
  readonly tag: string;
}

export interface Sources {
  readonly latchkey: Latchkey;
  readonly incidents: Incidents;
  readonly roster: Roster;
  readonly clock?: () => Date;
}

/** Seconds: eight hours. The roster's approval shortens it to the shift. */
const longestAccess = 8 * 60 * 60;

/** Rounds until incidents and access agree. More mean that incidents come and go all the time. */
const mostRounds = 5;

const reasonOf = (incident: string) => `Incident ${incident}`;

/**
 * Makes access to a service what its incidents ask for: while one is open, people on call have asked for access with its id as the
 * reason; access for an incident that is resolved ends. It acts on the present state alone, so it may be called at any time.
 *
 * @returns the ids of the access requests that it asked for and ended.
 * @throws ApiProblem; NetworkError; what incidents and roster throw. Call it again then.
 */
export async function followIncidents(sources: Sources, service: Service) {
  const { latchkey, incidents, roster, clock = () => new Date() } = sources;
  const asked = new Map<string, AccessRequest>();
  const ended = new Set<string>();
  for (let round = 0; round < mostRounds; round += 1) {
    // In this order: an incident whose access is listed had been opened before, so it is among the open ones or resolved.
    const own = [...(await ownRequests(latchkey, service)), ...asked.values()];
    const open = await incidents.open(service.id);
    const isStale = ({ id, reason }: AccessRequest) => !ended.has(id) && !open.map(reasonOf).includes(reason);
    const stale = own.filter(isStale);
    // An incident may have been resolved while access was asked for, so the first round is never the last.
    if (round > 0 && stale.length === 0) return { asked: [...asked.keys()], ended: [...ended] };
    for (const { id } of stale) {
      await end(latchkey, id);
      ended.add(id);
    }
    const [oldest] = open;
    const onCall = oldest === undefined ? [] : await roster.onCall(service.tag, clock());
    for (const { person } of onCall) {
      const request = await ask(latchkey, { service, person, incident: oldest ?? "" });
      if (!request.isPreexisting) asked.set(request.id, request);
    }
  }
  throw new Error(`Incidents and access still differ after ${mostRounds} rounds`);
}

/** The access that this machine has asked for, and that is open. */
async function ownRequests(latchkey: Latchkey, { tag }: Service): Promise<readonly AccessRequest[]> {
  const { id: self } = await latchkey.call("whoAmI");
  const found: AccessRequest[] = [];
  for (const status of ["pending", "active"] as const) {
    let cursor: string | undefined;
    do {
      const page = await latchkey.call("listAccessRequests", { status, cursor });
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
  return found.filter(
    ({ requestedBy, scope }) => requestedBy === self && "tags" in scope && scope.tags["service"] === tag,
  );
}

interface Asked {
  readonly service: Service;
  readonly person: string;
  readonly incident: string;
}

/** Asks once in a day for an incident and a person: what people have ended since stays ended. */
function ask(latchkey: Latchkey, { service, person, incident }: Asked): Promise<AccessRequest> {
  const request = {
    scope: { tags: { env: "prod", service: service.tag } },
    osUser: "ec2-user",
    durationSeconds: longestAccess,
    reason: reasonOf(incident),
    subject: person,
  };
  const idempotencyKey = createHash("sha256").update(JSON.stringify(request)).digest("hex");
  return latchkey.call("createAccessRequest", request, { idempotencyKey });
}

/** Ends a request, pending or active. One that has ended stays as it is. */
async function end(latchkey: Latchkey, id: string): Promise<void> {
  for (const operation of ["cancelAccessRequest", "revokeAccessRequest"] as const) {
    await latchkey.call(operation, { id }).catch((error: unknown) => {
      if (!(error instanceof ApiProblem && error.problem.status === 409)) throw error;
    });
  }
}
