import { Problem } from "../http/problem.ts";
import type { AccessRequest } from "./access-request.ts";
import type { Change, Creation, Refusal } from "./change.ts";
import type { AccessPorts } from "./ports.ts";

/** One writer wins each round: more than so many at once in one item are no accident. */
const mostRounds = 5;

/**
 * Decides on a state and writes what was decided. Where the state is not any more what it was, reads it afresh and decides
 * again.
 *
 * @param write decides and writes; undefined: the state has changed, and nothing was written.
 * @throws Problem `upstream-unavailable` where others were faster each time; whatever reading and writing throw.
 */
export async function writeInRounds<State, Result extends {}>(
  first: State,
  read: () => Promise<State>,
  write: (state: State) => Promise<Result | undefined>,
): Promise<Result> {
  let state = first;
  for (let round = 1; ; round++) {
    const result = await write(state);
    if (result !== undefined) return result;
    if (round === mostRounds) throw new Problem("upstream-unavailable");
    state = await read();
  }
}

/** Decides what becomes of an access request at a moment. It changes nothing, so that it can be asked again. */
export type Command = (request: AccessRequest, at: Date) => Change | Refusal;

/**
 * Changes an access request as a command decides, by what it is when it is written.
 *
 * @param first as it was read.
 * @returns what is stored now.
 * @throws Problem by the code of the command's refusal; `upstream-unavailable` as above; whatever the store throws.
 */
export function changeInRounds(
  { clock, store }: Pick<AccessPorts, "clock" | "store">,
  first: AccessRequest,
  command: Command,
  signal: AbortSignal,
): Promise<AccessRequest> {
  return writeInRounds<AccessRequest | undefined, AccessRequest>(
    first,
    () => store.read(first.id, signal),
    async (request) => {
      if (!request) throw new Error("An access request is never deleted");
      return store.change(requireTaken(command(request, clock())), signal);
    },
  );
}

/** @throws Problem by the refusal's code, where it is one. */
export function requireTaken<Taken extends Creation>(outcome: Taken | Refusal): Taken {
  if (!("refusal" in outcome)) return outcome;
  const { refusal, detail } = outcome;
  throw new Problem(refusal, detail === undefined ? {} : { detail });
}
