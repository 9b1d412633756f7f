import type { HostKeyList } from "../../contract/host-key.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { hostKeysResponse } from "./accepted.ts";
import { findManaged, type ManagedInput } from "./find-managed.ts";
import type { HostKeyPorts } from "./ports.ts";

/**
 * The host keys that clients are told to accept.
 *
 * @throws Problem as `findManaged`.
 */
export async function getHostKeys(
  ports: HostKeyPorts,
  input: ManagedInput,
  context: RequestContext,
): Promise<HostKeyList> {
  const { record } = await findManaged(ports, input, context);
  return { hostKeys: hostKeysResponse(record.hostKeys) };
}
