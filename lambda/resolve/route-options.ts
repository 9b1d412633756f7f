import type { ConnectContext } from "../policy/authorize.ts";
import { highTrust } from "../policy/host-key-trust.ts";
import type { Instance } from "../shared/instance.ts";
import { serialUserOf } from "./serial-consoles.ts";

/** What policy sees of one route to an instance. */
export type RouteOption = Pick<ConnectContext, "connectionType" | "address" | "hostKeyTrust">;

/**
 * Every route by which this OS user could connect. The user of the instance's serial console has that route alone. Any other
 * user has each type without an address, as if nothing were usable yet, and with each of the instance's primary addresses. Host
 * keys count as trusted: approvals do not depend on them, and they may be registered before the connection is made.
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
