import type { Caller } from "../../contract/caller.ts";

/** What is known of people who are not calling. Each rejects with a Problem, and stops when its signal aborts. */
export interface People {
  /** Keeps how a person has just called, unless a later call is kept. */
  refresh(person: Caller, now: Date, signal: AbortSignal): Promise<void>;
  /** Whether the person has ever called. */
  wasSeen(id: string, signal: AbortSignal): Promise<boolean>;
}

/** Every set of groups that a person with this id could come with: none if no source of identities asserts such an id. */
export type PossibleGroups = (id: string) => readonly (readonly string[])[];

/** The person with each set of groups that they could come with. */
export function personsNamed(id: string, possibleGroups: PossibleGroups): Caller[] {
  return possibleGroups(id).map((groups) => ({
    id,
    kind: "person",
    groups: [...groups],
    frontDoor: "iam",
    sources: [],
  }));
}
