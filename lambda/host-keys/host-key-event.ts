import { type InstanceKey, instanceKey } from "../shared/instance.ts";
import { type TrailEvent, trailEvent } from "../shared/trail-event.ts";
import { readHostKey, type StoredHostKey } from "./stored-host-key.ts";

/** A change of what is known of an instance's host keys. */
export interface HostKeyChange extends InstanceKey {
  /** The changes of the same instance's host keys before this one. */
  readonly afterSequence: number;
  readonly type: "host-keys.registered" | "host-keys.captured";
  /** A caller's id, or `latchkey` if no caller asked for it. */
  readonly actor: string;
  /** Only those that the change is about. */
  readonly hostKeys: readonly StoredHostKey[];
  /** The policies that permitted it, if policy was evaluated. */
  readonly policies?: readonly string[] | undefined;
  readonly policyDigest?: string | undefined;
  readonly requestId: string;
  readonly at: Date;
}

/** The event of the change, with the record's next sequence number. */
export function hostKeyEvent({ afterSequence, type, at, hostKeys, ...facts }: HostKeyChange): TrailEvent {
  return trailEvent(
    { collection: "instances", id: instanceKey(facts), sequence: afterSequence + 1, type, at },
    { ...facts, hostKeyFingerprints: hostKeys.map((each) => readHostKey(each).fingerprint) },
  );
}
