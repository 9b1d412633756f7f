import type { ReachabilityCheck } from "../../contract/instance.ts";
import { isLocalZone, windows } from "../resolve/warnings.ts";
import type { Instance } from "../shared/instance.ts";
import { knownAgent } from "./agent.ts";
import { fail, pass, unknown } from "./check.ts";
import type { Network } from "./network.ts";

/** What would keep an instance from taking a key however it is reached. */
export function instanceChecks(
  instance: Instance,
  imageName: string | undefined,
  network: Network,
): ReachabilityCheck[] {
  const isWindows = instance.platform === windows;
  return [
    stateCheck(instance),
    ...(isWindows ? [platformCheck] : []),
    zoneCheck(instance, network),
    ...(isWindows ? [] : [agentCheck(imageName)]),
  ];
}

function stateCheck({ state }: Instance): ReachabilityCheck {
  const check = "instance-state";
  switch (state) {
    case "running":
      return pass(check, "The instance is running.");
    case "pending":
      return fail(check, "The instance is still starting.", "Try again in a minute.");
    case "stopping":
    case "stopped":
      return fail(check, "The instance is not running.", "Start it.");
    case "shutting-down":
    case "terminated":
      return fail(check, "The instance has been terminated.", "Launch another one.");
    default:
      return unknown(check, "EC2 does not say whether the instance is running.");
  }
}

const platformCheck = fail(
  "platform",
  "The instance runs Windows, where EC2 Instance Connect has no agent to take the key.",
  "Connect to it in another way, such as Session Manager, or use an instance with Linux.",
);

/** EC2 User Guide, "Connect to your Linux instance using a public IP address and EC2 Instance Connect". */
function zoneCheck({ availabilityZone, region, subnetId }: Instance, { subnets }: Network): ReachabilityCheck {
  const check = "zone";
  if (isLocalZone(availabilityZone, region)) {
    return fail(
      check,
      "The instance is in a Local Zone, where AWS does not support EC2 Instance Connect.",
      "Use an instance in one of the region's own availability zones.",
    );
  }
  if (availabilityZone.startsWith(`${region}-wl`)) {
    return unknown(check, "The instance is in a Wavelength Zone, which AWS does not mention for EC2 Instance Connect.");
  }
  const subnet = subnets?.find((each) => each.subnetId === subnetId);
  if (subnet?.outpostArn) {
    return unknown(check, "The instance is on an Outpost, which AWS does not mention for EC2 Instance Connect.");
  }
  if (!subnet) return unknown(check, "The instance's subnet could not be described, so it may be on an Outpost.");
  return pass(check, "The instance is in an availability zone of the region.");
}

function agentCheck(imageName: string | undefined): ReachabilityCheck {
  const check = "agent";
  const known = imageName === undefined ? undefined : knownAgent(imageName);
  if (!known) return unknown(check, "The image does not tell whether EC2 Instance Connect is installed.");
  const { system, hasAgent } = known;
  if (hasAgent) return pass(check, `The image is ${system}, which comes with EC2 Instance Connect.`);
  return fail(
    check,
    `The image is a ${system} that comes without EC2 Instance Connect.`,
    "Install the package ec2-instance-connect on the instance, unless that has been done.",
  );
}
