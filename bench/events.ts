import { randomUUID } from "node:crypto";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { matchResource } from "../local/gateway/match-resource.ts";
import { restEvent } from "../local/gateway/rest-event.ts";
import { account } from "../local/shared/account.ts";
import { keys } from "../test/fixtures/keys.ts";

/** An instance of the sample fleet for each type of connection. */
const instances = { direct: "i-0123456789abcdef0", eice: "i-0d0000000000000a1" } as const;

export type ConnectionType = keyof typeof instances;

/**
 * The event of a request for a connection, as the local gateway makes it. Each comes from another engineer, because a single
 * caller would be throttled.
 */
export function connectionEvent(connectionType: ConnectionType): APIGatewayProxyEvent {
  const target = `/v1/instances/${instances[connectionType]}/connections`;
  const requestId = randomUUID();
  return restEvent({
    ...matchResource(target),
    method: "POST",
    target,
    rawHeaders: ["Content-Type", "application/json"],
    body: Buffer.from(JSON.stringify({ publicKey: keys.ed25519 })),
    sourceIp: "127.0.0.1",
    requestId,
    userArn: `arn:aws:sts::${account}:assumed-role/Engineer/${requestId}`,
    now: new Date(),
  });
}
