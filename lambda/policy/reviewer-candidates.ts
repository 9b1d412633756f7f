import type { Caller } from "../../contract/caller.ts";
import type { Instance } from "../shared/instance.ts";
import { personWith, type ReviewerSources } from "../shared/people.ts";
import { anybody, idsLike, matchesId } from "../shared/person-ids.ts";
import { nameOf, type ReviewContext } from "./authorize.ts";
import type { Named } from "./named-in-policies.ts";

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

/** People for whom policy is evaluated: two evaluations each. */
const mostCandidates = 100;

/** Somebody who may exist. */
export interface Candidate {
  readonly person: Caller;
  /** What stands for everybody like them. Undefined: their groups. */
  readonly shown?: string | undefined;
}

/** Everybody who may differ from others in what the named policies say. Those of groups come first. */
export function candidatesOf(
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
export const likeness = ({ id, groups }: Caller, nameDomain: string | undefined) =>
  JSON.stringify([nameOf(id, nameDomain) !== undefined, [...groups].sort()]);
