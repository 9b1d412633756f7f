import type { Caller } from "../../contract/caller.ts";
import { secondsAfter } from "./time.ts";

/** What is known of people who are not calling. Each rejects with a Problem, and stops when its signal aborts. */
export interface People {
  /** Keeps how a person has just called, unless a later call is kept. */
  refresh(person: Caller, now: Date, signal: AbortSignal): Promise<void>;
  /** Whether the person has ever called. */
  wasSeen(id: string, signal: AbortSignal): Promise<boolean>;
}

export interface PersonReader {
  /** How the person last called, by a consistent read; undefined if they never have. */
  read(id: string, signal: AbortSignal): Promise<RememberedPerson | undefined>;
}

/** How a person last called. */
export interface RememberedPerson extends Pick<Caller, "id" | "kind" | "groups" | "frontDoor"> {
  /** ISO 8601, UTC. */
  readonly seenAt: string;
}

/** Seconds for which groups are remembered, unless settings say otherwise: a day. */
const usuallyRemembered = 24 * 60 * 60;

/**
 * The persons who are known well enough to be evaluated while they are not calling, by id: those who have called lately.
 *
 * @param rememberedFor seconds, as in settings.
 */
export function knownPersons(
  people: readonly RememberedPerson[],
  now: Date,
  rememberedFor = usuallyRemembered,
): ReadonlyMap<string, Caller> {
  const known = people.filter(({ seenAt }) => secondsAfter(new Date(seenAt), rememberedFor) > now);
  return new Map(known.map(({ seenAt: _, ...person }) => [person.id, { ...person, sources: [] }]));
}

/** Every set of groups that a person with this id could come with: none if no source of identities asserts such an id. */
export type PossibleGroups = (id: string) => readonly (readonly string[])[];

/** A source of identities, as far as it asserts people. */
export interface PeopleSource {
  /** The ids that it may assert: one, or those like a pattern with a `*`. Undefined: all. */
  readonly idPattern?: string | undefined;
  /** The sets of groups that its people could come with. */
  readonly groupSets: readonly string[][];
  /** Whether these are all. */
  readonly isComplete: boolean;
}

/** A machine that may review, by its name, with everybody that it may call as. */
export interface ReviewingMachine {
  readonly name: string;
  readonly callers: readonly Caller[];
}

/** Who could review, as settings say. */
export interface ReviewerSources {
  /** The sources of identities. The sets hold only the groups that count. */
  readonly peopleSources: (counted: ReadonlySet<string>) => readonly PeopleSource[];
  readonly reviewingMachines: readonly ReviewingMachine[];
}

/** The person with each set of groups that they could come with. */
export function personsNamed(id: string, possibleGroups: PossibleGroups): Caller[] {
  return possibleGroups(id).map((groups) => personWith(id, groups));
}

/** Somebody who is not calling. */
export const personWith = (id: string, groups: readonly string[]): Caller => ({
  id,
  kind: "person",
  groups: [...groups],
  frontDoor: "iam",
  sources: [],
});
