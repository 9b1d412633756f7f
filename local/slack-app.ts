import { chatDelivery, chatEventTypes } from "../lib/chat-delivery.ts";
import type { EventBus } from "./aws/event-bus.ts";
import { chatEventQueueName, chatQueueName, slackSecretArn, stackName } from "./aws/roles.ts";
import type { Secrets } from "./aws/secrets-manager.ts";
import { type Queue, queueUrl } from "./aws/sqs.ts";
import type { Functions } from "./functions/functions.ts";
import { MessageQueue, type Wait } from "./functions/message-queue.ts";
import { startSlackGateway } from "./gateway/slack-gateway.ts";
import type { RunningParts } from "./shared/running-parts.ts";
import { type RunningSlack, startSlack } from "./slack/slack.ts";
import { appSecret } from "./slack/workspace.ts";

export interface SlackAppOptions {
  /** The first gateway's; the app and Slack's stand-in take the fourth and the fifth after it, or the next free ones. */
  readonly port: number;
  readonly functions: () => Functions;
  readonly redelivery: Wait | undefined;
}

export interface SlackApp {
  readonly slack: RunningSlack;
  /** The app's URL, without a slash at its end. */
  readonly url: string;
  /** The environment variables of its functions. */
  readonly variables: Readonly<Record<string, string>>;
  /** Its queues, by name. */
  readonly queues: Readonly<Record<string, Queue>>;
  /** The one that the bus feeds. */
  readonly events: MessageQueue;
  /** Feeds the queue of events by the bus, and gives the secret its value. */
  connect(bus: EventBus, secrets: Secrets): void;
  /** Resolves when its queues have delivered what they have. */
  settled(): Promise<void>;
  /** Stops its queues, before the functions that they deliver to. */
  stop(): Promise<void>;
}

/** Starts what the Slack app consists of besides its functions, and Slack. */
export async function startSlackApp(
  { port, functions, redelivery }: SlackAppOptions,
  parts: RunningParts,
): Promise<SlackApp> {
  const portAfter = (places: number) => (port === 0 ? 0 : port + places);
  // The real clock, which the functions use too.
  const slack = parts.keep(await startSlack(portAfter(5), () => new Date()));
  const gateway = parts.keep(await startSlackGateway(portAfter(4), functions, (body) => slack.sent.add(body)));
  const url = `http://127.0.0.1:${gateway.port}`;
  slack.appUrl = `${url}/slack`;
  const queueOf = (name: string) =>
    new MessageQueue((event) => functions().chat.invoke(event), { name, ...chatDelivery }, redelivery);
  const inputs = queueOf(chatQueueName);
  const events = queueOf(chatEventQueueName);
  return {
    slack,
    url,
    variables: {
      SLACK_URL: url,
      SLACK_API_URL: slack.url,
      SLACK_SECRET_ARN: slackSecretArn,
      CHAT_QUEUE_URL: queueUrl(chatQueueName),
    },
    events,
    queues: { [chatQueueName]: inputs, [chatEventQueueName]: events },
    connect(bus, secrets) {
      secrets.put(slackSecretArn, appSecret);
      const types = chatEventTypes.map((prefix) => ({ prefix }));
      const pattern = { source: [`latchkey/${stackName}`], "detail-type": types };
      bus.addRule(pattern, (event) => void events.send([JSON.stringify(event)]));
    },
    async settled() {
      await inputs.settled();
      await events.settled();
    },
    async stop() {
      await Promise.all([inputs.stop(), events.stop()]);
    },
  };
}
