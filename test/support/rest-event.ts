import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import { frontDoors } from "../../lambda/callers/front-doors.ts";
import { proxyEvent } from "../../local/gateway/rest-event.ts";

/** Sessions as `requestContext.identity.userArn` names them. */
export const aliceArn = "arn:aws:sts::111122223333:assumed-role/Engineer/alice";
export const chatbotArn = "arn:aws:sts::111122223333:assumed-role/ChatBot/run-4711";
const iam = { people: [{ role: "111122223333/Engineer" }] };
const groups = { Engineer: ["iam:111122223333/Engineer"] };
/** Treats the sessions of Engineer as people. */
export const authenticate = frontDoors({ identities: { iam }, groups });
/** The same, in a stack that has the OIDC door too. */
export const atBothDoors = frontDoors({ identities: { iam, oidc: [] }, groups });

interface RestRequest {
  readonly resource: string;
  readonly method?: string;
  /** Percent-encoded, as API Gateway delivers them. */
  readonly pathParameters?: Record<string, string>;
  /** Decoded, as API Gateway delivers them. */
  readonly query?: Record<string, string[]>;
  readonly headers?: Record<string, string[]>;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  /** The signer, or null for an unsigned request. */
  readonly userArn?: string | null;
}

/** The event of a REST API's proxy integration. The default is a request without a body, signed by alice. */
export function restEvent({
  resource,
  method = "GET",
  pathParameters,
  query = {},
  headers = { "Content-Type": ["application/json"] },
  body = null,
  isBase64Encoded = false,
  userArn = aliceArn,
}: RestRequest): APIGatewayProxyEvent {
  return proxyEvent({
    ...{ resource, path: resource, method, query, headers, body, isBase64Encoded, userArn },
    pathParameters: pathParameters ?? null,
    sourceIp: "192.0.2.1",
    requestId: "request-1",
    now: new Date(0),
  });
}

/** Lambda's context of an invocation with this many milliseconds left. */
export function lambdaContext(remaining = 29_000): Context {
  const noLonger = () => {
    throw new Error("Handlers of ours answer with a promise");
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: "function",
    functionVersion: "1",
    invokedFunctionArn: "arn:aws:lambda:us-east-1:111122223333:function:function",
    memoryLimitInMB: "512",
    awsRequestId: "invocation-1",
    logGroupName: "group",
    logStreamName: "stream",
    getRemainingTimeInMillis: () => remaining,
    done: noLonger,
    fail: noLonger,
    succeed: noLonger,
  };
}
