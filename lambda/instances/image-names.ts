import { decidingImage } from "../resolve/os-user.ts";
import type { Instance } from "../shared/instance.ts";
import type { InstancePorts } from "./ports.ts";
import type { ImageNames } from "./response.ts";

/** The names of those instances' images that decide a default OS user; nothing is asked where none does. */
export async function readDecidingImages(
  ports: Pick<InstancePorts, "readImageNames">,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<ImageNames> {
  const imageIds = instances.flatMap((instance) => decidingImage(instance) ?? []);
  return imageIds.length > 0 ? ports.readImageNames(imageIds, signal) : new Map();
}
