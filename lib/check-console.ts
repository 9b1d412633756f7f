import { type Complaint, complaintsAboutRepeated } from "./complaint.ts";
import type { Settings } from "./settings.ts";

/** Finds a console that has no door or provider, or could not call them. */
export function complaintsAboutConsole({ console, identities, doors }: Settings): Complaint[] {
  if (!console) return [];
  if (!identities.oidc) return [{ path: ["console"], message: "has no door: identities.oidc lists no issuer" }];
  const { cloudFront } = console;
  const { iam, oidc } = doors;
  const repeated = [iam, oidc].some((door) => door?.domain?.name === cloudFront?.domain.name);
  const complaints: Complaint[] = [
    ...complaintsAboutProvider(["console"], console, identities.oidc),
    ...complaintsAboutRepeated(["console", "providerOrigins"], console.providerOrigins),
  ];
  if (cloudFront && repeated) {
    const message = `repeats ${cloudFront.domain.name}: the console needs a name of its own`;
    complaints.push({ path: ["console", "cloudFront", "domain", "name"], message });
  }
  if (cloudFront && oidc?.corsOrigin !== undefined) {
    const message = "is left out: pages of console.cloudFront.domain may call this door, and no others";
    complaints.push({ path: ["doors", "oidc", "corsOrigin"], message });
  }
  if (cloudFront && oidc?.vpcEndpoints) {
    const message =
      "is left out: the OIDC door has vpcEndpoints, and browsers keep public pages from private addresses. Without it the door itself serves the console";
    complaints.push({ path: ["console", "cloudFront"], message });
  }
  return complaints;
}

/** Finds an issuer that has no people, or whose tokens for this client are not taken. @param path of what names the two. */
export function complaintsAboutProvider(
  path: Complaint["path"],
  { issuer, clientId }: { readonly issuer?: string | undefined; readonly clientId: string },
  issuers: NonNullable<Settings["identities"]["oidc"]>,
): Complaint[] {
  const withPeople = issuers.filter(({ people }) => people).map(({ name }) => name);
  if (issuer === undefined ? withPeople.length !== 1 : !withPeople.includes(issuer)) {
    const found =
      withPeople.length === 0 ? "no issuer of identities.oidc has people" : `there are ${withPeople.join(", ")}`;
    const message = `must name an issuer of identities.oidc that has people: ${found}`;
    return [{ path: [...path, "issuer"], message }];
  }
  const index = issuers.findIndex(({ name, people }) => people && (issuer ?? name) === name);
  const { clientIds } = issuers[index] ?? {};
  return !clientIds || clientIds.includes(clientId)
    ? []
    : [{ path: [...path, "clientId"], message: `is missing in identities.oidc.${index}.clientIds: add it there` }];
}
