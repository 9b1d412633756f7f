import type { Caller } from "../../contract/caller.ts";
import type { Requirements, Reviewer } from "../../contract/requirements.ts";
import type { Instance } from "../shared/instance.ts";
import { type PeopleSources, personWith, type ReviewingMachine } from "../shared/people.ts";
import { anybody, idsLike, matchesId } from "../shared/person-ids.ts";
import { mayReview, nameOf, type ReviewContext, viewVerdict } from "./authorize.ts";
import type { Policies, PolicyEngine, Verdict } from "./engine.ts";
import { type Named, namedIn } from "./named-in-policies.ts";
import { appliesTo, suppose, supposeAnybody, unknownCircumstances } from "./suppose.ts";

/** Who could review an access request. */
export interface PossibleReviewers {
  /** At most twenty: groups, integrations, then persons. */
  readonly reviewers: Reviewer[];
  /** The names of the integrations. */
  readonly integrations: ReadonlySet<string>;
  /** How many people that are at most. Infinite if one of them is a group, or if not everybody could be considered. */
  readonly most: number;
  /** The ids of the policies that keep people from reviewing whom others would permit it. */
  readonly obstacles: () => string[];
}

/** An access request that may have to be reviewed. */
export interface ReviewToCome {
  readonly instance: Instance;
  readonly request: ReviewContext;
  readonly peopleSources: PeopleSources;
  /** Undefined: there are none. */
  readonly integrations?: readonly ReviewingMachine[] | undefined;
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

/** People for whom policy is evaluated. */
const mostCandidates = 100;

const mostNamed = 20;

/** Somebody who may exist. */
interface Candidate {
  readonly person: Caller;
  /** What stands for everybody like them. Undefined: their groups. */
  readonly shown?: string | undefined;
}

/**
 * Finds who could review an access request: groups, by an example of somebody with each set of groups that settings can produce, and
 * people whom settings or policies name. When and from where they will call is not known: conditions on that count as met. Subject
 * and requester are left out.
 *
 * It takes two evaluations for each candidate, and the first call some milliseconds more: a connection that is made does without.
 */
export function possibleReviewers(engine: PolicyEngine, toCome: ReviewToCome): PossibleReviewers {
  const applicable = engine.derive("applicable to reviews", (policies) => changed(policies, supposeAnybody));
  const ids = verdictsOn(applicable, personWith(anybody, []), toCome).flatMap(({ policies }) => policies);
  const named = namedIn(ids.flatMap((id) => engine.policies[id] ?? []));
  const { candidates, isComplete } = candidatesOf(named, engine.nameDomain, toCome);

  const possible = engine.derive("possible reviews", possibleReviews);
  const evaluated = candidates.map((candidate) => ({
    ...candidate,
    verdicts: verdictsOn(possible, candidate.person, toCome),
  }));
  const machines = (toCome.integrations ?? [])
    .filter(({ callers }) => callers.every(({ id }) => id !== toCome.request.requestedBy))
    .flatMap(({ name, callers }) =>
      callers.map((person) => ({ person, integration: name, verdicts: verdictsOn(possible, person, toCome) })),
    );
  const able = evaluated.filter(({ verdicts }) => verdicts.every(({ allowed }) => allowed));
  const ofGroups = able.filter(({ shown }) => shown === undefined);
  const ableMachines = machines.filter(({ verdicts }) => verdicts.every(({ allowed }) => allowed));
  const integrations = new Set(ableMachines.map(({ integration }) => integration));
  const isAble = (person: Caller) => verdictsOn(possible, person, toCome).every(({ allowed }) => allowed);
  const groupNames = leastSets(
    ofGroups.flatMap(({ person, verdicts }) =>
      // A forbid may spare those in one more group.
      groupsBehind(engine.policies, person, verdicts).map((groups) =>
        isAble({ ...person, groups }) ? groups : [...person.groups].sort(),
      ),
    ),
  );
  const likeGroups = new Set(ofGroups.map(({ person }) => likeness(person, engine.nameDomain)));
  const persons = able.flatMap(({ person, shown }) =>
    shown === undefined || likeGroups.has(likeness(person, engine.nameDomain)) ? [] : [shown],
  );
  const isUnbounded = !isComplete || able.some(({ shown = "*" }) => shown.includes("*"));
  return {
    reviewers: [
      ...groupNames.map(
        (names): Reviewer =>
          names.length === 0 ? { kind: "person", name: "*" } : { kind: "group", name: names.join(" and ") },
      ),
      ...[...integrations].map((name) => ({ kind: "integration", name })),
      ...[...new Set(persons)].sort().map((name) => ({ kind: "person", name })),
    ].slice(0, mostNamed),
    integrations,
    most: isUnbounded ? Number.POSITIVE_INFINITY : new Set(able.map(({ person }) => person.id)).size,
    obstacles: () => obstaclesTo(engine, [...evaluated, ...machines], toCome),
  };
}

/** First of the review, then of what every reviewer has to see. */
function verdictsOn(engine: PolicyEngine, person: Caller, { instance, request }: ReviewToCome): Verdict[] {
  const review = mayReview(engine, person, instance, { ...request, sourceIp: undefined });
  return [review, viewVerdict(engine, person, instance)];
}

const actions = ["review", "view"];

function changed(policies: Policies, change: (policy: Policies[string]) => Policies[string]): Policies {
  const relevant = Object.entries(policies).filter(([, policy]) => appliesTo(policy, actions));
  return Object.fromEntries(relevant.map(([id, policy]) => [id, change(policy)]));
}

const possibleReviews = (policies: Policies) => changed(policies, (policy) => suppose(policy, unknownCircumstances));

/** Everybody who may differ from others in what the named policies say. Those of groups come first. */
function candidatesOf(
  { groups, persons, compared }: Named,
  nameDomain: string | undefined,
  { instance, request, peopleSources }: ReviewToCome,
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
    if (id === request.subject || id === request.requestedBy) return [];
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

/** The groups of a person that each pair of deciding policies names: one permits the review, the other to see the instance. */
function groupsBehind(policies: Policies, { groups }: Caller, [review, view]: readonly Verdict[]): string[][] {
  const ownIn = (id: string) => {
    const policy = policies[id];
    const named = namedIn(policy ? [policy] : []).groups;
    return groups.filter((group) => named.has(group));
  };
  return (review?.policies ?? []).flatMap((reviewing) =>
    (view?.policies ?? []).map((viewing) => [...new Set([...ownIn(reviewing), ...ownIn(viewing)])].sort()),
  );
}

/** Without repeats, and without sets that hold another. */
function leastSets(sets: readonly string[][]): string[][] {
  const distinct = [...new Map(sets.map((each) => [JSON.stringify(each), each])).values()];
  return distinct
    .filter((each) => !distinct.some((other) => other !== each && other.every((name) => each.includes(name))))
    .sort((one, other) => (one.join() < other.join() ? -1 : 1));
}

function obstaclesTo(
  engine: PolicyEngine,
  evaluated: readonly { readonly person: Caller; readonly verdicts: readonly Verdict[] }[],
  toCome: ReviewToCome,
): string[] {
  const permits = engine.derive("permits of reviews", (policies) =>
    Object.fromEntries(Object.entries(possibleReviews(policies)).filter(([, { effect }]) => effect === "permit")),
  );
  const standing = evaluated
    .filter(({ person }) => verdictsOn(permits, person, toCome).every(({ allowed }) => allowed))
    .flatMap(({ verdicts }) => verdicts.flatMap(({ allowed, policies }) => (allowed ? [] : policies)));
  return [...new Set(standing)].sort();
}
