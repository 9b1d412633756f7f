import { Duration, Stack } from "aws-cdk-lib";
import { Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { type EventBus, Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { EventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct, type IDependable } from "constructs";
import type { StartMessage } from "../lambda/inventory/sync-message.ts";
import { instanceEvents } from "./instance-events.ts";
import type { LatchkeyFunction } from "./latchkey-function.ts";
import { measured, measuredByTarget, runbookAlarms } from "./runbook-alarm.ts";
import type { Settings } from "./settings.ts";
import { syncDelivery } from "./sync-queue.ts";

/**
 * Fills the inventory: a schedule, deployments and events of instances → queue → `sync`, which also sends itself messages. The queue
 * moves a message that keeps failing to the dead-letter queue; the next sync makes up for it.
 */
export class InventorySync extends Construct {
  readonly queueArn: string;
  readonly queueUrl: string;
  readonly #queue: Queue;
  readonly #failures: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const protectedQueue = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    this.#failures = new Queue(this, "Failures", { ...protectedQueue, retentionPeriod: Duration.days(14) });
    this.#queue = new Queue(this, "Queue", {
      ...protectedQueue,
      visibilityTimeout: Duration.seconds(syncDelivery.visibilityTimeout),
      // What waits for longer than two syncs has been seen by them.
      retentionPeriod: Duration.hours(1),
      deadLetterQueue: { queue: this.#failures, maxReceiveCount: syncDelivery.maxReceiveCount },
    });
    this.queueArn = this.#queue.queueArn;
    this.queueUrl = this.#queue.queueUrl;
    new Rule(this, "Regularly", {
      description: "Latchkey: a sync of every target",
      schedule: Schedule.rate(Duration.seconds(syncDelivery.interval)),
      targets: [this.#starting({ kind: "start", hurry: false })],
    });
    new Rule(this, "Deployed", {
      description: "Latchkey: a sync of every target after a deployment",
      eventPattern: {
        source: ["aws.cloudformation"],
        detailType: ["CloudFormation Stack Status Change"],
        detail: {
          "stack-id": [Stack.of(this).stackId],
          "status-details": { status: ["CREATE_COMPLETE", "UPDATE_COMPLETE"] },
        },
      },
      targets: [this.#starting({ kind: "start", hurry: true })],
    });
    this.watch("Own");
  }

  /**
   * Looks at instances whose events come to a bus.
   *
   * @param name of the rules.
   * @param eventBus by default the account's own.
   */
  watch(name: string, eventBus?: EventBus): void {
    for (const [ruleId, description, { source, "detail-type": detailType, ...rest }] of instanceEvents) {
      new Rule(this, `${name}${ruleId}`, {
        description: `Latchkey: ${description}`,
        ...(eventBus && { eventBus }),
        eventPattern: { source: [...source], detailType: [...detailType], ...rest },
        targets: [new SqsQueue(this.#queue)],
      });
    }
  }

  /**
   * Connects the queue to the function.
   *
   * @param mayReceive the permission that Lambda checks before it creates the mapping.
   */
  deliver(sync: LatchkeyFunction, mayReceive: IDependable): void {
    const mapping = new EventSourceMapping(this, "Delivery", {
      target: sync,
      eventSourceArn: this.queueArn,
      batchSize: syncDelivery.batchSize,
      maxConcurrency: syncDelivery.maxConcurrency,
      reportBatchItemFailures: true,
    });
    mapping.node.addDependency(mayReceive);
  }

  alarm({ alarmTopicArn, targets }: Pick<Settings, "alarmTopicArn" | "targets">): void {
    const alarm = runbookAlarms(this, alarmTopicArn);
    const quiet = { evaluationPeriods: 1, treatMissingData: TreatMissingData.NOT_BREACHING };
    alarm("SyncsFailed", {
      tells: "The inventory could not be written, or not be filled",
      metric: this.#failures.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 0,
      ...quiet,
    });
    alarm("TargetFailing", {
      tells: "A target could not be synced three times in a row",
      metric: measuredByTarget("SyncFailures", Duration.hours(1), this),
      threshold: 2,
      ...quiet,
      // A target that fails is tried again after an hour or a little more.
      evaluationPeriods: 2,
      datapointsToAlarm: 1,
    });
    if ((targets?.organizationalUnits ?? []).length === 0) return;
    alarm("UnitsFailed", {
      tells: "The accounts of an organizational unit could not be listed",
      metric: measured("UnitsFailed", { period: Duration.seconds(syncDelivery.interval), statistic: Stats.SUM }, this),
      threshold: 0,
      ...quiet,
      evaluationPeriods: 3,
    });
  }

  #starting(message: StartMessage): SqsQueue {
    return new SqsQueue(this.#queue, { message: RuleTargetInput.fromObject(message) });
  }
}
