import type { InstanceResponse } from "../../contract/instance.ts";
import { hostKeysResponse } from "../host-keys/accepted.ts";
import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import { defaultOsUser } from "../resolve/os-user.ts";
import { connectionOptions, type ResolveSettings } from "../resolve/resolve.ts";
import type { Endpoint, Instance } from "../shared/instance.ts";

export type InstanceSettings = ResolveSettings & { readonly defaultOsUser: string };

/** By image id. */
export type ImageNames = ReadonlyMap<string, string | undefined>;

/** An instance as the API answers with it to a caller who may view it. */
export function instanceResponse(
  instance: Instance,
  endpoints: readonly Endpoint[],
  hostKeys: readonly StoredHostKey[],
  imageNames: ImageNames,
  settings: InstanceSettings,
): InstanceResponse {
  const { addresses: _, imageId, ...described } = instance;
  const name = instance.tags["Name"];
  return {
    ...described,
    ...(name && { name }),
    tags: { ...instance.tags },
    defaultOsUser: defaultOsUser(instance, imageId && imageNames.get(imageId), settings.defaultOsUser),
    connectionOptions: connectionOptions(instance, endpoints, settings),
    hostKeys: hostKeysResponse(hostKeys),
  };
}
