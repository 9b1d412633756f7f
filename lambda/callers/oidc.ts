import type { Caller } from "../../contract/caller.ts";
import { longestCallerId, personIdForm } from "../../contract/person-id.ts";
import type { IssuerSettings, MachineMapping, PeopleMapping } from "../shared/issuer-settings.ts";
import { asciiLowerCase, matchesId } from "../shared/person-ids.ts";
import type { IdentitySettings } from "../shared/settings.ts";

/** The claims of a token whose signature, issuer, audience and times are right. */
export type Claims = Readonly<Record<string, unknown>>;

/** Why the caller of such a token is refused. The words hold nothing of the token: API Gateway puts them into its response. */
export const refusals = {
  "no-mapping": "No mapping of the issuer matches the token: its claims differ from what require says.",
  "several-mappings": "Several mappings of the issuer match the token: give them a claim in require that differs.",
  "no-id": "The token lacks a claim that the id is made of, or the claim is not text.",
  "not-an-id":
    "The claim is not a person's id: use 2 to 64 of a-z, 0-9 and ._+=,@-, with a letter or digit first, not latchkey, and without a hash at the end.",
  "long-id": "The machine's id is too long: make it of shorter claims.",
  "other-id": "The issuer may not assert this id: the setting idPattern says which ids it may.",
  "unverified-email": "The issuer has not verified the e-mail address: email_verified is not true.",
  "service-account":
    "The token is a service account's, and the mapping is one of people: give it a mapping of machines.",
  "groups-left-out":
    "The token only refers to the person's groups, because they are too many: let the issuer put fewer groups into tokens.",
  "not-groups": "The claim of groups is not an array of texts.",
  "too-many-groups": "The person is in more groups of the settings than a token's result can hold.",
  "pull-request":
    "The workflow runs for a pull request, or for another event that strangers can start, and the mapping does not name event_name in require.",
} as const;

export type Refusal = keyof typeof refusals;

/** Bytes of the groups and sources of one caller, in JSON within JSON: API Gateway takes no result beyond 8 KB. */
const mostGroupBytes = 6000;

/**
 * The caller that an issuer's token stands for, from its claims alone.
 *
 * Exactly one mapping must match. People are named as at every other door, so one person has one id in all of them. A machine is
 * `<issuer>/<mapping>/<claims>`, with each claim percent-encoded.
 */
export function callerOf(
  { groups }: Pick<IdentitySettings, "groups">,
  issuer: IssuerSettings,
  claims: Claims,
): { readonly caller: Caller } | { readonly refusal: Refusal } {
  const people = [issuer.people].filter((each) => each !== undefined && meets(claims, each));
  const machines = (issuer.machines ?? []).filter((each) => meets(claims, each));
  if (people.length + machines.length > 1) return { refusal: "several-mappings" };
  const [[person], [machine]] = [people, machines];
  if (!person && !machine) return { refusal: "no-mapping" };
  const found = person ? personOf(person, claims) : machine ? machineOf(issuer.name, machine, claims) : "no-mapping";
  if (typeof found === "string") return { refusal: found };
  const known = new Set(Object.values(groups).flat());
  const sources = [...new Set(found.groups.map((group) => `${issuer.name}:${group}`))].filter((each) =>
    known.has(each),
  );
  const names = groupsOf(groups, sources);
  if (bytesOf([names, sources]) > mostGroupBytes) return { refusal: "too-many-groups" };
  return { caller: { ...found, groups: names, sources, frontDoor: "oidc" } };
}

const bytesOf = (lists: readonly string[][]) =>
  Buffer.byteLength(JSON.stringify(lists.map((each) => JSON.stringify(each))));

/** The short names of the groups that have one of these sources. */
export function groupsOf(groups: IdentitySettings["groups"], sources: readonly string[]): string[] {
  return Object.entries(groups)
    .filter(([, members]) => members.some((member) => sources.includes(member)))
    .map(([name]) => name);
}

type Identity = Pick<Caller, "id" | "kind" | "groups">;

const claimOf = (claims: Claims, name: string) => (Object.hasOwn(claims, name) ? claims[name] : undefined);

function meets(claims: Claims, { require = {} }: PeopleMapping | MachineMapping): boolean {
  return Object.entries(require).every(([name, values]) => values.some((value) => value === claimOf(claims, name)));
}

function personOf({ id: idClaim, idPattern, groups: groupsClaim }: PeopleMapping, claims: Claims): Identity | Refusal {
  if (isServiceAccount(claims)) return "service-account";
  const text = claimOf(claims, idClaim);
  if (typeof text !== "string") return "no-id";
  if (idClaim === "email" && claimOf(claims, "email_verified") !== true) return "unverified-email";
  const id = asciiLowerCase(text);
  if (!personIdForm.test(id)) return "not-an-id";
  if (!matchesId(idPattern, id)) return "other-id";
  if (groupsClaim === undefined) return { id, kind: "person", groups: [] };
  if (leavesGroupsOut(claims, groupsClaim)) return "groups-left-out";
  const groups = claimOf(claims, groupsClaim) ?? [];
  return areTexts(groups) ? { id, kind: "person", groups } : "not-groups";
}

const areTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

/** The marks of tokens that a client got for itself: of oidc-provider and Okta, Entra, Auth0, Keycloak and Google. */
function isServiceAccount(claims: Claims): boolean {
  const [subject, name, email, ...clients] = ["sub", "preferred_username", "email", "client_id", "cid", "azp"].map(
    (claim) => claimOf(claims, claim),
  );
  return (
    (subject !== undefined && clients.includes(subject)) ||
    claimOf(claims, "idtyp") === "app" ||
    claimOf(claims, "gty") === "client-credentials" ||
    (typeof name === "string" && name.startsWith("service-account-")) ||
    (typeof email === "string" && email.toLowerCase().endsWith(".gserviceaccount.com"))
  );
}

/** Entra leaves groups out of the token of somebody who is in hundreds of them. */
function leavesGroupsOut(claims: Claims, groupsClaim: string): boolean {
  const names = claimOf(claims, "_claim_names");
  const refersToGroups = typeof names === "object" && names !== null && Object.hasOwn(names, groupsClaim);
  return refersToGroups || Boolean(claimOf(claims, "hasgroups"));
}

function machineOf(issuerName: string, mapping: MachineMapping, claims: Claims): Identity | Refusal {
  const { name, id: idClaims, require = {}, groups } = mapping;
  if (mayBeStrangers(claims) && !Object.hasOwn(require, "event_name")) return "pull-request";
  const parts = idClaims.map((claim) => idPart(claimOf(claims, claim)));
  if (parts.includes(undefined)) return "no-id";
  const id = [issuerName, name, ...parts].join("/");
  return id.length > longestCallerId ? "long-id" : { id, kind: "machine", groups };
}

/** What only those who may write to a repository can start, with code that is in it. */
const ownEvents: readonly unknown[] = ["push", "release", "repository_dispatch", "schedule", "workflow_dispatch"];

/**
 * Whether a token is of a workflow that a stranger may have started, or whose code may be a stranger's: for a pull
 * request, a comment, another workflow, or an event that is not known.
 */
function mayBeStrangers(claims: Claims): boolean {
  const [event, repository] = ["event_name", "repository_id"].map((name) => claimOf(claims, name));
  return event === undefined ? repository !== undefined : !ownEvents.includes(event);
}

/** A claim, percent-encoded: no other claim has the same text, and none has a slash. */
function idPart(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || !value.isWellFormed()) return undefined;
  return encodeURIComponent(value);
}
