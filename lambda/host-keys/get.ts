import type { HostKeyList } from "../../contract/host-key.ts";
import type { Routes } from "../../contract/routes.ts";
import type { ApiRequest } from "../http/api-function.ts";
import { hostKeysResponse } from "./accepted.ts";
import { findManaged } from "./find-managed.ts";
import type { HostKeyPorts } from "./ports.ts";

/**
 * The host keys that clients are told to accept.
 *
 * @throws Problem as `findManaged`.
 */
export async function getHostKeys(
  ports: HostKeyPorts,
  request: ApiRequest<Routes["getHostKeys"]>,
): Promise<HostKeyList> {
  const { record } = await findManaged(ports, request);
  return { hostKeys: hostKeysResponse(record.hostKeys) };
}
