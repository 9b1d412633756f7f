import type { ServedTargets } from "../shared/settings.ts";
import { type Target, type TargetKey, targetKey } from "../shared/target.ts";

/** The targets that a deployment serves. */
export interface KnownTargets {
  /** The stack's own account and region. */
  readonly own: Target;
  /** Those that the settings name one by one, `own` first: the accounts of organizational units are not listed. */
  readonly listed: readonly Target[];
  /**
   * Undefined if it is not served. An organizational unit admits any account in its regions, since only IAM knows which it has,
   * but none that is listed by itself: an account has the roles of one target stack.
   */
  find(key: TargetKey): Target | undefined;
  isListed(key: TargetKey): boolean;
  /** Whether there is no other than `own`. */
  readonly isAlone: boolean;
}

/** @param served undefined: the stack's own target alone. */
export function knownTargets(own: Target, served: ServedTargets | undefined): KnownTargets {
  const { partition } = own;
  const { accounts = [], organizationalUnits = [] } = { ...served };
  const others = accounts.flatMap(({ account: accountId, regions }) =>
    regions.map((region) => ({ partition, accountId, region })),
  );
  const listed = new Map([own, ...others].map((target) => [targetKey(target), target]));
  const listedAccounts = new Set(accounts.map(({ account }) => account));
  const ofUnits = new Set(organizationalUnits.flatMap(({ regions }) => regions));
  return {
    own,
    listed: [...listed.values()],
    find(key) {
      const { accountId, region } = key;
      const inUnit = ofUnits.has(region) && !listedAccounts.has(accountId);
      return listed.get(targetKey(key)) ?? (inUnit ? { partition, accountId, region } : undefined);
    },
    isListed: (key) => listed.has(targetKey(key)),
    isAlone: listed.size === 1 && ofUnits.size === 0,
  };
}
