import type { Precondition } from "../shared/precondition.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import { findManaged, type ManagedInput } from "./find-managed.ts";
import { hostKeyEvent } from "./host-key-event.ts";
import { isAsExpected, type ManagedHostKeys, managedHostKeys } from "./managed-host-keys.ts";
import type { HostKeyPorts } from "./ports.ts";
import { readHostKeys } from "./read-keys.ts";
import { registration } from "./registration.ts";

export interface PutHostKeysInput extends ManagedInput {
  /** As the operator sent them. */
  readonly hostKeys: readonly { readonly key: string }[];
  readonly precondition: Precondition;
}

/**
 * Registers an operator's host keys, which replace all registered before. If they are the same, nothing changes, and there is
 * no event.
 *
 * @returns the host keys that clients are told to accept from now on.
 * @throws Problem in this order: `invalid-request`, with each key's own code; as `findManaged`; `precondition-failed`;
 *   `upstream-unavailable` after too many conflicts; and as the ports do.
 */
export async function putHostKeys(
  ports: HostKeyPorts,
  input: PutHostKeysInput,
  context: RequestContext,
): Promise<ManagedHostKeys> {
  const { caller } = input;
  const { requestId, deadline, clock, note } = context;
  const { signal } = deadline;
  const lines = readHostKeys(input.hostKeys);
  note({ hostKeyFingerprints: lines.map(({ fingerprint }) => fingerprint) });
  const { instance, record: first, ...right } = await findManaged(ports, input, context);
  const keys = lines.map(({ key }) => key);

  const known = await retryOnConflict<typeof first, Pick<typeof first, "hostKeys" | "sequence">>(
    first,
    () => ports.store.read(instance, signal),
    async (record) => {
      if (!isAsExpected(record, input.precondition)) throw new Problem("precondition-failed");
      const at = clock();
      const hostKeys = registration(record.hostKeys, keys, at);
      if (!hostKeys) return record;
      const event = hostKeyEvent({
        accountId: instance.accountId,
        region: instance.region,
        instanceId: instance.instanceId,
        afterSequence: record.sequence,
        type: "host-keys.registered",
        actor: caller.id,
        hostKeys: hostKeys.filter(({ source }) => source === "registered"),
        ...right,
        requestId,
        at,
      });
      const isWritten = await ports.store.write(instance, { before: record, hostKeys, event }, signal);
      return isWritten ? { hostKeys, sequence: record.sequence + 1 } : undefined;
    },
  );
  return managedHostKeys(known);
}
