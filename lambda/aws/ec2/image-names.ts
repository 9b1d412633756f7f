import { DescribeImagesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { NetworkReader } from "../../resolve/ports.ts";
import { awsProblem } from "../faults.ts";

/** Images to cache: a fleet has a few dozen. */
const mostImages = 1000;

/**
 * Reads the names of images, at most 200 at once: EC2's limit on the values of a filter. A name never changes, so it is read
 * once; undefined stands for an image that EC2 does not know. Rejects with Problem of `awsProblem`.
 */
export function imageReader(ec2: EC2Client): Pick<NetworkReader, "readImageNames"> {
  const names = new Map<string, string | undefined>();
  return {
    async readImageNames(imageIds, signal) {
      const unknown = [...new Set(imageIds)].filter((imageId) => !names.has(imageId));
      // A copy for this call, since another call may clear the cache meanwhile.
      const wanted = new Map(imageIds.map((imageId) => [imageId, names.get(imageId)]));
      if (unknown.length > 0) {
        const found = await describe(ec2, unknown, signal);
        if (names.size + unknown.length > mostImages) names.clear();
        for (const imageId of unknown) {
          names.set(imageId, found.get(imageId));
          wanted.set(imageId, found.get(imageId));
        }
      }
      return wanted;
    },
  };
}

/** By filter, so that an unknown id is not an error. Old instances run on images that have been deprecated since. */
async function describe(
  ec2: EC2Client,
  imageIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const input = { Filters: [{ Name: "image-id", Values: [...imageIds] }], IncludeDeprecated: true };
  try {
    const { Images = [] } = await ec2.send(new DescribeImagesCommand(input), { abortSignal: signal });
    return new Map(Images.flatMap(({ ImageId, Name }) => (ImageId && Name ? [[ImageId, Name] as const] : [])));
  } catch (error) {
    throw awsProblem(error, signal);
  }
}
