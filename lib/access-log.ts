import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";

/**
 * What API Gateway writes of each request, those that it answers itself among them: one line of JSON. Nothing in it can
 * hold a secret or what the caller made up: no query, header, body or path as it was sent, and of the gateway's own
 * errors the type alone, since the words of a wrong signature quote the request, its token included.
 */
const accessLogFields = {
  /** The same as `requestId` of our own log line and of the caller's answer. */
  requestId: "$context.requestId",
  /** Lambda's own: joins the request with the function's platform log. */
  lambdaRequestId: "$context.integration.requestId",
  requestTimeEpoch: "$context.requestTimeEpoch",
  /** The ARN of the session that signed. */
  caller: "$context.identity.userArn",
  sourceIp: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  /** As the route table has it: `{instanceId}`, not the instance. */
  resourcePath: "$context.resourcePath",
  status: "$context.status",
  integrationStatus: "$context.integration.status",
  errorType: "$context.error.responseType",
  /** Milliseconds. */
  latency: "$context.responseLatency",
  integrationLatency: "$context.integration.latency",
} as const;

export const accessLogFormat = AccessLogFormat.custom(JSON.stringify(accessLogFields));
