import { type Instance, paginateDescribeInstances } from "@aws-sdk/client-ec2";
import type { InstanceStarts } from "../../host-keys/capture.ts";
import { awsProblem } from "../faults.ts";
import { ec2 } from "./instances.ts";

/**
 * When an instance was started first and last. EC2 notes the last one alone, and says of the first that it is when the primary
 * network interface was attached, which stays for the instance's life.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html (`launchTime`)
 *
 * @returns undefined where there is no such instance in this account and region, or it has no network interface any more.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function readInstanceStarts(instanceId: string, signal: AbortSignal): Promise<InstanceStarts | undefined> {
  const { LaunchTime, NetworkInterfaces = [] } = (await find(instanceId, signal)) ?? {};
  const attachments = NetworkInterfaces.flatMap(({ Attachment }) => (Attachment ? [Attachment] : []));
  const primary = attachments.find(
    ({ DeviceIndex, NetworkCardIndex = 0 }) => DeviceIndex === 0 && NetworkCardIndex === 0,
  );
  return LaunchTime && primary?.AttachTime && { first: primary.AttachTime, last: LaunchTime };
}

async function find(instanceId: string, signal: AbortSignal): Promise<Instance | undefined> {
  const wanted = { Filters: [{ Name: "instance-id", Values: [instanceId] }] };
  try {
    // EC2 may answer with an empty page and a token.
    for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, wanted, {
      abortSignal: signal,
    })) {
      const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
      const found = instances.find(({ InstanceId }) => InstanceId === instanceId);
      if (found) return found;
    }
    return undefined;
  } catch (error) {
    throw awsProblem(error, signal);
  }
}
