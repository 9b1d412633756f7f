import type { Instance } from "../connect/instance.ts";
import { decidingImage } from "../connect/os-user.ts";
import type { ImageNames } from "./answer.ts";
import type { InstancePorts } from "./ports.ts";

/** The names of those instances' images that decide a default OS user; nothing is asked where none does. */
export async function readDecidingImages(
  ports: Pick<InstancePorts, "readImageNames">,
  instances: readonly Instance[],
  signal: AbortSignal,
): Promise<ImageNames> {
  const imageIds = instances.flatMap((instance) => decidingImage(instance) ?? []);
  return imageIds.length > 0 ? ports.readImageNames(imageIds, signal) : new Map();
}
