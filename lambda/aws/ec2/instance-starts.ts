import { type EC2Client, type Instance, paginateDescribeInstances } from "@aws-sdk/client-ec2";
import type { BootReader } from "../../host-keys/capture.ts";
import { awsProblem } from "../faults.ts";

/**
 * Reads when an instance was started first and last; undefined also if it no longer has a network interface. EC2 records the last
 * start only. The first start is when the primary network interface was attached, which stays for the instance's life.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html (`launchTime`)
 *
 * Rejects with Problem of `awsProblem`.
 */
export function startReader(ec2: EC2Client): Pick<BootReader, "readStarts"> {
  return {
    async readStarts(instanceId, signal) {
      const { LaunchTime, NetworkInterfaces = [] } = (await find(ec2, instanceId, signal)) ?? {};
      const attachments = NetworkInterfaces.flatMap(({ Attachment }) => (Attachment ? [Attachment] : []));
      const primary = attachments.find(
        ({ DeviceIndex, NetworkCardIndex = 0 }) => DeviceIndex === 0 && NetworkCardIndex === 0,
      );
      return LaunchTime && primary?.AttachTime && { first: primary.AttachTime, last: LaunchTime };
    },
  };
}

async function find(client: EC2Client, instanceId: string, abortSignal: AbortSignal): Promise<Instance | undefined> {
  const wanted = { Filters: [{ Name: "instance-id", Values: [instanceId] }] };
  try {
    // EC2 may return an empty page and a token.
    for await (const { Reservations = [] } of paginateDescribeInstances({ client }, wanted, { abortSignal })) {
      const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
      const found = instances.find(({ InstanceId }) => InstanceId === instanceId);
      if (found) return found;
    }
    return undefined;
  } catch (error) {
    throw awsProblem(error, abortSignal);
  }
}
