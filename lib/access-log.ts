import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";

/**
 * What API Gateway logs for each request, including those it rejects itself: one line of JSON. No field can contain a secret or
 * text from the caller: no query, header, body or raw path, and only the type of the gateway's own errors, because the message
 * of a wrong signature quotes the request with its token.
 */
const accessLogFields = {
  /** Also `requestId` in our own log line and in the response. */
  requestId: "$context.requestId",
  /** Lambda's own id, which the function's platform log has too. */
  lambdaRequestId: "$context.integration.requestId",
  requestTimeEpoch: "$context.requestTimeEpoch",
  /** The ARN of the session that signed. */
  caller: "$context.identity.userArn",
  sourceIp: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  /** The route, with `{instanceId}` instead of the id. */
  resourcePath: "$context.resourcePath",
  status: "$context.status",
  integrationStatus: "$context.integration.status",
  errorType: "$context.error.responseType",
  /** Milliseconds. */
  latency: "$context.responseLatency",
  integrationLatency: "$context.integration.latency",
} as const;

export const accessLogFormat = AccessLogFormat.custom(JSON.stringify(accessLogFields));
