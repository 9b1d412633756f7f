import type { RequestContext } from "../shared/request-context.ts";
import { type Target, type TargetKey, targetKey } from "../shared/target.ts";
import type { KnownTargets } from "./known-targets.ts";

/** An instance as a request names it. Account and region go together. */
export interface NamedInstance {
  readonly instanceId: string;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
}

/** Where an instance is looked for. */
export interface Location {
  /** What the request is about, and where it is recorded: the stack's own if it is in none that is served. */
  readonly target: Target;
  /** If it is, there is no such instance, even if `called` has one. */
  readonly isAbsent: boolean;
}

/** Finds the targets that an instance is known in. */
export interface TargetFinder {
  findTargets(instanceId: string, signal: AbortSignal): Promise<readonly TargetKey[]>;
}

export type Locate = (named: NamedInstance, context: Pick<RequestContext, "deadline" | "note">) => Promise<Location>;

interface LocatePorts {
  readonly known: KnownTargets;
  /** Asked only if there is more than one target, and the request names none. */
  readonly finder?: TargetFinder | undefined;
  /** Whether the account of a target that is not listed lets its instances be read. */
  admits(target: Target): Promise<boolean>;
}

/**
 * Locates an instance: in the target that the request names, else where it is known to be, else in the stack's own. Nothing
 * is looked up with one target. An instance is absent in a target that is not served, and one that two targets claim
 * without a name: only the log says which.
 *
 * @throws Problem as the ports do.
 */
export function locator({ known, finder, admits }: LocatePorts): Locate {
  const { own, isAlone } = known;
  // Not about the target that was named: callers could invent any number of them for the trail.
  const absent: Location = { target: own, isAbsent: true };
  const at = async (key: TargetKey): Promise<Location> => {
    const target = known.find(key);
    const isServed = target && (known.isListed(key) || (await admits(target)));
    return isServed ? { target, isAbsent: false } : absent;
  };
  const find: Locate = async ({ instanceId, accountId, region }, { deadline: { signal }, note }) => {
    if (accountId !== undefined && region !== undefined) return at({ accountId, region });
    if (isAlone || !finder) return at(own);
    // A target that has been taken out of the settings may still be remembered.
    const claims = (await finder.findTargets(instanceId, signal)).filter((key) => known.find(key));
    if (claims.length > 1) {
      note({ claimedBy: claims.map(targetKey) });
      return absent;
    }
    return at(claims[0] ?? own);
  };
  return async (named, context) => {
    const location = await find(named, context);
    if (!isAlone) context.note({ target: targetKey(location.target) });
    return location;
  };
}
