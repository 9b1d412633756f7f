import type { InstanceResponse } from "../../contract/instance.ts";
import { hostKeysResponse } from "../host-keys/accepted.ts";
import type { StoredHostKey } from "../host-keys/stored-host-key.ts";
import { defaultOsUser } from "../resolve/os-user.ts";
import type { ImageNames } from "../resolve/ports.ts";
import { connectionOptions, type ResolveSettings } from "../resolve/resolve.ts";
import { type Endpoint, type Instance, instanceKey } from "../shared/instance.ts";

export type InstanceSettings = ResolveSettings & { readonly defaultOsUser: string };

/** What a response contains besides the instance itself. */
export interface Surroundings {
  /** Of the instance's target. Undefined: unknown. */
  readonly endpoints: readonly Endpoint[] | undefined;
  /** By `<account>/<region>/<id>`. */
  readonly hostKeys: ReadonlyMap<string, readonly StoredHostKey[]>;
  readonly imageNames: ImageNames;
}

/** The API's response about an instance, to a caller who may view it. */
export function instanceResponse(
  instance: Instance,
  { endpoints, hostKeys, imageNames }: Surroundings,
  settings: InstanceSettings,
): InstanceResponse {
  const { addresses, imageId, ...described } = instance;
  const primary = [instance.publicIpAddress, instance.privateIpAddress, instance.ipv6Address];
  const name = instance.tags["Name"];
  return {
    ...described,
    ...(name && { name }),
    tags: { ...instance.tags },
    addresses: addresses.map((each) => ({ ...each, primary: primary.includes(each.address) })),
    defaultOsUser: defaultOsUser(instance, imageId && imageNames.get(imageId), settings.defaultOsUser),
    connectionOptions: connectionOptions(instance, endpoints, settings),
    hostKeys: hostKeysResponse(hostKeys.get(instanceKey(instance)) ?? []),
  };
}
