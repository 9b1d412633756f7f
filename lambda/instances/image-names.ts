import { decidingImage } from "../resolve/os-user.ts";
import type { ImageNames, NetworkReader } from "../resolve/ports.ts";
import type { Instance } from "../shared/instance.ts";

/** The names of the images that decide a default OS user. Reads nothing if there are none. */
export async function readDecidingImages(
  network: Pick<NetworkReader, "readImageNames">,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<ImageNames> {
  const imageIds = instances.flatMap((instance) => decidingImage(instance) ?? []);
  return imageIds.length > 0 ? network.readImageNames(imageIds, signal) : new Map();
}
