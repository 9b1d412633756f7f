import type { HostKeyList } from "../../contract/host-key.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import { hostKeysResponse } from "./accepted.ts";
import { findManaged, type ManagedInput } from "./find-managed.ts";
import { hostKeyEvent } from "./host-key-event.ts";
import type { HostKeyPorts } from "./ports.ts";
import { readHostKeys } from "./read-keys.ts";
import { registration } from "./registration.ts";

export interface PutHostKeysInput extends ManagedInput {
  /** As the operator sent them. */
  readonly hostKeys: readonly { readonly key: string }[];
}

/**
 * Registers an operator's host keys, which replace all registered before. If they are the same, nothing changes, and there is
 * no event.
 *
 * @returns the host keys that clients are told to accept from now on.
 * @throws Problem in this order: `invalid-request`, with each key's own code; as `findManaged`; `upstream-unavailable` after
 *   too
 *   many conflicts; and as the ports do.
 */
export async function putHostKeys(
  ports: HostKeyPorts,
  input: PutHostKeysInput,
  context: RequestContext,
): Promise<HostKeyList> {
  const { caller, instanceId } = input;
  const { requestId, deadline, clock, note } = context;
  const { signal } = deadline;
  const lines = readHostKeys(input.hostKeys);
  note({ hostKeyFingerprints: lines.map(({ fingerprint }) => fingerprint) });
  const { record: first, ...right } = await findManaged(ports, input, context);
  const keys = lines.map(({ key }) => key);

  const known = await retryOnConflict(
    first,
    () => ports.store.read(instanceId, signal),
    async (record) => {
      const at = clock();
      const hostKeys = registration(record.hostKeys, keys, at);
      if (!hostKeys) return record.hostKeys;
      const event = hostKeyEvent({
        instanceId,
        afterSequence: record.sequence,
        type: "host-keys.registered",
        actor: caller.id,
        hostKeys: hostKeys.filter(({ source }) => source === "registered"),
        ...right,
        requestId,
        at,
      });
      const isWritten = await ports.store.write(instanceId, { before: record, hostKeys, event }, signal);
      return isWritten ? hostKeys : undefined;
    },
  );
  return { hostKeys: hostKeysResponse(known) };
}
