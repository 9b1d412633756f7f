import { DescribeImagesCommand } from "@aws-sdk/client-ec2";
import { awsProblem } from "../faults.ts";
import { ec2 } from "./instances.ts";

/** Images that are remembered: a fleet has some dozens. */
const mostImages = 1000;

/** An image's name never changes, so it is asked for once. An image that is not there (any more) has none. */
const names = new Map<string, string | undefined>();

/**
 * The names of the images that are asked for, by id; undefined for those that EC2 does not know.
 *
 * @param imageIds 200 at most: EC2's bound on a filter's values.
 * @throws Problem `upstream-failure`, `upstream-unavailable`, `deadline-exceeded`.
 */
export async function readImageNames(
  imageIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string | undefined>> {
  const unknown = [...new Set(imageIds)].filter((imageId) => !names.has(imageId));
  // The request's own, since what is remembered may be forgotten before it is answered.
  const asked = new Map(imageIds.map((imageId) => [imageId, names.get(imageId)]));
  if (unknown.length > 0) {
    const found = await describe(unknown, signal);
    if (names.size + unknown.length > mostImages) names.clear();
    for (const imageId of unknown) {
      names.set(imageId, found.get(imageId));
      asked.set(imageId, found.get(imageId));
    }
  }
  return asked;
}

/** By filter: an id that is not there is no error then. Old instances run on images that have been deprecated since. */
async function describe(imageIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const input = { Filters: [{ Name: "image-id", Values: [...imageIds] }], IncludeDeprecated: true };
  try {
    const { Images = [] } = await ec2.send(new DescribeImagesCommand(input), { abortSignal: signal });
    return new Map(Images.flatMap(({ ImageId, Name }) => (ImageId && Name ? [[ImageId, Name] as const] : [])));
  } catch (error) {
    throw awsProblem(error, signal);
  }
}
