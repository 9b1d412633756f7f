import { personId } from "../../contract/caller.ts";
import { personRolesOf } from "../../lambda/callers/identities.ts";
import { asciiLowerCase, matchesId } from "../../lambda/shared/person-ids.ts";
import type { IdentitySettings } from "../../lambda/shared/settings.ts";
import { machineForm, personForm } from "../id-patterns.ts";
import { nearest } from "../nearest.ts";
import { suggestion } from "./policy-nodes.ts";

/** Finds what settings cannot produce in a caller that a test of policies names. */
export function complaintsAboutCaller(
  {
    kind,
    id,
    groups,
  }: { readonly kind: "person" | "machine"; readonly id: string; readonly groups: readonly string[] },
  settings: IdentitySettings,
): string[] {
  const aboutId = kind === "person" ? complaintsAboutPerson(id, settings) : complaintsAboutMachine(id, settings);
  return [...aboutId, ...groups.flatMap((group) => complaintsAboutGroup(group, settings))];
}

export function complaintsAboutGroup(name: string, { groups }: IdentitySettings): string[] {
  if (Object.hasOwn(groups, name)) return [];
  const named = Object.entries(groups).find(([, sources]) => sources.includes(`iam:${name}`));
  const meant = named?.[0] ?? nearest(name, Object.keys(groups));
  return [`the setting groups has no "${name}"${suggestion(meant)}`];
}

export function complaintsAboutPerson(id: string, settings: IdentitySettings): string[] {
  if (!personId.safeParse(id).success) {
    const lower = asciiLowerCase(id);
    const meant = personId.safeParse(lower).success ? lower : undefined;
    return [`no person can have the id "${id}": ${personForm}${suggestion(meant)}`];
  }
  const isAsserted = patternsOfPeople(settings).some((pattern) => matchesId(pattern, id));
  return isAsserted ? [] : [`no source of identities may assert the id "${id}"`];
}

/** The ids that each source may assert. */
export function patternsOfPeople({ identities: { iam, oidc = [] } }: IdentitySettings) {
  return [...iam.people, ...oidc.flatMap(({ people }) => people ?? [])].map(({ idPattern }) => idPattern);
}

export function complaintsAboutMachine(id: string, settings: IdentitySettings): string[] {
  if (personRolesOf(settings, id).length > 0) {
    return [`no machine can have the id "${id}": identities.iam.people makes that role's callers people`];
  }
  if (/^[0-9]{12}\/[\w+=,.@-]{1,64}$/.test(id) || isIssuerMachine(id, settings)) return [];
  const sources = Object.values(settings.groups).flat();
  const meant = nearest(
    id,
    sources.map((source) => source.replace("iam:", "")),
  );
  return [`no machine can have the id "${id}": ${machineForm}${suggestion(meant)}`];
}

/** Whether an issuer has a mapping that could produce the id. */
function isIssuerMachine(id: string, { identities }: IdentitySettings): boolean {
  const [issuerName, mappingName, ...claims] = id.split("/");
  const mapping = identities.oidc
    ?.find(({ name }) => name === issuerName)
    ?.machines?.find(({ name }) => name === mappingName);
  return (
    mapping?.id.length === claims.length && claims.every((claim) => /^(?:[\w.!~*'()-]|%[0-9A-F]{2})+$/.test(claim))
  );
}
