import { type TargetKey, targetKey } from "../../lambda/shared/target.ts";

/**
 * How a target fails: its EC2 never answers (`hang`), or throttles each call (`throttle`); or STS gives no role of its account
 * (`deny`), as if someone had deleted them.
 */
export type TargetFault = "hang" | "throttle" | "deny";

/** The faults of targets. Set by tests; a target without one works. */
export class TargetFaults {
  readonly #faults = new Map<string, TargetFault>();

  set(target: TargetKey, fault: TargetFault | undefined): void {
    if (fault === undefined) this.#faults.delete(targetKey(target));
    else this.#faults.set(targetKey(target), fault);
  }

  of(target: TargetKey): TargetFault | undefined {
    return this.#faults.get(targetKey(target));
  }

  /** Whether a target of this account denies its roles. */
  denyRolesOf(accountId: string): boolean {
    return [...this.#faults].some(([key, fault]) => fault === "deny" && key.startsWith(`${accountId}/`));
  }

  clear(): void {
    this.#faults.clear();
  }
}
