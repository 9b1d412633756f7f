import { randomUUID } from "node:crypto";
import type { APIGatewayProxyEvent, APIGatewayTokenAuthorizerEvent } from "aws-lambda";
import type { Caller } from "../contract/caller.ts";
import { contextOf } from "../lambda/callers/authorizer-context.ts";
import { matchResource } from "../local/gateway/match-resource.ts";
import { restEvent } from "../local/gateway/rest-event.ts";
import { account } from "../local/shared/account.ts";
import { keys } from "../test/fixtures/keys.ts";
import type { SigningKey, TokenIssuer } from "../test/support/token-issuer.ts";

/** An instance of the sample fleet for each type of connection. */
const instances = { direct: "i-0123456789abcdef0", eice: "i-0d0000000000000a1" } as const;

export type ConnectionType = keyof typeof instances;

/**
 * The event of a request for a connection, as the local gateway makes it.
 *
 * @param id the engineer's. By default each comes from another, because a single caller would be throttled.
 */
export function connectionEvent(
  connectionType: ConnectionType,
  { door = "iam", id = randomUUID() }: { readonly door?: Caller["frontDoor"]; readonly id?: string } = {},
): APIGatewayProxyEvent {
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
    ...(door === "iam"
      ? { userArn: `arn:aws:sts::${account}:assumed-role/Engineer/${id}` }
      : { userArn: null, authorizer: contextOf(engineer(id), inFiveMinutes()) }),
    now: new Date(),
  });
}

const engineer = (id: string) =>
  ({ id, kind: "person", groups: ["Engineer"], sources: ["local:Engineer"] }) satisfies Omit<Caller, "frontDoor">;

const inFiveMinutes = () => Math.floor(Date.now() / 1000) + 300;

/** What API Gateway sends to the authorizer for a token that it has not seen. Each is another engineer's. */
export function tokenEvent({ url }: TokenIssuer, key: SigningKey): APIGatewayTokenAuthorizerEvent {
  const token = key.sign({
    ...{ iss: url, aud: "urn:latchkey:api", sub: randomUUID(), client_id: "latchkey-cli", groups: ["Engineer"] },
    ...{ exp: inFiveMinutes() },
  });
  const methodArn = `arn:aws:execute-api:us-east-1:${account}:local-oidc/live/POST/v1/whoami`;
  return { type: "TOKEN", authorizationToken: `Bearer ${token}`, methodArn };
}
