import type { Caller } from "../../contract/caller.ts";
import type { Requirements, Reviewer } from "../../contract/requirements.ts";
import type { Instance } from "../shared/instance.ts";
import { personWith, type ReviewerSources } from "../shared/people.ts";
import { anybody, idsLike, matchesId } from "../shared/person-ids.ts";
import { mayReview, nameOf, type ReviewContext, viewVerdict } from "./authorize.ts";
import type { Policies, PolicyEngine, Verdict } from "./engine.ts";
import { type Named, namedIn } from "./named-in-policies.ts";
import { applicableReviews, possibleReviews } from "./suppose.ts";

/** Who could review an access request. */
export interface PossibleReviewers {
  /** At most twenty: groups, integrations, then persons. */
  readonly reviewers: Reviewer[];
  /** The names of the integrations. */
  readonly integrations: ReadonlySet<string>;
  /** How many people that are at most. Infinite if one of them is a group, or if not everybody could be considered. */
  readonly most: number;
  /** The ids of the persons who are known by them, and all that the integrations call with. */
  readonly ids: readonly string[];
  /** The ids of the policies that keep people from reviewing whom others would permit it. */
  readonly obstacles: () => string[];
}

/** An access request that may have to be reviewed. */
export interface ReviewToCome {
  readonly instance: Instance;
  readonly request: ReviewContext;
  /** Who gets the access and who asks for it: they do not review it, under any of their identities. */
  readonly askers: readonly string[];
  readonly sources: ReviewerSources;
  /** Ids of callers who are left out. Undefined: none. */
  readonly suspended?: ReadonlySet<string> | undefined;
}

/** The requirements with who could approve: integrations only if policy takes their approval. */
export function withReviewers(requirements: Requirements, { reviewers }: PossibleReviewers): Requirements {
  const taken = new Set(requirements.alternatives?.flatMap(({ integrations }) => integrations));
  return {
    ...requirements,
    reviewers: reviewers.filter(({ kind, name }) => kind !== "integration" || taken.has(name)),
  };
}

/** Whether access is given without any approval. */
export const needsNoApproval = ({ approvals, alternatives }: Requirements) => approvals === 0 && !alternatives;

/** Whether those who could review can give what is enough. */
export function canBeApproved(
  { approvals, alternatives }: Requirements,
  { most, integrations }: PossibleReviewers,
): boolean {
  return (alternatives ?? [{ approvals, integrations: [] }]).some(
    (one) => one.approvals <= most && one.integrations.every((name) => integrations.has(name)),
  );
}

/** People for whom policy is evaluated: two evaluations each. */
const mostCandidates = 100;

/** Sets of groups for which policy is evaluated besides, to name no more groups than it takes. */
const mostReduced = 20;

const mostNamed = 20;

/** Somebody who may exist. */
interface Candidate {
  readonly person: Caller;
  /** What stands for everybody like them. Undefined: their groups. */
  readonly shown?: string | undefined;
}

/** What policy says of a review by them, and if it permits that, of their seeing the instance, which every reviewer must. */
interface Evaluated extends Candidate {
  readonly verdicts: readonly Verdict[];
  readonly isAble: boolean;
}

/**
 * Finds who could review an access request: groups, by an example of somebody with each set of groups that settings can produce, and
 * people whom settings or policies name. When and from where they will call is not known: conditions on that count as met. Those
 * who ask are left out.
 *
 * It takes 242 evaluations at most, two more for each identity of an integration, and the first call some milliseconds more: a
 * connection that is made does without.
 */
