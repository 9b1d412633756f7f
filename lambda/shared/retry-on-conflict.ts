import { Problem } from "./problem.ts";

/** One writer wins each round: more than so many at once in one item are no accident. */
const mostRounds = 5;

/**
 * Decides on a state and writes what was decided. Where the state is not any more what it was, reads it afresh and decides
 * again.
 *
 * @param write decides and writes; undefined: the state has changed, and nothing was written.
 * @throws Problem `upstream-unavailable` if others were faster each time. Errors of reading and writing pass through.
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
      throw new Problem("upstream-unavailable", { cause: new Error("Others were faster each time") });
    }
    state = await read();
  }
}
