import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { idempotentCreation, idempotentReview } from "../access/idempotent-operations.ts";
import { listAccessRequests } from "../access/list.ts";
import { accessIndex } from "../aws/dynamodb/access-list.ts";
import { accessStore } from "../aws/dynamodb/access-table.ts";
import { chatLinkStore } from "../aws/dynamodb/chat-link-table.ts";
import { postStore } from "../aws/dynamodb/chat-post-table.ts";
import { connectReads } from "../aws/dynamodb/connect-reads.ts";
import { hostKeyReader } from "../aws/dynamodb/host-key-reads.ts";
import { idempotencyStore } from "../aws/dynamodb/idempotency-table.ts";
import { inventoryReader, inventoryTargets } from "../aws/dynamodb/inventory-reads.ts";
import { peopleTable } from "../aws/dynamodb/person-table.ts";
import { placeStore } from "../aws/dynamodb/quota-table.ts";
import { suspensionReader } from "../aws/dynamodb/suspension-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { endpointReader } from "../aws/ec2/endpoints.ts";
import { imageReader } from "../aws/ec2/image-names.ts";
import { instanceReader } from "../aws/ec2/instances.ts";
import { networkDescriber } from "../aws/ec2/network.ts";
import { jsonCalls } from "../aws/json-calls.ts";
import { secretReader } from "../aws/secrets-manager/secret.ts";
import { putOff } from "../aws/sqs/put-off.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { targetInstances } from "../aws/targets/target-instances.ts";
import { accessSettingsOf } from "../callers/access-settings.ts";
import type { ApiStories } from "../chat/ports.ts";
import { decide } from "../connect/decide.ts";
import { idempotent } from "../idempotency/idempotent.ts";
import { getInstance } from "../instances/get.ts";
import { listInstances } from "../instances/list.ts";
import { loadPolicyEngine } from "../policy/load.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";
import { workerContext } from "../shared/request-context.ts";
import type { Target } from "../shared/target.ts";
import { slackSecrets } from "../slack/secret.ts";
import { slackChat } from "../slack/slack-chat.ts";
import { perTarget } from "../targets/per-target.ts";
import { portsAt } from "../targets/ports-at.ts";
import { chatBatch } from "../workers/chat-batch.ts";
import { logWorker } from "../workers/worker-log.ts";

const environment = environments.chat.parse(process.env);
const settings = readFunctionSettings("chat", environment.LAMBDA_TASK_ROOT);
const { AWS_REGION: region, SLACK_API_URL: apiUrl } = environment;
const { slack } = settings;
if (!slack) throw new Error("The setting slack is left out, but this function is not");

const accessSettings = accessSettingsOf(settings);
const { defaultOsUser, pushTag, serialConsole, identities } = settings;
const instanceSettings = {
  ...accessSettings,
  ...{ region, defaultOsUser, pushTag, serialConsole, fips: environment.AWS_USE_FIPS_ENDPOINT },
  rememberedFor: identities.rememberedFor,
};

const table = tableOf({ region }, environment.TABLE_NAME);
const inventory = tableOf({ region }, environment.INVENTORY_TABLE_NAME);
const targets = awsTargets(environment, settings.targets, inventoryTargets(inventory));
const { known, locate, targetEc2 } = targets;
const portsIn = perTarget(known.own, (target) => {
  const ec2 = targetEc2(target);
  return {
    instances: instanceReader(ec2, target.region),
    network: { ...endpointReader(ec2, () => new Date()), ...imageReader(ec2) },
    describer: networkDescriber(ec2),
  };
});
const portsThere = portsAt(locate, portsIn);

const people = peopleTable(table);
const common = {
  policy: loadPolicyEngine(environment.LAMBDA_TASK_ROOT),
  ...targetInstances(targets),
  ...{ known, people, inventory: inventoryReader(inventory), hostKeys: hostKeyReader(table) },
  ...{ networkOf: (target: Target) => portsIn(target).network, patience: 2000, access: connectReads(table) },
  ...accessIndex(table),
  ...{ store: accessStore(table), places: placeStore(table), suspensions: suspensionReader(table) },
};

const keys = idempotencyStore(table);
const api: ApiStories = {
  listInstances: (input, context) => listInstances(common, instanceSettings, input, context),
  getInstance: async (input, context) =>
    getInstance({ ...common, ...(await portsThere(input, context)) }, instanceSettings, input, context),
  decide: async (input, context) =>
    decide({ ...common, ...(await portsThere(input, context)) }, instanceSettings, input, context),
  createAccessRequest: idempotent(keys, "createAccessRequest", idempotentCreation(common, accessSettings)),
  reviewAccessRequest: idempotent(keys, "reviewAccessRequest", idempotentReview(common, accessSettings)),
  listAccessRequests: (input, context) => listAccessRequests(common, accessSettings, input, context),
};

const secrets = slackSecrets(secretReader(jsonCalls(region), environment.SLACK_SECRET_ARN), Date.now);
const chat = slackChat({
  apiUrl,
  appId: slack.appId,
  botToken: secrets.botToken,
  fetch,
});

const ports = {
  ...common,
  chat,
  api,
  links: chatLinkStore(table),
  posts: postStore(table),
  putOff: putOff({ region }),
};
const chatSettings = {
  chat: "slack",
  channels: slack.channels,
  signInUrl: `${environment.SLACK_URL}/link`,
  consoleUrl: environment.CONSOLE_URL,
  isAlone: known.isAlone,
  rememberedFor: identities.rememberedFor,
};

/** Works off what people do in Slack, and the events that its messages show. */
export async function handler({ Records }: SQSEvent, lambda: Context): Promise<SQSBatchResponse> {
  const { batchItemFailures, counts, failures } = await chatBatch(ports, chatSettings, Records, workerContext(lambda));
  logWorker("chat", { requestId: lambda.awsRequestId, messages: Records.length }, counts, failures);
  return { batchItemFailures };
}
