import type { Caller } from "../../contract/caller.ts";
import { type CreateAccessRequestInput, createAccessRequest } from "../../lambda/access/create.ts";
import { cancelAccessRequest, revokeAccessRequest } from "../../lambda/access/end.ts";
import { extendAccessRequest } from "../../lambda/access/extend.ts";
import { getAccessRequest } from "../../lambda/access/get.ts";
import type { AccessPorts, AccessSettings } from "../../lambda/access/ports.ts";
import { reviewAccessRequest } from "../../lambda/access/review.ts";
import { suspend } from "../../lambda/access/suspend.ts";
import { accessStore } from "../../lambda/aws/dynamodb/access-table.ts";
import { peopleTable } from "../../lambda/aws/dynamodb/person-table.ts";
import { placeStore } from "../../lambda/aws/dynamodb/quota-table.ts";
import { suspensionStore } from "../../lambda/aws/dynamodb/suspension-table.ts";
import type { PolicyEngine } from "../../lambda/policy/engine.ts";
import { policyClock } from "../../lambda/policy/policy-time.ts";
import type { Instance } from "../../lambda/shared/instance.ts";
import type { LogFields, RequestContext } from "../../lambda/shared/request-context.ts";
import { createdAt } from "./access-requests.ts";
import { boundTable } from "./bound-table.ts";
import { fakeTargets } from "./fake-targets.ts";
import { samplePolicies } from "./policy-engine.ts";
import { database, machine, person, web } from "./samples.ts";
import { type TestContext, testContext } from "./test-context.ts";

const [engineer, onCall] = ["Engineer", "OnCall"];

/** The callers of the sample policies, and similar ones that the policies must not match. */
export const callers = {
  alice: person("alice", engineer),
  dave: person("dave", engineer),
  bob: person("bob", onCall),
  erin: person("erin", onCall),
  carol: person("carol", "Guest"),
  chatbot: machine("ChatBot"),
  "alice as OnCall": person("alice", onCall),
  "bob as Engineer": person("bob", engineer),
  "a machine of OnCall": machine(onCall),
  roster: machine("Roster"),
  "roster by the other door": { ...machine("Roster"), id: "github/roster/1", frontDoor: "oidc" },
  ticket: machine("Ticket"),
  "bob of another account": person("bob"),
  "frank of another account": person("frank"),
} as const satisfies Record<string, Caller>;
export type Who = keyof typeof callers;

/** The possible groups of a person, without a domain in their id. Hours and weekdays are in UTC. */
export const accessSettings: AccessSettings = {
  // More than any test asks for that is not about quotas.
  quotas: { openRequests: 1000, openRequestsPerSubject: 1000 },
  integrations: [
    { name: "roster", identities: ["111122223333/Roster", "github/roster/1"] },
    { name: "ticket", identities: ["111122223333/Ticket"] },
  ],
  reviewingMachines: [
    { name: "roster", callers: [callers.roster, callers["roster by the other door"]] },
    { name: "ticket", callers: [callers.ticket] },
  ],
  peopleSources: () => [{ groupSets: [[engineer], [onCall], ["Guest"]], isComplete: true }],
  possibleGroups: (id) => (id.includes("@") ? [] : [[engineer], [onCall], ["Guest"]]),
  policyTime: policyClock("UTC"),
  scopeTags: ["team"],
};

let worlds = 0;

export const vault: Instance = {
  ...database,
  instanceId: "i-0fedcba9876543210",
  tags: { Name: "vault-1", env: "restricted" },
};

/** People, bots and a clock around the embedded table, which must run. Each world has its own prod-1. */
export class AccessWorld {
  now = createdAt;
  prod: Instance;
  fleet: Instance[];
  readonly facts: LogFields = {};
  readonly store = accessStore(boundTable);
  readonly suspensions = suspensionStore(boundTable);
  readonly ports: AccessPorts;
  #requests = 0;

  constructor(policy: PolicyEngine = samplePolicies, ports: Partial<AccessPorts> = {}) {
    const instanceId = `i-09${String(++worlds).padStart(15, "0")}`;
    this.prod = { ...database, instanceId, tags: { Name: "prod-1", env: "prod" } };
    this.fleet = [web, this.prod, vault];
    this.ports = {
      policy,
      ...fakeTargets(() => this.fleet),
      store: this.store,
      places: placeStore(boundTable),
      people: peopleTable(boundTable),
      suspensions: this.suspensions,
      ...ports,
    };
  }

  /** By default an hour on prod-1 as ec2-user, with a reason. */
  create(who: Who, body: Partial<CreateAccessRequestInput> = {}) {
    const requested = {
      instanceId: this.prod.instanceId,
      osUser: "ec2-user",
      durationSeconds: 3600,
      reason: "INC-42",
      ...body,
    };
    return createAccessRequest(this.ports, accessSettings, { caller: callers[who], ...requested }, this.context());
  }

  review(who: Who, id: string, decision: "approve" | "deny" = "approve", comment?: string, durationSeconds?: number) {
    const input = { caller: callers[who], id, decision, comment, durationSeconds };
    return reviewAccessRequest(this.ports, accessSettings, input, this.context());
  }

  /** By default half an hour, because it is slow. */
  extend(who: Who, id: string, body: { durationSeconds?: number; reason?: string } = {}) {
    const input = { caller: callers[who], id, durationSeconds: 1800, reason: "It is slow", ...body };
    return extendAccessRequest(this.ports, accessSettings, input, this.context());
  }

  get(who: Who, id: string) {
    const ports = { ...this.ports, sleep: async () => {} };
    return getAccessRequest(ports, { caller: callers[who], id }, this.context());
  }

  cancel(who: Who, id: string, comment?: string) {
    return cancelAccessRequest(this.ports, accessSettings, { caller: callers[who], id, comment }, this.context());
  }

  revoke(who: Who, id: string, comment?: string) {
    return revokeAccessRequest(this.ports, accessSettings, { caller: callers[who], id, comment }, this.context());
  }

  /** Suspends or restores a caller, whom settings know as they stand in `callers`. */
  suspend(who: Who, callerId: string, isSuspended = true) {
    const others = Object.values(callers).filter(({ id }) => id === callerId);
    const settings = { policyTime: accessSettings.policyTime, possibleCallers: () => others };
    const ports = { policy: this.ports.policy, suspensions: this.suspensions };
    return suspend(ports, settings, { caller: callers[who], callerId, isSuspended, reason: "INC-43" }, this.context());
  }

  /** The context of a new request. */
  context(changes: TestContext = {}): RequestContext {
    const requestId = `request-${++this.#requests}`;
    return testContext({ requestId, clock: () => this.now, fields: this.facts, ...changes });
  }
}
