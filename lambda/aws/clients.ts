import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { SessionKeys } from "./direct-calls.ts";

/** What a client is bound to: the region of a target, and what it is called with. */
export interface ClientTarget {
  readonly region: string;
  /** Left out: the function's own credentials. */
  readonly credentials?: () => Promise<SessionKeys>;
}

/**
 * Shared by every client, so that connections are too. The SDK waits for ever by default, and `requestTimeout` alone only
 * warns. That one ends with the response's headers; `socketTimeout` is the time between two pieces of the body. In
 * milliseconds: a control-plane call takes tens to hundreds, and three attempts must fit into a request.
 */
const requestHandler = new NodeHttpHandler({
  connectionTimeout: 1000,
  requestTimeout: 3000,
  socketTimeout: 3000,
  throwOnRequestTimeout: true,
});

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
