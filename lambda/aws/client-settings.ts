import { NodeHttpHandler } from "@smithy/node-http-handler";

/**
 * Shared by every client, so that connections are too. The SDK waits for ever by default, and `requestTimeout` alone only
 * warns. Milliseconds: a control-plane call takes tens to hundreds, and three attempts must fit into a request.
 */
const requestHandler = new NodeHttpHandler({
  connectionTimeout: 1000,
  requestTimeout: 3000,
  throwOnRequestTimeout: true,
});

export const clientSettings = { requestHandler, maxAttempts: 3 };
