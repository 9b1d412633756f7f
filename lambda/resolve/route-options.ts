import type { ConnectContext } from "../policy/authorize.ts";
import { highTrust } from "../policy/host-key-trust.ts";
import type { Instance } from "../shared/instance.ts";
import { serialUserOf } from "./serial-consoles.ts";

/** What policy sees of one route to an instance. */
export type RouteOption = Pick<ConnectContext, "connectionType" | "address" | "hostKeyTrust">;

/**
 * Every route by which this OS user could connect. The serial console's user has only that route. Any other user has each
 * type with each of the primary addresses, and without one, as when nothing is usable. Host keys count as trusted: they may
 * still be registered before the connection is made.
 */
export function routeOptions(
  { instanceId, publicIpAddress, privateIpAddress, ipv6Address }: Instance,
  osUser: string,
): RouteOption[] {
  if (osUser === serialUserOf(instanceId)) return [{ connectionType: "serial", hostKeyTrust: highTrust }];
  const addresses = [undefined, publicIpAddress, privateIpAddress, ipv6Address];
  const distinct = addresses.filter((address, index) => index === 0 || address !== undefined);
  return (["direct", "eice"] as const).flatMap((connectionType) =>
    distinct.map((address) => ({ connectionType, address, hostKeyTrust: highTrust })),
  );
}
