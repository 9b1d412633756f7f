import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { securityHeaders } from "../../contract/headers.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";

const environment = environments.link.parse(process.env);
readFunctionSettings("link", environment.LAMBDA_TASK_ROOT);

/** The pages that link a Slack user to a person. There are none yet. */
export async function handler({ requestContext }: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const headers = { ...securityHeaders, "Content-Type": "text/plain", "X-Request-Id": requestContext.requestId };
  return { statusCode: 404, headers, body: "Not found\n" };
}
