import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { type EventBus, Match, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { EventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct, type IDependable } from "constructs";
import type { OwnVariables } from "../lambda/shared/environment.ts";
import type { WebhookSettings } from "../lambda/shared/webhook-settings.ts";
import { EmptySecret } from "./empty-secret.ts";
import type { LatchkeyFunction } from "./latchkey-function.ts";
import { requireOwnRegion } from "./own-region.ts";
import { measured, runbookAlarms } from "./runbook-alarm.ts";
import type { Settings } from "./settings.ts";
import type { WebhookPlaces } from "./statements.ts";
import { webhookQueue } from "./webhook-queue.ts";

export interface WebhooksProps {
  readonly webhooks: WebhookSettings;
  /** The bus of the stack's own events. */
  readonly bus: EventBus;
  readonly alarmTopicArn: Settings["alarmTopicArn"];
}

/**
 * Posts events to receivers: rule → queue → `webhooks`, for each subscription, so that a receiver that is slow or down holds back its
 * own events alone.
 */
export class Webhooks extends Construct {
  /** What the function is permitted is about these. */
  readonly places: WebhookPlaces;
  /** The variables of the function. */
  readonly variables: Pick<OwnVariables, "WEBHOOK_SECRET_ARN" | "WEBHOOK_QUEUES">;
  readonly #subscriptions: readonly SubscriptionQueues[];
  readonly #alarmTopicArn: Settings["alarmTopicArn"];

  constructor(scope: Construct, id: string, { webhooks, bus, alarmTopicArn }: WebhooksProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.#alarmTopicArn = alarmTopicArn;
    if (webhooks.secretArn !== undefined) requireOwnRegion(stack, "webhooks.secretArn", webhooks.secretArn);
    const { secretArn = this.#makeSecret() } = webhooks;
    this.#subscriptions = webhooks.subscriptions.map(
      ({ name, events }) => new SubscriptionQueues(this, name, { bus, events, alarmTopicArn }),
    );
    this.places = {
      secretArn,
      queueArns: this.#subscriptions.map(({ queue }) => queue.queueArn),
      failureArns: this.#subscriptions.map(({ failures }) => failures.queueArn),
    };
    const urls = this.#subscriptions.map(({ node, queue, failures }) => [
      node.id,
      { queue: queue.queueUrl, failures: failures.queueUrl },
    ]);
    this.variables = { WEBHOOK_SECRET_ARN: secretArn, WEBHOOK_QUEUES: stack.toJsonString(Object.fromEntries(urls)) };
    new CfnOutput(scope, "WebhookSecretArn", {
      value: secretArn,
      description: "The secret that signs webhooks",
    });
  }

  /**
   * Connects the queues to the function.
   *
   * @param mayReceive the permission that Lambda checks before it creates the mappings.
   */
  deliver(webhooks: LatchkeyFunction, mayReceive: IDependable): void {
    for (const { node, queue } of this.#subscriptions) {
      const mapping = new EventSourceMapping(this, `Delivery-${node.id}`, {
        target: webhooks,
        eventSourceArn: queue.queueArn,
        batchSize: webhookQueue.batchSize,
        maxConcurrency: webhookQueue.maxConcurrency,
        reportBatchItemFailures: true,
      });
      mapping.node.addDependency(mayReceive);
    }
    const alarm = runbookAlarms(this, this.#alarmTopicArn);
    const period = Duration.minutes(5);
    const once = { threshold: 0, evaluationPeriods: 1, treatMissingData: TreatMissingData.NOT_BREACHING };
    alarm("WebhooksLate", {
      tells: "A receiver has not taken an event for an hour",
      metric: measured("WebhooksLate", { period, statistic: Stats.SUM }, this),
      ...once,
    });
    alarm("WebhookErrors", {
      tells: "Events are not posted to receivers, because the function fails",
      metric: webhooks.metricErrors({ period }),
      ...once,
    });
  }

  #makeSecret(): string {
    return new EmptySecret(this, "Secret", {
      of: "webhooks",
      description: 'Latchkey: {"<name of a subscription>": ["whsec_…"]}',
      withoutRotation: "Receivers have to know a new secret first; docs/webhooks.md says how to replace one.",
    }).ref;
  }
}

interface SubscriptionQueuesProps {
  readonly bus: EventBus;
  readonly events: WebhookSettings["subscriptions"][number]["events"];
  readonly alarmTopicArn: Settings["alarmTopicArn"];
}

/** The events of one subscription. Its id is the subscription's name. */
class SubscriptionQueues extends Construct {
  readonly queue: Queue;
  readonly failures: Queue;

  constructor(scope: Construct, id: string, { bus, events, alarmTopicArn }: SubscriptionQueuesProps) {
    super(scope, id);
    const protectedQueue = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    };
    this.failures = new Queue(this, "Failures", protectedQueue);
    this.queue = new Queue(this, "Queue", {
      ...protectedQueue,
      visibilityTimeout: Duration.seconds(webhookQueue.visibilityTimeout),
      deadLetterQueue: { queue: this.failures, maxReceiveCount: webhookQueue.maxReceiveCount },
    });
    new Rule(this, "Events", {
      description: `Latchkey: the events of the webhook ${id}`,
      eventBus: bus,
      eventPattern: {
        source: [`latchkey/${Stack.of(this).stackName}`],
        detailType: events.includes("*") ? Match.prefix("latchkey.") : events,
      },
      targets: [new SqsQueue(this.queue, { message: RuleTargetInput.fromEventPath("$.detail") })],
    });
    runbookAlarms(this, alarmTopicArn)("WebhookBuried", {
      tells: `Events for the webhook ${id} could not be delivered`,
      metric: this.failures.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
