import { isLoopback } from "../settings/api-url.ts";

/** Where the region may be told, but for the AWS profile: the first that tells counts. */
interface RegionSources {
  readonly url: string;
  /** From Latchkey's own settings. */
  readonly region?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The region of the local stack. */
const localRegion = "us-east-1";

/**
 * The region that a request is signed for: the API's.
 *
 * @returns undefined where only the AWS profile may still know it.
 */
export function regionOf({ url, region, environment }: RegionSources): string | undefined {
  const { hostname } = new URL(url);
  const [, ofHost] =
    /\.execute-api(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$/.exec(hostname) ?? [];
  return (
    region ||
    ofHost ||
    environment["AWS_REGION"] ||
    environment["AWS_DEFAULT_REGION"] ||
    (isLoopback(hostname) ? localRegion : undefined)
  );
}
