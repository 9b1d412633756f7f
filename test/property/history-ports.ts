import type { AccessTarget } from "../../lambda/access/access-request.ts";
import type { AccessPorts, AccessSettings } from "../../lambda/access/ports.ts";
import type { Place, Places } from "../../lambda/access/request-quota.ts";
import { reserveAccess } from "../../lambda/access/reserve-access.ts";
import type { SuspendSettings } from "../../lambda/access/suspend.ts";
import { accessStore, reservationStore } from "../../lambda/aws/dynamodb/access-table.ts";
import { connectReads } from "../../lambda/aws/dynamodb/connect-reads.ts";
import { connectionStore } from "../../lambda/aws/dynamodb/connection-table.ts";
import { denialStore } from "../../lambda/aws/dynamodb/denial-table.ts";
import { suspensionStore } from "../../lambda/aws/dynamodb/suspension-table.ts";
import { OsUserMemory } from "../../lambda/connect/os-user-memory.ts";
import { type ConnectPorts, NotPushed } from "../../lambda/connect/ports.ts";
import type { PolicyEngine, Verdict } from "../../lambda/policy/engine.ts";
import { policyClock } from "../../lambda/policy/policy-time.ts";
import type { Instance } from "../../lambda/shared/instance.ts";
import { Problem } from "../../lambda/shared/problem.ts";
import { boundTable } from "../support/bound-table.ts";
import { compiled, engineWith } from "../support/policy-engine.ts";
import { place, web } from "../support/samples.ts";
import { accessTargets, people as callers, roster } from "./access-history.ts";
import type { Journal } from "./history-journal.ts";

/** Hours and weekdays are in UTC. */
const policyTime = policyClock("UTC");

export const accessSettings: Omit<AccessSettings, "quotas"> = {
  integrations: [roster],
  peopleSources: () => [{ groupSets: [["Engineer"], ["OnCall"], ["Guest"]], isComplete: true }],
  reviewingMachines: [],
  possibleGroups: () => [["Engineer"], ["OnCall"], ["Guest"]],
  policyTime,
  scopeTags: [],
};

/** Nobody comes with other groups than the histories have them come with. */
export const suspendSettings: SuspendSettings = {
  possibleCallers: (id) =>
    Object.values(callers).filter((each) => each.id === id && each !== callers["bob as Engineer"]),
  policyTime,
};

/** In memory: in the table, the callers of all histories would share theirs. */
function placesOf({ turns }: Journal, store: AccessPorts["store"]): AccessPorts["places"] {
  const all = new Map<string, readonly Place[]>();
  const takenIn = (places: Places) => all.get(JSON.stringify(places)) ?? [];
  const keep = (places: Places, taken: readonly Place[]) => all.set(JSON.stringify(places), taken);
  const isSame = (one: Place, other: Place) => one.id === other.id && one.takenAt.getTime() === other.takenAt.getTime();
  return {
    take: (places, place, most) =>
      turns.take(async () => {
        const others = takenIn(places).filter((each) => !isSame(each, place));
        const isLeft = takenIn(places).length < most || others.length < takenIn(places).length;
        if (isLeft) keep(places, [...others, place]);
        return isLeft;
      }),
    readTaken: (places) => turns.take(async () => takenIn(places)),
    free: (places, ended) =>
      turns.take(async () => {
        const left = takenIn(places).filter((each) => !ended.some((one) => isSame(each, one)));
        keep(places, left);
      }),
    readRequests: async (ids, signal) =>
      (await Promise.all(ids.map((id) => store.read(id, signal)))).filter((request) => request !== undefined),
  };
}
const suspensions = suspensionStore(boundTable);

/** What access is asked for, and the instance that is connected to under it. */
export interface Target extends AccessTarget {
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** When it is asked to start. */
  readonly startsAt?: number | undefined;
}

/**
 * The sample policies, and those that let the roster review, and nobody on an instance of the team `payments`. Nobody asks for
 * Saturdays, and engineers for dev only for an hour.
 */
