import { isLoopback } from "./loopback.ts";

/** The region of the local stack. */
const localRegion = "us-east-1";

/** The region that an API's URL tells: an execute-api name contains it. @returns undefined for any other name. */
export function regionOfUrl(url: string): string | undefined {
  const { hostname } = new URL(url);
  const [, region] =
    /\.execute-api(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$/.exec(hostname) ?? [];
  return region;
}

/** The local stack's region if the URL leads to this machine. */
export function regionOfLoopback(url: string): string | undefined {
  return isLoopback(new URL(url).hostname) ? localRegion : undefined;
}