export function possibleReviewers(engine: PolicyEngine, toCome: ReviewToCome): PossibleReviewers {
  const { suspended, askers, sources } = toCome;
  const applicable = engine.derive("applicable to reviews", applicableReviews);
  const somebody = personWith(anybody, []);
  const deciding = [mayReviewLater(applicable, somebody, toCome), viewVerdict(applicable, somebody, toCome.instance)];
  const named = namedIn(deciding.flatMap(({ policies }) => policies.flatMap((id) => engine.policies[id] ?? [])));
  const { candidates, isComplete } = candidatesOf(named, engine.nameDomain, toCome);

  const possible = engine.derive("possible reviews", possibleReviews);
  const evaluate = <Who extends Candidate>(who: Who) => {
    const review = mayReviewLater(possible, who.person, toCome);
    const verdicts = review.allowed ? [review, viewVerdict(possible, who.person, toCome.instance)] : [review];
    return { ...who, verdicts, isAble: verdicts.every(({ allowed }) => allowed) };
  };
  const evaluated = candidates.map(evaluate);
  const machines = sources.reviewingMachines
    .filter(({ callers }) => !callers.some(({ id }) => askers.includes(id)))
    .flatMap(({ name, callers }) => callers.map((person) => ({ person, integration: name })))
    .filter(({ person }) => !suspended?.has(person.id))
    .map(evaluate);

  const able = evaluated.filter(({ isAble }) => isAble);
  const ableMachines = machines.filter(({ isAble }) => isAble);
  const integrations = new Set(ableMachines.map(({ integration }) => integration));
  const known = new Map(
    evaluated.flatMap(({ person, shown, isAble }) =>
      shown === undefined ? [[likeness(person, engine.nameDomain), isAble]] : [],
    ),
  );
  const persons = able.filter(
    ({ person, shown }) => shown !== undefined && !known.get(likeness(person, engine.nameDomain)),
  );
  const isUnbounded = !isComplete || able.some(({ shown = "*" }) => shown.includes("*"));
  return {
    reviewers: [
      ...groupsNamed(engine, able, known, (person) => evaluate({ person }).isAble),
      ...[...integrations].map((name) => ({ kind: "integration", name })),
      ...[...new Set(persons.map(({ shown = "" }) => shown))].sort().map((name) => ({ kind: "person", name })),
    ].slice(0, mostNamed),
    integrations,
    most: isUnbounded ? Number.POSITIVE_INFINITY : new Set(able.map(({ person }) => person.id)).size,
    ids: [
      ...new Set(
        [...persons.filter(({ shown }) => !shown?.includes("*")), ...ableMachines].map(({ person }) => person.id),
      ),
    ],
    obstacles: () => obstaclesTo(engine, [...evaluated, ...machines], toCome),
  };
}

const mayReviewLater = (engine: PolicyEngine, person: Caller, { instance, request }: ReviewToCome) =>
  mayReview(engine, person, instance, { ...request, sourceIp: undefined });

/** Everybody who may differ from others in what the named policies say. Those of groups come first. */
function candidatesOf(
  { groups, persons, compared }: Named,
  nameDomain: string | undefined,
  { instance, request, askers, sources: { peopleSources }, suspended }: ReviewToCome,
): { readonly candidates: readonly Candidate[]; readonly isComplete: boolean } {
  const sources = peopleSources(groups);
  const isOne = (pattern = "*") => !pattern.includes("*");
  const examples = sources
    .filter(({ idPattern }) => !isOne(idPattern))
    .flatMap(({ idPattern, groupSets }) =>
      idsLike(idPattern, nameDomain).flatMap((id) => groupSets.map((each) => ({ person: personWith(id, each) }))),
    );
  const distinct = new Map(examples.map((example) => [likeness(example.person, nameDomain), example]));

  const tags = compared?.tagKeys.flatMap((key) => instance.tags[key] ?? []) ?? [];
  const texts = compared ? [...compared.texts, request.osUser, ...tags] : [];
  const ids = [
    ...persons,
    ...(nameDomain === undefined ? [] : texts.map((text) => `${text}@${nameDomain}`)),
    ...sources.flatMap(({ idPattern = "*" }) => (isOne(idPattern) ? [idPattern] : [])),
  ];
  const ofId = [...new Set(ids)].flatMap((shown) => {
    const id = shown.replaceAll("*", anybody);
    if (askers.includes(id) || suspended?.has(id)) return [];
    const asserting = sources.filter(({ idPattern }) => matchesId(idPattern, id));
    return asserting.flatMap(({ groupSets }) => groupSets.map((each) => ({ person: personWith(id, each), shown })));
  });
  const all: Candidate[] = [...distinct.values(), ...ofId];
  const isComplete = sources.every((source) => source.isComplete) && all.length <= mostCandidates;
  return { candidates: all.slice(0, mostCandidates), isComplete };
}