const policies = engineWith(
  {
    ...compiled.policies,
    "roster-reviews": `permit (principal is Latchkey::Machine in Latchkey::Group::"Roster",
      action in [Latchkey::Action::"view", Latchkey::Action::"review"], resource);`,
    "connect-by-roster": `permit (principal is Latchkey::Person, action == Latchkey::Action::"connect", resource)
      when { resource.hasTag("env") && resource.getTag("env") == "prod" && context.osUser == "ec2-user" &&
        context has access && context.access.reason != "" && context.access.integrations.contains("roster") };`,
    "payments-apart": `forbid (principal, action == Latchkey::Action::"review", resource)
      when { resource.hasTag("team") && resource.getTag("team") == "payments" };`,
    "no-saturdays": `forbid (principal, action in [Latchkey::Action::"request", Latchkey::Action::"delegate"], resource)
      when { context.time.weekday == 6 };`,
    "dev-is-short": `@maxTotalSeconds("3606")
      permit (principal in Latchkey::Group::"Engineer", action == Latchkey::Action::"request", resource)
      when { resource.hasTag("env") && resource.getTag("env") == "dev" };`,
  },
  compiled.schema,
  [roster.name],
);

const verdicts = new Map<string, Verdict>();

/** The same policies, which decide each question once: Cedar takes half the time of a history. */
function remembering(policy: PolicyEngine): PolicyEngine {
  return {
    ...policy,
    decide(question) {
      const text = JSON.stringify(question);
      const verdict = verdicts.get(text) ?? policy.decide(question);
      if (verdicts.size > 50_000) verdicts.clear();
      verdicts.set(text, verdict);
      return verdict;
    },
  };
}

const people = { wasSeen: async () => true };

const { privateIpAddress: _, ...facing } = web;
let instances = 0;

/**
 * The ports of one history: the real table, and Cedar with the sample policies. EC2, STS and the push are fakes. Each history
 * has its own instances, so that all histories share one table.
 */
export function portsOf(journal: Journal, isAlone: boolean) {
  if (!isAlone) instances += 1;
  // The ids on dev end with a `d`, by which the model knows them.
  const instanceIds = { prod: instanceId("a"), dev: instanceId("d") };
  const { clock } = journal;
  const tagsOf = (env: string) => ({ env, ...(env === "prod" && journal.team && { team: journal.team }) });
  const policy = remembering(policies);
  const describeInstance = async (id: string): Promise<Instance | undefined> => {
    const env = Object.entries(instanceIds).find(([, own]) => own === id)?.[0];
    return env === undefined
      ? undefined
      : { ...facing, instanceId: id, tags: tagsOf(env), addresses: web.addresses.slice(0, 1) };
  };
  const store = accessStore(boundTable);
  const access: AccessPorts = {
    policy,
    findInstance: ({ instanceId }) => describeInstance(instanceId),
    store,
    places: placesOf(journal, store),
    people,
    suspensions,
  };

  /** @param failures how many attempts at the push fail before one succeeds */
  const connect = (operation: number, failures: number): ConnectPorts => ({
    policy,
    instances: { describeInstance },
    network: { describeEndpoints: async () => [], readImageNames: async () => new Map() },
    access: {
      ...connectReads(boundTable),
      reserveAccess: (reservation, signal) => reserveAccess(reservationStore(boundTable), reservation, signal),
    },
    pushRole: {
      assumePushRole: async () => ({ accessKeyId: "session", secretAccessKey: "secret", sessionToken: "token" }),
    },
    keys: {
      presignTunnelUrl: async () => "wss://tunnel.example",
      // As in lambda/aws/ec2-instance-connect/push-key.ts, each attempt checks the clock when it starts.
      async pushKey(_credentials, { pushBy }) {
        for (let attempt = 0; attempt <= failures; attempt += 1) {
          const hasStarted = await journal.turns.take(async () => {
            if (clock() > pushBy) return false;
            const { now, happenings } = journal;
            happenings.push({ operation, now, what: "pushed", pushBy: pushBy.getTime() });
            return true;
          });
          if (!hasStarted) throw attempt > 0 ? new Problem("deadline-exceeded") : new NotPushed();
        }
        return { startedAt: clock(), awsRequestId: "aws-1" };
      },
    },
    connections: connectionStore(boundTable),
    quota: { count: async () => true },
    denials: denialStore(boundTable),
    osUsers: new OsUserMemory(),
  });
  const ofHistory = accessTargets.map(
    ({ subject, env, osUser, tags }): Target => ({ subject, ...place, instanceId: instanceIds[env], osUser, tags }),
  );
  return { access, suspend: { policy, suspensions }, connect, accessTargets: ofHistory };
}

const instanceId = (last: string) => `i-${instances.toString(16).padStart(16, "0")}${last}`;
