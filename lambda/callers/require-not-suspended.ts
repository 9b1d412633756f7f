import type { Caller } from "../../contract/caller.ts";
import type { SuspensionReader } from "../access/suspend.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";

/**
 * Refuses a suspended caller, by a consistent read before the request does anything.
 *
 * @returns a function that throws Problem `caller-suspended`, and as the reader does.
 */
export const requireNotSuspended =
  (suspensions: SuspensionReader) =>
  async ({ id }: Caller, { deadline: { signal } }: RequestContext): Promise<void> => {
    const suspension = (await suspensions.readSuspensions([id], signal)).get(id);
    if (suspension?.isSuspended) throw new Problem("caller-suspended");
  };
