import { Duration, Stack } from "aws-cdk-lib";
import { TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { type EventBus, Match, Rule } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { EventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct, type IDependable } from "constructs";
import { chatConcurrency, chatDelivery, chatEventTypes } from "./chat-delivery.ts";
import type { LatchkeyFunction } from "./latchkey-function.ts";
import { runbookAlarms } from "./runbook-alarm.ts";
import type { Settings } from "./settings.ts";

export interface ChatQueuesProps {
  /** The bus of the stack's own events. */
  readonly bus: EventBus;
  readonly alarmTopicArn: Settings["alarmTopicArn"];
}

/**
 * What `chat` works off: what people do in chat, and the events that messages show. Both queues keep a message while Slack or AWS is
 * down, and move one that fails for two days to the dead-letter queue.
 */
export class ChatQueues extends Construct {
  readonly inputs: Queue;
  readonly events: Queue;

  constructor(scope: Construct, id: string, { bus, alarmTopicArn }: ChatQueuesProps) {
    super(scope, id);
    const protectedQueue = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    };
    const failures = new Queue(this, "Failures", protectedQueue);
    const queue = (name: string) =>
      new Queue(this, name, {
        ...protectedQueue,
        visibilityTimeout: Duration.seconds(chatDelivery.visibilityTimeout),
        deadLetterQueue: { queue: failures, maxReceiveCount: chatDelivery.maxReceiveCount },
      });
    this.inputs = queue("Inputs");
    this.events = queue("Events");
    new Rule(this, "Requests", {
      description: "Latchkey: what happens to access requests, for messages in chat",
      eventBus: bus,
      eventPattern: {
        source: [`latchkey/${Stack.of(this).stackName}`],
        detailType: Match.anyOf(...chatEventTypes.map((start) => Match.prefix(start))),
      },
      targets: [new SqsQueue(this.events)],
    });

    const alarm = runbookAlarms(this, alarmTopicArn);
    const period = Duration.minutes(1);
    const quiet = { evaluationPeriods: 1, treatMissingData: TreatMissingData.NOT_BREACHING };
    alarm("ChatWaiting", {
      tells: "Messages in chat are a quarter of an hour late",
      metric: this.events.metricApproximateAgeOfOldestMessage({ period }),
      threshold: Duration.minutes(15).toSeconds(),
      ...quiet,
    });
    alarm("ChatFailed", {
      tells: "Messages in chat could not be posted for two days",
      metric: failures.metricApproximateNumberOfMessagesVisible({ period }),
      threshold: 0,
      ...quiet,
    });
  }

  /**
   * Connects both queues to the function.
   *
   * @param mayReceive the permission that Lambda checks before it creates the mappings.
   */
  deliver(chat: LatchkeyFunction, mayReceive: IDependable): void {
    for (const [name, { queueArn }] of [
      ["inputs", this.inputs],
      ["events", this.events],
    ] as const) {
      const mapping = new EventSourceMapping(this, `Delivery-${name}`, {
        target: chat,
        eventSourceArn: queueArn,
        batchSize: chatDelivery.batchSize,
        maxConcurrency: chatConcurrency[name],
        reportBatchItemFailures: true,
      });
      mapping.node.addDependency(mayReceive);
    }
  }
}
