import type { RequestContext } from "../shared/request-context.ts";
import { findManaged, type ManagedInput } from "./find-managed.ts";
import { type ManagedHostKeys, managedHostKeys } from "./managed-host-keys.ts";
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
): Promise<ManagedHostKeys> {
  const { record } = await findManaged(ports, input, context);
  return managedHostKeys(record);
}
