import type { Call } from "../../sdk/call.ts";
import type { Operations } from "../../sdk/types.ts";

/**
 * The calls of the API that an agent's tools can make. None reviews, revokes, cancels, extends, suspends, or manages host
 * keys. What else an access request may ask for (break-glass, another subject) the tools' schemas leave out.
 */
export const reachableCalls = [
  "createAccessRequest",
  "createConnection",
  "decide",
  "getAccessRequest",
  "getInstance",
  "listAccessRequests",
  "listInstances",
  "whoAmI",
] as const satisfies readonly (keyof Operations)[];

/** The same calls, for those alone: a bug in a tool, or in what it uses, cannot do more. */
export function onlyReachable(call: Call): Call {
  return async (name, ...args) => {
    if (!reachableCalls.some((reachable) => reachable === name)) throw new Error(`No tool may call ${name}`);
    return call(name, ...args);
  };
}