/** Equal for people who only differ in ids that no policy names. */
const likeness = ({ id, groups }: Caller, nameDomain: string | undefined) =>
  JSON.stringify([nameOf(id, nameDomain) !== undefined, [...groups].sort()]);

/** @param known whether people with certain groups may review, by their likeness. */
function groupsNamed(
  { policies, nameDomain }: PolicyEngine,
  able: readonly Evaluated[],
  known: ReadonlyMap<string, boolean>,
  isAble: (person: Caller) => boolean,
): Reviewer[] {
  const found = new Map(known);
  const isEnough = (person: Caller) => {
    const like = likeness(person, nameDomain);
    const enough = found.get(like) ?? (found.size < known.size + mostReduced && isAble(person));
    found.set(like, enough);
    return enough;
  };
  const sets = able
    .filter(({ shown }) => shown === undefined)
    .flatMap(({ person, verdicts }) =>
      // A forbid may spare those in one more group.
      groupsBehind(policies, person, verdicts).map((groups) =>
        isEnough({ ...person, groups }) ? groups : [...person.groups].sort(),
      ),
    );
  return leastSets(sets).map((names) =>
    names.length === 0 ? { kind: "person", name: "*" } : { kind: "group", name: names.join(" and ") },
  );
}

/** The groups of a person that each pair of deciding policies names: one permits the review, the other to see the instance. */
function groupsBehind(policies: Policies, { groups }: Caller, verdicts: readonly Verdict[]): string[][] {
  const [reviewing = [], viewing = []] = verdicts.map(({ policies: deciding }) => {
    const own = deciding.map((id) => {
      const policy = policies[id];
      const named = namedIn(policy ? [policy] : []).groups;
      return groups.filter((group) => named.has(group));
    });
    return leastSets(own).slice(0, mostReduced);
  });
  return leastSets(reviewing.flatMap((one) => viewing.map((other) => [...new Set([...one, ...other])].sort()))).slice(
    0,
    mostReduced,
  );
}

/** Without repeats, and without sets that hold another. */
function leastSets(sets: readonly string[][]): string[][] {
  const distinct = [...new Map(sets.map((each) => [JSON.stringify(each), each])).values()];
  return distinct
    .filter((each) => !distinct.some((other) => other !== each && other.every((name) => each.includes(name))))
    .sort((one, other) => (one.join() < other.join() ? -1 : 1));
}

function obstaclesTo(engine: PolicyEngine, candidates: readonly Candidate[], toCome: ReviewToCome): string[] {
  const possible = engine.derive("possible reviews", possibleReviews);
  const permits = engine.derive("permits of reviews", (policies) =>
    Object.fromEntries(Object.entries(possibleReviews(policies)).filter(([, { effect }]) => effect === "permit")),
  );
  const verdictsBy = (of: PolicyEngine, { person }: Candidate) => [
    mayReviewLater(of, person, toCome),
    viewVerdict(of, person, toCome.instance),
  ];
  const standing = candidates
    .filter((candidate) => verdictsBy(permits, candidate).every(({ allowed }) => allowed))
    .flatMap((candidate) => verdictsBy(possible, candidate).filter(({ allowed }) => !allowed))
    .flatMap(({ policies }) => policies);
  return [...new Set(standing)].sort();
}
