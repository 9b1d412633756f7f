import { type TargetKey, targetKey } from "../../lambda/shared/target.ts";
import { Fleet } from "../fleet/fleet.ts";
import { ActiveKeys } from "./active-keys.ts";
import { Consoles } from "./consoles.ts";
import type { LoginTargets } from "./login-targets.ts";

/** What is in one target. Nothing of it is found from another, even under the same instance id or address. */
export interface TargetInstances {
  readonly fleet: Fleet;
  readonly activeKeys: ActiveKeys;
  readonly consoles: Consoles;
  readonly logins: LoginTargets;
}

export type FindInTarget<Part extends keyof TargetInstances> = (target: TargetKey) => Pick<TargetInstances, Part>;

/** Finds what is in a target: nothing, if it is none of these. */
export function findInTarget(all: readonly TargetInstances[], clock: () => Date): FindInTarget<keyof TargetInstances> {
  const byTarget = new Map(all.map((one) => [targetKey(one.fleet.target), one]));
  return (target) =>
    byTarget.get(targetKey(target)) ?? {
      fleet: new Fleet({ Reservations: [] }, target),
      activeKeys: new ActiveKeys(clock),
      consoles: new Consoles(clock),
      logins: { hostKeys: new Map(), find: () => undefined, stop: async () => {} },
    };
}
