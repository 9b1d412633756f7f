import type { HostKeyList } from "../../contract/host-key.ts";
import type { Routes } from "../../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import { retryOnConflict } from "../shared/retry-on-conflict.ts";
import { hostKeysResponse } from "./accepted.ts";
import { findManaged } from "./find-managed.ts";
import { hostKeyEvent } from "./host-key-event.ts";
import type { HostKeyPorts } from "./ports.ts";
import { readHostKeys } from "./read-keys.ts";
import { registration } from "./registration.ts";

/**
 * Registers the host keys that an operator vouches for, in the place of all that were registered before. Exactly those which
 * are registered already change nothing, and make no event.
 *
 * @returns the host keys that clients are told to accept from now on.
 * @throws Problem in this order: `invalid-request`, by each key's own code; as `findManaged`; `upstream-unavailable` where
 *   others were faster each time; AWS's faults as the ports throw them.
 */
export async function putHostKeys(
  ports: HostKeyPorts,
  request: ApiRequest<Routes["putHostKeys"]>,
): Promise<HostKeyList> {
  const { caller, params, body, requestId, deadline, facts } = request;
  const { instanceId } = params;
  const { signal } = deadline;
  const lines = readHostKeys(body.hostKeys);
  facts.hostKeyFingerprints = lines.map(({ fingerprint }) => fingerprint);
  const { record: first, ...right } = await findManaged(ports, request);
  const keys = lines.map(({ key }) => key);

  const known = await retryOnConflict(
    first,
    () => ports.store.read(instanceId, signal),
    async (record) => {
      const at = ports.clock();
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
      return (await ports.store.write(instanceId, record, hostKeys, event, signal)) ? hostKeys : undefined;
    },
  );
  return { hostKeys: hostKeysResponse(known) };
}
