import { Duration, SecretValue, Stack, type StackProps } from "aws-cdk-lib";
import { ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import {
  ApiDestination,
  Authorization,
  Connection,
  EventBus,
  HttpParameter,
  Match,
  Rule,
} from "aws-cdk-lib/aws-events";
import * as targets from "aws-cdk-lib/aws-events-targets";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { emergencyMail, instanceCard, tagsCard } from "./messages.ts";

export interface NotificationsProps extends StackProps {
  /** Latchkey's output `EventBusName`. */
  readonly eventBusName: string;
  /** Who hears of break-glass. */
  readonly email: string;
  readonly teams: {
    /** The URL of a workflow "When a Teams webhook request is received", without its parameter `sig`. */
    readonly url: string;
    /** The name of the secret, in Secrets Manager, that holds that parameter's value. */
    readonly sigSecret: string;
    /** The browser console's URL, with a slash at its end. */
    readonly consoleUrl: string;
  };
  readonly receiver: {
    readonly url: string;
    /** The name of the secret that holds the value of the header `Authorization`. */
    readonly tokenSecret: string;
  };
}

/** Tells people and programs what happens: by mail, in Teams, and to a receiver on the internet. */
export class Notifications extends Stack {
  constructor(scope: Construct, id: string, { eventBusName, email, teams, receiver, ...props }: NotificationsProps) {
    super(scope, id, props);
    const eventBus = EventBus.fromEventBusName(this, "Bus", eventBusName);
    // What could not be delivered in a day. Each message says why, in its attributes.
    const deadLetterQueue = new Queue(this, "Undelivered", { enforceSSL: true, retentionPeriod: Duration.days(14) });
    deadLetterQueue
      .metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) })
      .createAlarm(this, "UndeliveredAlarm", {
        threshold: 0,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });

    const mail = new Topic(this, "Mail", { enforceSSL: true });
    mail.addSubscription(new EmailSubscription(email));
    new Rule(this, "Emergencies", {
      eventBus,
      eventPattern: { detailType: ["latchkey.break-glass.used"] },
      targets: [new targets.SnsTopic(mail, { message: emergencyMail, deadLetterQueue })],
    });

    const channel = new ApiDestination(this, "Channel", {
      endpoint: teams.url,
      // Teams knows us by the parameter alone, but EventBridge connects nowhere without an authorization.
      connection: new Connection(this, "Teams", {
        authorization: Authorization.apiKey("x-sender", SecretValue.unsafePlainText("latchkey")),
        queryStringParameters: { sig: HttpParameter.fromSecret(SecretValue.secretsManager(teams.sigSecret)) },
      }),
      rateLimitPerSecond: 1,
    });
    for (const [name, hasInstance, card] of [
      ["AskedForInstance", true, instanceCard],
      ["AskedForTags", false, tagsCard],
    ] as const) {
      new Rule(this, name, {
        eventBus,
        eventPattern: {
          detailType: ["latchkey.access-request.created"],
          detail: { data: { status: ["pending"], instanceId: hasInstance ? Match.exists() : Match.doesNotExist() } },
        },
        targets: [new targets.ApiDestination(channel, { event: card(teams.consoleUrl), deadLetterQueue })],
      });
    }

    const destination = new ApiDestination(this, "Receiver", {
      endpoint: receiver.url,
      connection: new Connection(this, "ReceiverConnection", {
        authorization: Authorization.apiKey("Authorization", SecretValue.secretsManager(receiver.tokenSecret)),
      }),
      rateLimitPerSecond: 10,
    });
    new Rule(this, "Everything", {
      eventBus,
      eventPattern: { detailType: Match.prefix("latchkey.") },
      targets: [new targets.ApiDestination(destination, { deadLetterQueue })],
    });
  }
}
