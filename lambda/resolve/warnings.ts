import type { Warning } from "../../contract/warning.ts";
import type { Instance } from "../shared/instance.ts";
import type { NetworkRoute } from "./resolve.ts";

/** EC2's word for the platform, in lower case. */
export const windows = "windows";

/**
 * Why nobody may be able to log in with a pushed key, as far as the instance tells. Nothing is known against a serial console: it
 * does not depend on the instance's agent.
 */
export function warningsOf(
  { platform, region, availabilityZone }: Pick<Instance, "platform" | "region" | "availabilityZone">,
  connectionType: NetworkRoute["connectionType"] | undefined,
): Warning[] {
  if (connectionType === "serial") return [];
  return [
    ...(platform === windows
      ? [
          {
            code: "windows",
            message: "The instance runs Windows, where EC2 Instance Connect has no agent to take the key.",
          },
        ]
      : []),
    ...(isLocalZone(availabilityZone, region)
      ? [
          {
            code: "local-zone",
            message: "The instance is in a Local Zone, where AWS does not support EC2 Instance Connect.",
          },
        ]
      : []),
  ];
}

/**
 * An availability zone is its region and a letter, such as us-west-2a; a Local Zone has a place between, such as
 * us-west-2-lax-1a.
 */
export function isLocalZone(zone: string, region: string): boolean {
  return zone.startsWith(`${region}-`) && !zone.startsWith(`${region}-wl`); // Wavelength Zones
}
