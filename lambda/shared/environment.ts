import * as z from "zod";
import type { BundleName } from "../../contract/routes.ts";

/** Every environment variable that a function reads: what is known only once the stack is deployed. The rest is settings. */
const variables = z.object({
  TABLE_NAME: z.string().min(1),
  /** What is known of the instances of all targets. */
  INVENTORY_TABLE_NAME: z.string().min(1),
  /** The bus that every event of the trail is put on. */
  EVENT_BUS_NAME: z.string().min(1),
  /** The stack's own name: the source of its events ends with it, and it is the dimension `service` of its metrics. */
  STACK_NAME: z.string().min(1),
  /** The stack's account. */
  ACCOUNT_ID: z.string().min(1),
  /** The queue of syncs of the inventory, and of events of instances. */
  SYNC_QUEUE_URL: z.string().min(1),
  /** The one role that may push in the stack's own account and region. */
  PUSH_ROLE_ARN: z.string().startsWith("arn:"),
  /** The SDK's own name, so that its clients and the choice of an endpoint's host name agree. */
  AWS_USE_FIPS_ENDPOINT: z.enum(["true", "false"]).transform((text) => text === "true"),
  /** Set by the local stack alone: where tunnels are opened instead of at the endpoint's own host. */
  AWS_ENDPOINT_URL_OPEN_TUNNEL: z.string().startsWith("ws://").optional(),
  /** In JSON, for the browser console: its `config.json`, but for the API's URL, and the headers of its files. */
  CONSOLE_CONFIG: z.string().min(1),
  CONSOLE_HEADERS: z.string().min(1),
  /** The secret of the Slack app: what signs its requests, and what it calls Slack with. */
  SLACK_SECRET_ARN: z.string().startsWith("arn:"),
  /** The queue of what people do in chat. */
  CHAT_QUEUE_URL: z.string().min(1),
  /** The Slack app's own URL, without a slash at its end. */
  SLACK_URL: z.string().min(1),
  /** The browser console's, with a slash at its end, if there is one. */
  CONSOLE_URL: z.string().min(1).optional(),
  /** Set by the local stack alone: where Slack is instead. Without a slash at its end. */
  SLACK_API_URL: z.string().min(1).default("https://slack.com"),
  /** The secret of the webhooks: what signs their events. */
  WEBHOOK_SECRET_ARN: z.string().startsWith("arn:"),
  /** In JSON, by subscription: the URLs of its `queue` and of its dead-letter queue, `failures`. */
  WEBHOOK_QUEUES: z.string().min(1),
  /** Set by Lambda: the region, and the directory of the function's bundle. */
  AWS_REGION: z.string().min(1),
  LAMBDA_TASK_ROOT: z.string().min(1),
});

/** For every function that calls AWS. */
const forAws = { AWS_USE_FIPS_ENDPOINT: true, AWS_REGION: true, STACK_NAME: true } as const;

/** For those that serve the API with what the table holds. */
const reader = variables.pick({ ...forAws, LAMBDA_TASK_ROOT: true, TABLE_NAME: true, ACCOUNT_ID: true });

/** For those that find instances too. */
const finder = reader.extend(variables.pick({ INVENTORY_TABLE_NAME: true }).shape);

/** For the workers that publish events. */
const publisher = variables.pick({ ...forAws, TABLE_NAME: true, EVENT_BUS_NAME: true });

/** For those of the Slack app that call Slack. */
const forSlack = variables.pick({ SLACK_SECRET_ARN: true, SLACK_API_URL: true }).shape;

/**
 * Which variables each function reads. The stack sets these, and no others; a function parses its own as it loads, so that
 * it does not start without them.
 */
export const environments = {
  connect: finder.extend(variables.pick({ PUSH_ROLE_ARN: true, AWS_ENDPOINT_URL_OPEN_TUNNEL: true }).shape),
  instances: finder,
  inspect: finder,
  access: finder,
  wait: reader,
  audit: finder,
  register: finder,
  service: variables.pick({ LAMBDA_TASK_ROOT: true, STACK_NAME: true }),
  projector: publisher.extend(variables.pick({ LAMBDA_TASK_ROOT: true }).shape),
  sweep: publisher,
  capture: variables.pick({ ...forAws, LAMBDA_TASK_ROOT: true, TABLE_NAME: true, ACCOUNT_ID: true }),
  sync: variables.pick({
    ...forAws,
    LAMBDA_TASK_ROOT: true,
    ACCOUNT_ID: true,
    INVENTORY_TABLE_NAME: true,
    SYNC_QUEUE_URL: true,
  }),
  authorize: variables.pick({ LAMBDA_TASK_ROOT: true, STACK_NAME: true }),
  console: variables.pick({ LAMBDA_TASK_ROOT: true, CONSOLE_CONFIG: true, CONSOLE_HEADERS: true }),
  slack: variables.pick({ ...forAws, LAMBDA_TASK_ROOT: true, TABLE_NAME: true, CHAT_QUEUE_URL: true }).extend(forSlack),
  chat: finder.extend(forSlack).extend(variables.pick({ SLACK_URL: true, CONSOLE_URL: true }).shape),
  link: reader.extend(forSlack).extend(variables.pick({ SLACK_URL: true, CONSOLE_URL: true }).shape),
  webhooks: variables.pick({
    ...forAws,
    LAMBDA_TASK_ROOT: true,
    TABLE_NAME: true,
    WEBHOOK_SECRET_ARN: true,
    WEBHOOK_QUEUES: true,
  }),
} as const satisfies Record<BundleName, z.ZodObject>;

/** What the stack has to give: the rest comes from Lambda, or from the local stack, or is of single functions. */
export type StackVariables = Omit<
  z.input<typeof variables>,
  "AWS_REGION" | "LAMBDA_TASK_ROOT" | "AWS_ENDPOINT_URL_OPEN_TUNNEL" | "SLACK_API_URL" | keyof OwnVariables
>;

/** What it has to give to single functions: the browser console's, the Slack app's, and that of the webhooks. */
export type OwnVariables = Pick<
  z.input<typeof variables>,
  | ("CONSOLE_CONFIG" | "CONSOLE_HEADERS" | "CONSOLE_URL")
  | ("SLACK_SECRET_ARN" | "SLACK_URL" | "CHAT_QUEUE_URL")
  | ("WEBHOOK_SECRET_ARN" | "WEBHOOK_QUEUES")
>;
