import { Duration } from "aws-cdk-lib";
import { Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { type EventBus, Rule } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { EventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct, type IDependable } from "constructs";
import type { LatchkeyFunction } from "./latchkey-function.ts";
import { measured, runbookAlarms } from "./runbook-alarm.ts";
import type { Settings } from "./settings.ts";
import { startQueue } from "./start-queue.ts";

export interface HostKeyCaptureProps {
  readonly capture: LatchkeyFunction;
  readonly alarmTopicArn: Settings["alarmTopicArn"];
}

/**
 * Reads the console of each instance that starts: EventBridge rule → queue → `capture`. The queue redelivers a message until the
 * function is done with it, and moves one that keeps failing to the dead-letter queue.
 */
export class HostKeyCapture extends Construct {
  readonly queueArn: string;
  readonly #capture: LatchkeyFunction;
  readonly #queue: Queue;

  constructor(scope: Construct, id: string, { capture, alarmTopicArn }: HostKeyCaptureProps) {
    super(scope, id);
    this.#capture = capture;
    const protectedQueue = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    const failures = new Queue(this, "Failures", { ...protectedQueue, retentionPeriod: Duration.days(14) });
    this.#queue = new Queue(this, "Queue", {
      ...protectedQueue,
      deliveryDelay: Duration.seconds(startQueue.deliveryDelay),
      visibilityTimeout: Duration.seconds(startQueue.visibilityTimeout),
      deadLetterQueue: { queue: failures, maxReceiveCount: startQueue.maxReceiveCount },
    });
    this.queueArn = this.#queue.queueArn;
    this.watch("Running");

    const period = Duration.minutes(1);
    const alarm = runbookAlarms(this, alarmTopicArn);
    const once = { threshold: 0, evaluationPeriods: 1, treatMissingData: TreatMissingData.NOT_BREACHING };
    alarm("CapturesFailed", {
      tells: "Consoles of started instances could not be read",
      metric: failures.metricApproximateNumberOfMessagesVisible({ period }),
      ...once,
    });
    alarm("HostKeysRefused", {
      tells: "A console shows invalid or conflicting host keys",
      metric: measured("HostKeysRefused", { period, statistic: Stats.SUM }, this),
      ...once,
    });
    alarm("HostKeysChanged", {
      tells: "A console shows other host keys than before",
      metric: measured("HostKeysChanged", { period, statistic: Stats.SUM }, this),
      ...once,
    });
  }

  /**
   * Queues the starts of instances whose events come to a bus.
   *
   * @param name of the rule.
   * @param eventBus by default the account's own.
   */
  watch(name: string, eventBus?: EventBus): void {
    new Rule(this, name, {
      description: "Latchkey: instances that have started",
      ...(eventBus && { eventBus }),
      eventPattern: {
        source: ["aws.ec2"],
        detailType: ["EC2 Instance State-change Notification"],
        detail: { state: ["running"] },
      },
      targets: [new SqsQueue(this.#queue)],
    });
  }

  /**
   * Connects the queue to the function.
   *
   * @param mayReceive the permission that Lambda checks before it creates the mapping.
   */
  deliver(mayReceive: IDependable): void {
    const mapping = new EventSourceMapping(this, "Delivery", {
      target: this.#capture,
      eventSourceArn: this.queueArn,
      batchSize: startQueue.batchSize,
      maxConcurrency: startQueue.maxConcurrency,
      reportBatchItemFailures: true,
    });
    mapping.node.addDependency(mayReceive);
  }
}
