import type { Caller } from "../../contract/caller.ts";
import type { IssuerSettings } from "../shared/issuer-settings.ts";
import { type PeopleSource, personsNamed, type ReviewerSources } from "../shared/people.ts";
import { matchesId } from "../shared/person-ids.ts";
import type { IdentitySettings, Integration } from "../shared/settings.ts";
import { isSsoPattern } from "../shared/sso-pattern.ts";
import { groupsOf } from "./oidc.ts";

/** A front door's proof of who somebody is, such as `iam:111122223333/Engineer`. */
const iamSource = (role: string) => `iam:${role}`;

/** The entries of `identities.iam.people` that a role falls under: none if its callers are machines. */
export function personRolesOf({ identities }: IdentitySettings, role: string) {
  return identities.iam.people.filter((person) => matchesRole(person.role, role));
}

/** What a caller under a role comes with: sources, and the groups that settings make of them. */
export function membershipOf({ groups }: IdentitySettings, role: string) {
  const names = Object.entries(groups)
    .filter(([, sources]) => sources.some((source) => matchesRole(source, iamSource(role))))
    .map(([name]) => name);
  return { groups: names, sources: [iamSource(role)] };
}

/**
 * The sets of groups that a person with this id could come with: one for each role that may assert the id, and for each
 * issuer the combinations of its groups. It says what policy could permit somebody who is not calling.
 */
export function possibleGroups(settings: IdentitySettings, id: string): readonly (readonly string[])[] {
  const asserting = peopleSources(settings).filter(({ idPattern }) => matchesId(idPattern, id));
  return distinct(asserting.flatMap(({ groupSets }) => groupSets));
}

/** The people whom settings let call, and the machines of the setting `integrations`. */
export const reviewerSources = (
  settings: IdentitySettings & { readonly integrations: readonly Integration[] },
): ReviewerSources => ({
  peopleSources: (counted) => peopleSources(settings, counted),
  reviewingMachines: settings.integrations.map(({ name, identities }) => ({
    name,
    callers: identities.flatMap((id) => possibleCallers(settings, id)),
  })),
});

/** The roles and issuers that make callers people. @param counted the groups that sets may hold; undefined: all. */
export function peopleSources(settings: IdentitySettings, counted?: ReadonlySet<string>): PeopleSource[] {
  const { iam, oidc = [] } = settings.identities;
  const groups = Object.fromEntries(Object.entries(settings.groups).filter(([name]) => counted?.has(name) ?? true));
  const known = { ...settings, groups };
  const named = Object.values(groups).flatMap((sources) => sources.map((source) => source.replace(/^iam:/, "")));
  const ofRoles = iam.people.map(({ role, idPattern }) => {
    const roles = [role, ...named.filter((each) => matchesRole(role, each))];
    return { idPattern, groupSets: distinct(roles.map((each) => membershipOf(known, each).groups)), isComplete: true };
  });
  const ofIssuers = oidc.flatMap((issuer) =>
    issuer.people ? [{ idPattern: issuer.people.idPattern, ...setsOfIssuer(known, issuer) }] : [],
  );
  return [...ofRoles, ...ofIssuers];
}

/**
 * Everybody that a caller with this id could be: a person with each set of groups, or the machine. None if no source of
 * identities asserts the id.
 */
export function possibleCallers(settings: IdentitySettings, id: string): readonly Caller[] {
  if (!id.includes("/")) return personsNamed(id, (of) => possibleGroups(settings, of));
  const machine = (groups: readonly string[], frontDoor: Caller["frontDoor"]): Caller[] => [
    { id, kind: "machine", groups: [...groups], frontDoor, sources: [] },
  ];
  if (/^\d{12}\/[\w+=,.@-]{1,64}$/.test(id)) {
    return personRolesOf(settings, id).length > 0 ? [] : machine(membershipOf(settings, id).groups, "iam");
  }
  const [issuer, mapping] = id.split("/");
  const found = settings.identities.oidc
    ?.find(({ name }) => name === issuer)
    ?.machines?.find(({ name }) => name === mapping);
  return found ? machine(found.groups, "oidc") : [];
}

/** Policy is evaluated for each, some milliseconds long. These are all combinations of six groups. */
const mostCombinations = 64;

/**
 * The sets of groups that the people of an issuer could come with: every combination. Beyond 64 it is none of the
 * groups, each alone, and all: a person whom policy permits only with two of many groups is then taken for one whom it
 * denies.
 */
function setsOfIssuer(
  { groups }: IdentitySettings,
  { name, people }: IssuerSettings,
): Pick<PeopleSource, "groupSets" | "isComplete"> {
  const sources = Object.values(groups)
    .flat()
    .filter((source) => people?.groups !== undefined && source.startsWith(`${name}:`));
  let groupSets: string[][] = [[]];
  for (const source of sources) {
    const own = groupsOf(groups, [source]);
    groupSets = distinct([...groupSets, ...groupSets.map((each) => union(groups, each, own))]);
    if (groupSets.length > mostCombinations) {
      const fewer = [[], ...sources.map((one) => [one]), sources].map((each) => groupsOf(groups, each));
      return { groupSets: fewer, isComplete: false };
    }
  }
  return { groupSets, isComplete: true };
}

const distinct = (sets: readonly string[][]) => [...new Map(sets.map((each) => [JSON.stringify(each), each])).values()];

/** In the order of the settings, so that equal sets are alike. */
const union = (groups: IdentitySettings["groups"], one: readonly string[], other: readonly string[]) =>
  Object.keys(groups).filter((name) => one.includes(name) || other.includes(name));

/** Whether a role is the one that settings name, or one of those that their `_*` stands for. */
function matchesRole(named: string, role: string): boolean {
  if (named === role || !isSsoPattern(named)) return named === role;
  const start = named.slice(0, -1);
  return role.startsWith(start) && /^[0-9a-f]{16}$/.test(role.slice(start.length));
}
