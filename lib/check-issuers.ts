import { keysFor } from "../lambda/callers/issuer-keys.ts";
import type { IssuerSettings, MachineMapping, PeopleMapping } from "../lambda/shared/issuer-settings.ts";
import { matchesId } from "../lambda/shared/person-ids.ts";
import type { Complaint } from "./complaint.ts";
import { canBePersonId, patternOf, personForm } from "./id-patterns.ts";
import type { Settings } from "./settings.ts";

/** Finds issuers that cannot be told apart, mappings that match the same tokens, and people whom two sources could assert. */
export function complaintsAboutIssuers({ identities }: Pick<Settings, "identities">): Complaint[] {
  const issuers = identities.oidc ?? [];
  return [
    ...issuers.flatMap((issuer, index) => {
      const path = ["identities", "oidc", index];
      const earlier = issuers.slice(0, index);
      return [
        ...complaintsAboutNames(path, issuer, earlier),
        ...complaintsAboutMappings(path, issuer),
        ...complaintsAboutPeople(path, issuer),
        ...complaintsAboutGitHub(path, issuer),
        ...complaintsAboutKeys(path, issuer),
      ];
    }),
    ...complaintsAboutDirectories(identities),
    ...complaintsAboutSharedIds(identities),
  ];
}

type Path = Complaint["path"];

function complaintsAboutNames(path: Path, issuer: IssuerSettings, earlier: readonly IssuerSettings[]): Complaint[] {
  return (["name", "issuer"] as const).flatMap((key) =>
    earlier.some((each) => each[key] === issuer[key])
      ? [{ path: [...path, key], message: `repeats ${issuer[key]}: give each issuer one entry, with several mappings` }]
      : [],
  );
}

interface Mapping {
  readonly path: Path;
  readonly words: string;
  readonly require: PeopleMapping["require"];
}

function mappingsOf(path: Path, { people, machines = [] }: IssuerSettings): Mapping[] {
  const ofMachines = machines.map(({ name, require }, index) => ({
    path: [...path, "machines", index],
    words: `the machines "${name}"`,
    require,
  }));
  return [...(people ? [{ path: [...path, "people"], words: "people", require: people.require }] : []), ...ofMachines];
}

function complaintsAboutMappings(path: Path, issuer: IssuerSettings): Complaint[] {
  const mappings = mappingsOf(path, issuer);
  if (mappings.length === 0) return [{ path, message: "must have people, machines, or both" }];
  const names = (issuer.machines ?? []).map(({ name }) => name);
  const repeated = names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [
          {
            path: [...path, "machines", index, "name"],
            message: `repeats ${name}: give each mapping a name of its own`,
          },
        ]
      : [],
  );
  const unlimited = mappings.filter(({ require }) => mappings.length > 1 && !require);
  if (unlimited.length > 0) {
    const message = `is missing, and ${issuer.name} has several mappings: write which claim tells this one, such as { "client_id": ["…"] }`;
    return [...repeated, ...unlimited.map((mapping) => ({ path: [...mapping.path, "require"], message }))];
  }
  const ambiguous = mappings.flatMap((mapping, index) =>
    mappings
      .slice(0, index)
      .filter((other) => !areApart(mapping.require, other.require))
      .map((other) => ({
        path: [...mapping.path, "require"],
        message: `can match a token of ${other.words} too: name one claim in both, with different values`,
      })),
  );
  return [...repeated, ...ambiguous];
}

/** Whether no token can have what both require. */
function areApart(one: PeopleMapping["require"] = {}, other: PeopleMapping["require"] = {}): boolean {
  return Object.entries(one).some(
    ([claim, values]) => Object.hasOwn(other, claim) && !other[claim]?.some((value) => values.includes(value)),
  );
}

function complaintsAboutPeople(path: Path, { people }: IssuerSettings): Complaint[] {
  const pattern = people?.idPattern;
  return pattern === undefined || canBePersonId(patternOf(pattern))
    ? []
    : [{ path: [...path, "people", "idPattern"], message: `no person can have such an id: ${personForm}` }];
}

