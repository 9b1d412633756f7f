import type { PolicyEngine } from "../policy/engine.ts";
import type { PolicyTime } from "../policy/policy-time.ts";
import type { People, PossibleGroups, ReviewerSources } from "../shared/people.ts";
import type { Integration } from "../shared/settings.ts";
import type { FindInstance } from "../targets/find-instance.ts";
import type { AccessRequest } from "./access-request.ts";
import type { Change, Creation } from "./change.ts";
import type { PlaceStore, RequestQuotas } from "./request-quota.ts";
import type { SuspensionReader } from "./suspend.ts";

/**
 * Keeps access requests. Reads are consistent. Each write is one conditional write that checks again what was decided. Each
 * method rejects with a Problem, and stops when its signal aborts.
 */
export interface AccessStore {
  /** Undefined if there is none, and for a text that is not the id of an access request. */
  read(id: string, signal: AbortSignal): Promise<AccessRequest | undefined>;
  /** The newest access request of an access target, open or ended. */
  readCurrent(accessTargetId: string, signal: AbortSignal): Promise<AccessRequest | undefined>;
  /** The newest access request of each of the subject's slots that has one, open or ended. */
  readSlots(subject: string, signal: AbortSignal): Promise<readonly AccessRequest[]>;
  /**
   * Puts a new one as its target's newest, and keeps `ended`, the newest before it.
   *
   * @returns false if the newest is no longer `ended`: then nothing has been written.
   */
  create(creation: Creation, ended: AccessRequest | undefined, signal: AbortSignal): Promise<boolean>;
  /** @returns what is stored now; undefined if it has changed since it was read: then nothing has been written. */
  change(change: Change, signal: AbortSignal): Promise<AccessRequest | undefined>;
}

/** Each rejects with a Problem, and stops when its signal aborts. */
export interface AccessPorts {
  readonly policy: PolicyEngine;
  readonly findInstance: FindInstance;
  readonly store: AccessStore;
  readonly places: PlaceStore;
  readonly people: Pick<People, "wasSeen">;
  readonly suspensions: SuspensionReader;
}

export interface AccessSettings extends ReviewerSources {
  readonly quotas: RequestQuotas;
  readonly possibleGroups: PossibleGroups;
  /** The machines that may review. */
  readonly integrations: readonly Integration[];
  readonly policyTime: (moment: Date) => PolicyTime;
  /** Keys of tags that a scope may name, beside those that policies name. */
  readonly scopeTags: readonly string[];
}
