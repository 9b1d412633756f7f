import { Problem } from "./problem.ts";

/** One writer wins each attempt; so many concurrent writers of one item are not an accident. */
const mostRounds = 5;

/**
 * Decides on a state and writes the decision. If the state has changed in the meantime, reads it and decides again.
 *
 * @param write decides and writes; undefined: the state has changed, and nothing was written.
 * @throws Problem `upstream-unavailable` after too many conflicts. Errors of reading and writing pass through.
 */
export async function retryOnConflict<State, Result extends {}>(
  first: State,
  read: () => Promise<State>,
  write: (state: State) => Promise<Result | undefined>,
): Promise<Result> {
  let state = first;
  for (let round = 1; ; round++) {
    const result = await write(state);
    if (result !== undefined) return result;
    if (round === mostRounds) {
      throw new Problem("upstream-unavailable", { cause: new Error("Too many conflicting writes") });
    }
    state = await read();
  }
}
