import { type IdentitySettings, isSsoPattern } from "../shared/settings.ts";

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
 * Every set of groups that a person with this id could come with: one for each role that may assert the id. It says what
 * policy could permit somebody who is not calling.
 */
export function possibleGroups(settings: IdentitySettings, id: string): readonly (readonly string[])[] {
  const asserting = settings.identities.iam.people.filter(({ idPattern }) => matchesId(idPattern, id));
  const exact = Object.values(settings.groups)
    .flat()
    .map((source) => source.replace(/^iam:/, ""))
    .filter((role) => asserting.some((person) => matchesRole(person.role, role)));
  const sets = [...asserting.map(({ role }) => role), ...exact].map((role) => membershipOf(settings, role).groups);
  return [...new Map(sets.map((groups) => [JSON.stringify(groups), groups])).values()];
}

/** Whether an id is one that a pattern lets a source assert: every id, if there is no pattern. */
export function matchesId(pattern = "*", id: string): boolean {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) return id === start;
  return id.length >= start.length + end.length && id.startsWith(start) && id.endsWith(end);
}

/** Whether a role is the one that settings name, or one of those that their `_*` stands for. */
function matchesRole(named: string, role: string): boolean {
  if (named === role || !isSsoPattern(named)) return named === role;
  const start = named.slice(0, -1);
  return role.startsWith(start) && /^[0-9a-f]{16}$/.test(role.slice(start.length));
}

/** Other letters stay as they are: `toLowerCase` makes a plain `k` of the Kelvin sign. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
