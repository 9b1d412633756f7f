import type { HostKeyList } from "../../contract/host-key.ts";
import type { Precondition, Versioned } from "../shared/precondition.ts";
import { hostKeysResponse } from "./accepted.ts";
import type { HostKeyRecord } from "./ports.ts";

/** An instance's host keys, as those who manage them read and replace them. */
export type ManagedHostKeys = HostKeyList & Versioned;

export function managedHostKeys(record: Pick<HostKeyRecord, "hostKeys" | "sequence">): ManagedHostKeys {
  return { hostKeys: hostKeysResponse(record.hostKeys), revision: revisionOf(record) };
}

/** Whether the record is as the caller expects it. Captured keys are not set by anybody, so they do not count as set. */
export function isAsExpected(record: HostKeyRecord, precondition: Precondition): boolean {
  if ("isUnset" in precondition) return !record.hostKeys.some(({ source }) => source === "registered");
  return precondition.revisions.includes(revisionOf(record));
}

const revisionOf = ({ sequence }: Pick<HostKeyRecord, "sequence">) => String(sequence);
