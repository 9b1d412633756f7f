import { regionOfLoopback, regionOfUrl } from "../../sdk/region.ts";

/** Everything that may tell the region, except the AWS profile. */
interface RegionSources {
  readonly url: string;
  /** From Latchkey's own settings. */
  readonly region?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The region to sign requests for: the API's.
 *
 * @returns undefined if only the AWS profile may still tell it.
 */
export function regionOf({ url, region, environment }: RegionSources): string | undefined {
  return (
    region ||
    regionOfUrl(url) ||
    environment["AWS_REGION"] ||
    environment["AWS_DEFAULT_REGION"] ||
    regionOfLoopback(url)
  );
}
