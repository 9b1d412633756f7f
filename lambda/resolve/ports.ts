import type { Endpoint } from "../shared/instance.ts";

/** By image id; undefined for an image that no longer exists. */
export type ImageNames = ReadonlyMap<string, string | undefined>;

/** What resolution needs besides the instance. Each call rejects with a Problem, and stops when its signal aborts. */
export interface NetworkReader {
  /** The target's Instance Connect Endpoints, in all VPCs. */
  describeEndpoints(signal: AbortSignal): Promise<readonly Endpoint[]>;
  /** The names of these images; the map may have more. */
  readImageNames(imageIds: readonly string[], signal: AbortSignal): Promise<ImageNames>;
}
