import type { Endpoint } from "../shared/instance.ts";

/** By image id; undefined for an image that no longer exists. */
export type ImageNames = ReadonlyMap<string, string | undefined>;

/** What a resolution needs beside the instance. Each rejects with a Problem, and stops when its signal aborts. */
export interface NetworkReader {
  /** The target's Instance Connect Endpoints, in all VPCs. */
  describeEndpoints(signal: AbortSignal): Promise<readonly Endpoint[]>;
  /** At least the names of these images. */
  readImageNames(imageIds: readonly string[], signal: AbortSignal): Promise<ImageNames>;
}
