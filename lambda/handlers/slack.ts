import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { securityHeaders } from "../../contract/headers.ts";
import { replayTable } from "../aws/dynamodb/chat-replay-table.ts";
import { jsonCalls } from "../aws/json-calls.ts";
import { secretReader } from "../aws/secrets-manager/secret.ts";
import { chatQueue } from "../aws/sqs/chat-queue.ts";
import { logSlack } from "../http/slack-log.ts";
import { settingsFile } from "../shared/settings-file.ts";
import type { SlackSettings } from "../shared/slack-settings.ts";
import { slackDoor } from "../slack/door.ts";
import { postJson } from "../slack/post-json.ts";
import { slackSecrets } from "../slack/secret.ts";

// Zod would make up most of the bundle: the build has checked the settings with it, and the stack gives the variables.
const variable = (name: string, otherwise = "") => process.env[name] ?? otherwise;
const file = path.join(variable("LAMBDA_TASK_ROOT"), settingsFile);
const { slack }: { readonly slack: SlackSettings } = JSON.parse(readFileSync(file, "utf8"));
const call = jsonCalls(variable("AWS_REGION"));

/** Milliseconds: Slack waits for 3,000, a cold start and the network included. */
const longest = 2000;

const take = slackDoor({
  ...slack,
  apiUrl: variable("SLACK_API_URL", "https://slack.com"),
  secrets: slackSecrets(secretReader(call, variable("SLACK_SECRET_ARN")), Date.now),
  isFirst: replayTable(call, variable("TABLE_NAME")),
  queue: chatQueue(call, variable("CHAT_QUEUE_URL")),
  post: postJson,
  clock: () => new Date(),
  newClaim: randomUUID,
});

/** The door of the Slack app. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const startedAt = Date.now();
  const { requestId } = event.requestContext;
  const header = (name: string) =>
    Object.entries(event.headers).find(([each]) => each.toLowerCase() === name)?.[1] ?? "";
  const request = {
    timestamp: header("x-slack-request-timestamp"),
    signature: header("x-slack-signature"),
    body: Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
  };
  const response = await take(request, AbortSignal.timeout(longest));
  logSlack(requestId, response, Date.now() - startedAt);
  return {
    statusCode: response.status,
    headers: { ...securityHeaders, "Content-Type": "application/json", "X-Request-Id": requestId },
    body: response.body ? JSON.stringify(response.body) : "",
  };
}
