import type { PolicyEngine } from "../policy/engine.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import type { Instance } from "../shared/instance.ts";
import type { AccessRequest } from "./access-request.ts";
import type { Change, Creation } from "./change.ts";

/**
 * Where access requests are kept. Reads are consistent. A write is one conditional write, which judges again what was
 * decided. Each rejects with a Problem, and ends when its signal does.
 */
export interface AccessStore {
  /** Undefined for an id that Latchkey has not given. */
  read(id: string, signal: AbortSignal): Promise<AccessRequest | undefined>;
  /** The newest of a accessTarget, open or ended. Slots are named by `accessTargetIdOf`. */
  readCurrent(accessTargetId: string, signal: AbortSignal): Promise<AccessRequest | undefined>;
  /**
   * Puts a new one where `ended` was the accessTarget's newest, and keeps that one beside it.
   *
   * @returns false where another is the newest by now: nothing has been written.
   */
  create(creation: Creation, ended: AccessRequest | undefined, signal: AbortSignal): Promise<boolean>;
  /** @returns what is stored now; undefined where it has changed since it was read: nothing has been written. */
  change(change: Change, signal: AbortSignal): Promise<AccessRequest | undefined>;
}

/** All that access requests reach outside for. Each rejects with a Problem, and ends when its signal does. */
export interface AccessPorts {
  clock(): Date;
  readonly policy: Promise<PolicyEngine>;
  describeInstance(instanceId: string, signal: AbortSignal): Promise<Instance | undefined>;
  readonly store: AccessStore;
}

export interface AccessSettings {
  /** `<account>/<role>`: the roles under which a subject may come. */
  readonly personRoles: ReadonlySet<string>;
  readonly policyTime: (moment: Date) => PolicyTime;
}
