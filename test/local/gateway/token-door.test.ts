import type { IncomingMessage } from "node:http";
import { expect, test } from "@jest/globals";
import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from "aws-lambda";
import { tokenDoor } from "../../../local/gateway/token-door.ts";

const stage = "arn:aws:execute-api:us-east-1:111122223333:local-oidc/live";
const result = (Effect: "Allow" | "Deny", Resource: string): APIGatewayAuthorizerResult => ({
  principalId: "alice",
  policyDocument: { Version: "2012-10-17", Statement: [{ Action: "execute-api:Invoke", Effect, Resource }] },
  context: { id: "alice", exp: 7, refusal: "because" },
});

function doorWith(respond: () => APIGatewayAuthorizerResult) {
  const events: APIGatewayTokenAuthorizerEvent[] = [];
  const invoke = async (event: APIGatewayTokenAuthorizerEvent) => {
    events.push(event);
    return respond();
  };
  const door = tokenDoor({ invoke, stop: async () => {} });
  const call = (authorization: string | string[] = "Bearer a.b.c", seconds = 0) => {
    const headersDistinct = { authorization: [authorization].flat() };
    const request = { headersDistinct, method: "GET", url: "/v1/whoami?x=1" } as unknown as IncomingMessage;
    return door(request, Buffer.alloc(0), new Date(seconds * 1000));
  };
  return { events, call };
}
const fails = (message: string) => () => {
  throw new Error(message);
};

test.each([
  ["Unauthorized is a 401", fails("Unauthorized"), { refused: "UNAUTHORIZED" }],
  ["any other error is a failure of the authorizer", fails("down"), { refused: "AUTHORIZER_FAILURE" }],
  [
    "Deny is a refusal with the reason",
    () => result("Deny", `${stage}/*`),
    { refused: "ACCESS_DENIED", refusal: "because" },
  ],
  [
    "Allow for one route alone is a refusal: API Gateway would keep it for the next route",
    () => result("Allow", `${stage}/GET/v1/whoami`),
    { refused: "ACCESS_DENIED", refusal: "because" },
  ],
])("%s", async (_, respond, expected) => {
  expect(await doorWith(respond).call()).toEqual(expected);
});

test("a header of another form never reaches the authorizer", async () => {
  const { events, call } = doorWith(() => result("Allow", `${stage}/*`));
  const others = [
    ...["", "alice", "Bearer a.b", "Bearer a.b.c=", "BEARER a.b.c", "Bearer  a.b.c", "Bearer a.b.c, Bearer d.e.f"],
    ...["Bearer\ta.b.c", "Bearera.b.c", "DPoP a.b.c"],
  ];
  for (const header of [...others, [], ["Bearer a.b.c", "Bearer d.e.f"]]) {
    expect([header, await call(header)]).toEqual([header, { refused: "UNAUTHORIZED" }]);
  }
  expect(events).toEqual([]);
});

test("the result is kept for a minute, and its context handed on as texts", async () => {
  const { events, call } = doorWith(() => result("Allow", `${stage}/*`));
  const first = await call();
  expect(first).toMatchObject({ userArn: null, authorizer: { principalId: "alice", id: "alice", exp: "7" } });
  await call("Bearer a.b.c", 59);
  expect(events).toEqual([{ type: "TOKEN", authorizationToken: "Bearer a.b.c", methodArn: `${stage}/GET/v1/whoami` }]);
  await call("Bearer a.b.c", 61);
  expect(events).toHaveLength(2);
});
