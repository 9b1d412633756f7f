import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";
import { logLine } from "../shared/log-line.ts";

const environment = environments.chat.parse(process.env);
readFunctionSettings("chat", environment.LAMBDA_TASK_ROOT);

/** Works off what people do in chat, and the events that messages show. Nothing yet: each message stays in its queue. */
export async function handler({ Records }: SQSEvent, { awsRequestId }: Context): Promise<SQSBatchResponse> {
  logLine("warn", "chat.waiting", { requestId: awsRequestId, messages: Records.length }, { counts: {} });
  return { batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
