import { RequestHandler } from "./request-handler.ts";
import type { SessionKeys } from "./sigv4.ts";

/** What a client is bound to: the region of a target, and what it is called with. */
export interface ClientTarget {
  readonly region: string;
  /** Left out: the function's own credentials. */
  readonly credentials?: () => Promise<SessionKeys>;
}

/** Shared by every client, so that connections are too. */
const requestHandler = new RequestHandler();

/**
 * The settings of an SDK client for one target. Each service's folder makes its own client of them (`<service>/client.ts`), so
 * that no bundle contains a client that it does not use.
 */
export function clientSettings({ region, credentials }: ClientTarget) {
  return {
    region,
    ...(credentials && { credentials }),
    requestHandler,
    maxAttempts: 3,
    // All that the SDK would look for in the environment and in files, as a client is first used.
    retryMode: "standard",
    useFipsEndpoint: process.env["AWS_USE_FIPS_ENDPOINT"] === "true",
    useDualstackEndpoint: false,
  } as const;
}