function complaintsAboutKeys(path: Path, { algorithm, jwks }: IssuerSettings): Complaint[] {
  const isUsable = (key: unknown) => keysFor(algorithm, { keys: [key] }).length > 0;
  return (jwks?.keys ?? [])
    .map((key, index) => ({ key, path: [...path, "jwks", "keys", index] }))
    .filter(({ key }) => !isUsable(key))
    .map(({ path }) => ({ path, message: `is no key for ${algorithm}: its kind, curve, size, use or alg is another` }));
}

/** The workflows of everybody on GitHub, or on a server of it, get tokens of these issuers, for any audience. */
const gitHub =
  /^https:\/\/(?:token\.actions\.(?:githubusercontent|[a-z0-9-]+\.ghe)\.com(?:\/|$)|[^/]+\/_services\/token\/?$)/;

const idsOfGitHub = ["repository_owner_id", "repository_id"];

function complaintsAboutGitHub(path: Path, { issuer, people, machines = [] }: IssuerSettings): Complaint[] {
  if (!gitHub.test(issuer)) return [];
  const ofPeople = people ? [{ path: [...path, "people"], message: "must be left out: workflows are machines" }] : [];
  return [
    ...ofPeople,
    ...machines.flatMap((each, index) => complaintsAboutWorkflow([...path, "machines", index], each)),
  ];
}

function complaintsAboutWorkflow(path: Path, { id, require = {} }: MachineMapping): Complaint[] {
  const isIdentified = idsOfGitHub.every((claim) => id.includes(claim));
  const isLimited = idsOfGitHub.some((claim) => Object.hasOwn(require, claim));
  return [
    ...(isIdentified ? [] : [{ path: [...path, "id"], message: `must have ${idsOfGitHub.join(" and ")}` }]),
    ...(isLimited
      ? []
      : [
          {
            path: [...path, "require"],
            message: "must name repository_owner_id or repository_id: without them it takes every repository on GitHub",
          },
        ]),
    ...(id.includes("sub") || Object.hasOwn(require, "sub")
      ? [{ path, message: "must not use sub, whose form GitHub changes: name the claims that it is made of" }]
      : []),
  ];
}

type Identities = Settings["identities"];

function complaintsAboutDirectories({ oidc = [], directories = [] }: Identities): Complaint[] {
  const known = ["iam", ...oidc.map(({ name }) => name)];
  return directories.flatMap((sources, index) =>
    sources
      .filter((source) => !known.includes(source))
      .map((source) => ({
        path: ["identities", "directories", index],
        message: `no source is named ${source}: there are ${known.join(", ")}`,
      })),
  );
}

/** Roles of IAM count as one source: AWS keeps their people apart from one another. */
function complaintsAboutSharedIds({ iam, oidc = [], directories = [] }: Identities): Complaint[] {
  const ofIam = iam.people.map(({ idPattern }) => ({ source: "iam", idPattern }));
  const ofIssuers = oidc.map(({ name, people }) => people && { source: name, idPattern: people.idPattern });
  return ofIssuers.flatMap((issuer, index) => {
    if (!issuer) return [];
    const before = [...ofIam, ...ofIssuers.slice(0, index)].filter(
      (other) =>
        other &&
        canBeSameId(issuer.idPattern, other.idPattern) &&
        !directories.some((sources) => sources.includes(issuer.source) && sources.includes(other.source)),
    );
    return [...new Set(before.map((other) => other?.source))].map((other) => ({
      path: ["identities", "oidc", index, "people", "idPattern"],
      message: `lets ${issuer.source} assert a person of ${other}: make the two patterns exclude each other, or, if both have the same people, set "directories": [["${other}", "${issuer.source}"]]`,
    }));
  });
}

/** Whether an id can match both patterns. */
function canBeSameId(one = "*", other = "*"): boolean {
  if (!one.includes("*")) return matchesId(other, one);
  if (!other.includes("*")) return matchesId(one, other);
  const [start = "", end = ""] = one.split("*");
  const [otherStart = "", otherEnd = ""] = other.split("*");
  const starts = start.startsWith(otherStart) || otherStart.startsWith(start);
  return starts && (end.endsWith(otherEnd) || otherEnd.endsWith(end));
}
