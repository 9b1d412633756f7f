import type { Caller } from "../../contract/caller.ts";
import type { Requirements, Reviewer } from "../../contract/requirements.ts";
import { personWith } from "../shared/people.ts";
import { anybody } from "../shared/person-ids.ts";
import { mayReview, viewVerdict } from "./authorize.ts";
import type { Decider, PolicyEngine } from "./engine.ts";
import { namedIn } from "./named-in-policies.ts";
import { type Candidate, candidatesOf, likeness, type ReviewToCome } from "./reviewer-candidates.ts";
import { groupsNamed } from "./reviewer-groups.ts";
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

const mostNamed = 20;

/**
 * Finds who could review an access request: groups, by an example of somebody with each set of groups that settings can
 * produce, and people whom settings or policies name. When and from where they will call is not known: conditions on
 * that count as met. Those who ask are left out.
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
    // Every reviewer must see the instance too.
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
  const examples = able.filter(({ shown }) => shown === undefined);
  const persons = able.filter(
    ({ person, shown }) => shown !== undefined && !known.get(likeness(person, engine.nameDomain)),
  );
  const isUnbounded = !isComplete || able.some(({ shown = "*" }) => shown.includes("*"));
  return {
    reviewers: [
      ...groupsNamed(engine, examples, known, (person) => evaluate({ person }).isAble),
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

const mayReviewLater = (engine: Decider, person: Caller, { instance, request }: ReviewToCome) =>
  mayReview(engine, person, instance, { ...request, sourceIp: undefined });

function obstaclesTo(engine: PolicyEngine, candidates: readonly Candidate[], toCome: ReviewToCome): string[] {
  const possible = engine.derive("possible reviews", possibleReviews);
  const permits = engine.derive("permits of reviews", (policies) =>
    Object.fromEntries(Object.entries(possibleReviews(policies)).filter(([, { effect }]) => effect === "permit")),
  );
  const verdictsBy = (of: Decider, { person }: Candidate) => [
    mayReviewLater(of, person, toCome),
    viewVerdict(of, person, toCome.instance),
  ];
  const standing = candidates
    .filter((candidate) => verdictsBy(permits, candidate).every(({ allowed }) => allowed))
    .flatMap((candidate) => verdictsBy(possible, candidate).filter(({ allowed }) => !allowed))
    .flatMap(({ policies }) => policies);
  return [...new Set(standing)].sort();
}
