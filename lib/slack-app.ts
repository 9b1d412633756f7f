import { CfnOutput, Stack } from "aws-cdk-lib";
import type { EventBus } from "aws-cdk-lib/aws-events";
import type { Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { type SlackName, slackNames } from "../contract/routes.ts";
import type { StackVariables } from "../lambda/shared/environment.ts";
import { ChatQueues } from "./chat-queues.ts";
import { EmptySecret, type EmptySecretProps } from "./empty-secret.ts";
import { LatchkeyFunction } from "./latchkey-function.ts";
import { requireOwnRegion } from "./own-region.ts";
import type { Settings } from "./settings.ts";
import { SlackAlarms } from "./slack-alarms.ts";
import { SlackApi } from "./slack-api.ts";
import type { SlackPlaces } from "./statements.ts";
import { titled } from "./target-names.ts";

export interface SlackAppProps {
  readonly slack: NonNullable<Settings["slack"]>;
  readonly bus: EventBus;
  readonly settings: Settings;
}

export interface SlackFunctionsProps {
  readonly roles: Readonly<Record<SlackName, Role>>;
  /** The directory of the functions' bundles. */
  readonly bundles: string;
  readonly variables: StackVariables;
  /** The browser console's, if there is one. */
  readonly consoleUrl: string | undefined;
}

const ownSecret: EmptySecretProps = {
  of: "slack",
  description: 'Latchkey: {"signingSecrets": ["…"], "botToken": "xoxb-…", "clientSecret": "…"}',
  withoutRotation: "Slack alone makes these secrets; docs/slack.md says how each is replaced without downtime.",
};

/** The Slack app: a REST API of its own, queues, a secret and three functions. */
export class SlackApp extends Construct {
  /** What its functions are permitted is about these. */
  readonly places: SlackPlaces;
  readonly queues: ChatQueues;
  readonly #scope: Construct;
  readonly #settings: Settings;
  readonly #api: SlackApi;

  constructor(scope: Construct, id: string, { slack, bus, settings }: SlackAppProps) {
    super(scope, id);
    this.#scope = scope;
    this.#settings = settings;
    this.queues = new ChatQueues(this, "Queues", { bus, alarmTopicArn: settings.alarmTopicArn });
    this.#api = new SlackApi(this, "Api", settings);
    const { secretArn = new EmptySecret(this, "Secret", ownSecret).ref } = slack;
    if (slack.secretArn !== undefined) requireOwnRegion(Stack.of(this), "slack.secretArn", slack.secretArn);
    const { inputs, events } = this.queues;
    this.places = { secretArn, inputQueueArn: inputs.queueArn, eventQueueArn: events.queueArn };
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(scope, name, { value, description });
    output("SlackUrl", `${this.#api.publicUrl}/slack`, "What Slack sends commands and clicks to");
    output(
      "SlackLinkUrl",
      `${this.#api.publicUrl}/link`,
      "Where people link their Slack user; its redirect URIs follow",
    );
    output("SlackSecretArn", secretArn, "The secret with the signing secret, the bot's token and the client's secret");
  }

  /** Adds the functions, which everything else of the stack comes before. @returns them by name. */
  addFunctions({ roles, bundles, variables, consoleUrl }: SlackFunctionsProps) {
    const own = {
      SLACK_SECRET_ARN: this.places.secretArn,
      CHAT_QUEUE_URL: this.queues.inputs.queueUrl,
      SLACK_URL: this.#api.publicUrl,
      ...(consoleUrl !== undefined && { CONSOLE_URL: consoleUrl }),
    };
    const settings = this.#settings;
    const make = (name: SlackName) =>
      new LatchkeyFunction(this.#scope, titled(name), {
        name,
        role: roles[name],
        bundles,
        variables: { ...variables, ...own },
        settings,
      });
    // Every name has an entry, which the type of Object.fromEntries loses.
    const functions = Object.fromEntries(slackNames.map((name) => [name, make(name)])) as Record<
      SlackName,
      LatchkeyFunction
    >;
    this.#api.serve(functions);
    new SlackAlarms(this, "Alarms", { api: this.#api, functions, alarmTopicArn: settings.alarmTopicArn });
    return functions;
  }
}
