import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { inventoryReader } from "../aws/dynamodb/inventory-reads.ts";
import { inventoryStore } from "../aws/dynamodb/inventory-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { instancePages, instanceReader } from "../aws/ec2/instances.ts";
import { accountLister } from "../aws/organizations/accounts.ts";
import { syncQueue } from "../aws/sqs/sync-queue.ts";
import { awsTargets } from "../aws/targets/aws-targets.ts";
import { RecentFailures } from "../inventory/recent-failures.ts";
import { readIndexedTags } from "../policy/indexed-tags.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";
import { workerContext } from "../shared/request-context.ts";
import { type SyncPorts, syncBatch } from "../workers/sync-batch.ts";
import { logFailingTarget, logWorker } from "../workers/worker-log.ts";

const environment = environments.sync.parse(process.env);
const { AWS_REGION: region, LAMBDA_TASK_ROOT: directory, INVENTORY_TABLE_NAME, SYNC_QUEUE_URL } = environment;
const { targets, scopeTags } = readFunctionSettings("sync", directory);
const { known, targetEc2 } = awsTargets(environment, targets);
const table = { ...tableOf({ region }, INVENTORY_TABLE_NAME), indexedTags: readIndexedTags(directory, scopeTags) };

/** Milliseconds that one target may take, of all attempts together. */
const patience = 10_000;
const patient = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(patience)]);

const ports: SyncPorts = {
  known,
  units: targets?.organizationalUnits ?? [],
  store: { ...inventoryStore(table), ...inventoryReader(table) },
  recentFailures: new RecentFailures(),
  queue: syncQueue({ region }, SYNC_QUEUE_URL),
  reader: {
    describePage: (target, token, signal) =>
      instancePages(targetEc2(target), target.region).describePage(token, patient(signal)),
    describeInstances: (target, instanceIds, signal) =>
      instanceReader(targetEc2(target), target.region).describeInstances(instanceIds, patient(signal)),
  },
  ...accountLister(known.own),
};

/** Keeps the inventory: syncs targets, page by page, and looks at instances that have changed. */
export async function handler({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const { batchItemFailures, outcomes, failing, counts, failures } = await syncBatch(
    ports,
    Records,
    workerContext(context),
  );
  failing.forEach(logFailingTarget);
  logWorker("sync", { requestId: context.awsRequestId, outcomes }, counts, failures);
  return { batchItemFailures };
}
