import { possibleCallers } from "../lambda/callers/identities.ts";
import type { IssuerSettings } from "../lambda/shared/issuer-settings.ts";
import { isSsoPattern } from "../lambda/shared/sso-pattern.ts";
import { complaintsAboutConsole } from "./check-console.ts";
import { complaintsAboutDoors } from "./check-doors.ts";
import { complaintsAboutIssuers } from "./check-issuers.ts";
import { complaintsAboutSlack } from "./check-slack.ts";
import { complaintsAboutTargets } from "./check-targets.ts";
import { complaintsAboutWebhooks } from "./check-webhooks.ts";
import { type Complaint, complaintsAboutRepeated } from "./complaint.ts";
import { canBePersonId, patternOf, personForm } from "./id-patterns.ts";
import type { Settings } from "./settings.ts";
import { unreserved, waitingAtMost } from "./wait-throttle.ts";

/** Finds settings that do not go together, or that name what cannot be, though each has its form. */
export function complaintsAboutSettings(settings: Settings): Complaint[] {
  return [
    ...complaintsAboutPeople(settings),
    ...complaintsAboutIssuers(settings),
    ...complaintsAboutGroups(settings),
    ...complaintsAboutIntegrations(settings),
    ...complaintsAboutAccounts(settings),
    ...complaintsAboutRepeated(["scopeTags"], settings.scopeTags),
    ...complaintsAboutDoors(settings),
    ...complaintsAboutConsole(settings),
    ...complaintsAboutSlack(settings),
    ...complaintsAboutWebhooks(settings),
    ...complaintsAboutConcurrency(settings),
    ...complaintsAboutFips(settings),
    ...complaintsAboutTargets(settings),
  ];
}

function complaintsAboutPeople({ identities }: Settings): Complaint[] {
  const { people } = identities.iam;
  return people.flatMap(({ role, idPattern }, index) => {
    const path = ["identities", "iam", "people", index];
    const isRepeated = people
      .slice(0, index)
      .some((each) => each.role === role && (!each.idPattern || !idPattern || each.idPattern === idPattern));
    const repeated = `repeats ${role}: leave out one of the two entries, or give each an idPattern of its own`;
    const isPossible = idPattern === undefined || canBePersonId(patternOf(idPattern));
    return [
      ...(isRepeated ? [{ path: [...path, "role"], message: repeated }] : []),
      ...(isPossible
        ? []
        : [{ path: [...path, "idPattern"], message: `no person can have such an id: ${personForm}` }]),
    ];
  });
}

function complaintsAboutGroups({ identities, groups }: Settings): Complaint[] {
  const accepted = identities.iam.people.map(({ role }) => `iam:${role}`);
  return Object.entries(groups).flatMap(([name, sources]) => [
    ...complaintsAboutRepeated(["groups", name], sources),
    ...sources
      .filter((each) => isSsoPattern(each) && !accepted.includes(each))
      .map((source) => ({
        path: ["groups", name],
        message: `${source} ends in _*, and identities.iam.people has no such role`,
      })),
    ...sources.flatMap((source) => {
      const message = complaintAboutIssuerGroup(source, identities.oidc);
      return message ? [{ path: ["groups", name], message }] : [];
    }),
  ]);
}

function complaintsAboutIntegrations(settings: Settings): Complaint[] {
  const { integrations } = settings;
  const isMachine = (id: string) => possibleCallers(settings, id).some(({ kind }) => kind === "machine");
  return [
    ...complaintsAboutRepeated(
      ["integrations"],
      integrations.map(({ name }) => name),
    ),
    ...complaintsAboutRepeated(
      ["integrations"],
      integrations.flatMap(({ identities }) => identities),
    ),
    ...integrations.flatMap(({ identities }, index) =>
      identities
        .filter((id) => !isMachine(id))
        .map((id) => ({ path: ["integrations", index, "identities"], message: `no machine can have the id "${id}"` })),
    ),
  ];
}

/** What is wrong with a source `<issuer>:<group>`, if anything. */
function complaintAboutIssuerGroup(source: string, issuers: readonly IssuerSettings[] = []): string | undefined {
  const [, name, group = ""] = /^([^:]+):(.*)$/.exec(source) ?? [];
  if (name === "iam") return undefined;
  const issuer = issuers.find((each) => each.name === name);
  if (!issuer) return `no issuer of identities.oidc is named ${name}, as in ${source}`;
  const { people, machines = [] } = issuer;
  const isPossible = people?.groups !== undefined || machines.some(({ groups }) => groups.includes(group));
  return isPossible ? undefined : `${source} has no members: name the groups of people or machines of ${name}`;
}

function complaintsAboutAccounts({ otherAccounts }: Settings): Complaint[] {
  if (!otherAccounts) return [];
  const { accounts = [], organization } = otherAccounts;
  if (accounts.length === 0 && !organization) {
    return [{ path: ["otherAccounts"], message: 'must have "accounts" or "organization", or be left out' }];
  }
  return complaintsAboutRepeated(["otherAccounts", "accounts"], accounts);
}

/** Executions of the quota that Lambda never reserves. */
const neverReserved = 100;

function complaintsAboutConcurrency(settings: Settings): Complaint[] {
  const { concurrencyQuota: quota, waitThrottle } = settings;
  const left = unreserved(settings);
  if (left < quota && left < neverReserved) {
    const message = `must leave ${neverReserved} executions of concurrencyQuota, as Lambda requires, and leaves ${left}`;
    return [{ path: ["reservedConcurrency"], message }];
  }
  const waiting = waitThrottle ? waitingAtMost(waitThrottle) : 0;
  if (waiting <= left / 2) return [];
  const message = `lets ${waiting} requests wait at once, more than half of the ${left} executions that concurrencyQuota leaves: lower burst or perSecond`;
  return [{ path: ["waitThrottle"], message }];
}

/** Refused at build time, not in the emergency that needs a console. */
function complaintsAboutFips({ fips, serialConsole }: Settings): Complaint[] {
  const message = "cannot be on while fips is, since AWS publishes no FIPS name of its serial consoles";
  return fips && serialConsole ? [{ path: ["serialConsole"], message }] : [];
}
