/** A statement of an IAM policy, as in its JSON. */
export interface Statement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | number | readonly string[]>>>>;
}

/** ARNs and ids: tokens in the stack, plain text in the local stack. */
export interface Places {
  readonly partition: string;
  readonly region: string;
  /** Of AWS's host names, such as amazonaws.com. */
  readonly urlSuffix: string;
  readonly account: string;
  readonly tableArn: string;
  readonly streamArn: string;
  readonly inventoryTableArn: string;
  readonly eventBusArn: string;
  readonly pushRoleArn: string;
  readonly syncQueueArn: string;
  /** Whether organizational units are targets. */
  readonly hasUnits?: boolean;
  /** Of the Slack app, if there is one. */
  readonly slack?: SlackPlaces | undefined;
  /** Of the webhooks, if there are any. */
  readonly webhooks?: WebhookPlaces | undefined;
  /** Of the key that encrypts table, secret and queues, if it is not AWS's own. */
  readonly keyArn?: string | undefined;
}

/** The Slack app's secret, and its queues: of what people do, and of events. */
export interface SlackPlaces {
  readonly secretArn: string;
  readonly inputQueueArn: string;
  readonly eventQueueArn: string;
}

/** The webhooks' secret, the queues of their subscriptions, and the dead-letter queues. */
export interface WebhookPlaces {
  readonly secretArn: string;
  readonly queueArns: readonly string[];
  readonly failureArns: readonly string[];
}

/** All that reading and writing of encrypted data takes: the service makes and keeps its data keys itself. */
export function decrypting(
  { region, urlSuffix }: Places,
  keyArn: string,
  service: "dynamodb" | "secretsmanager" | "sqs",
): Statement {
  return {
    Effect: "Allow",
    Action: ["kms:Decrypt"],
    Resource: [keyArn],
    Condition: { StringEquals: { "kms:ViaService": `${service}.${region}.${urlSuffix}` } },
  };
}

export function ec2Arn(
  { partition, region, account }: Pick<Places, "partition" | "region" | "account">,
  resource: string,
): string {
  return `arn:${partition}:ec2:${region}:${account}:${resource}`;
}

/** EC2's describe actions have no resource-level permissions, hence the wildcard. */
export function describing(...names: readonly string[]): Statement {
  return { Effect: "Allow", Action: names.map((name) => `ec2:${name}`), Resource: ["*"] };
}

/**
 * @param names of DynamoDB's actions on items.
 * @param attributes the only ones that a request may name, in what it writes and in its condition; undefined: any.
 */
export function tableItems(
  { tableArn }: Pick<Places, "tableArn">,
  names: readonly string[],
  keyPrefixes: readonly string[],
  attributes?: readonly string[],
): Statement {
  return {
    Effect: "Allow",
    Action: names.map((name) => `dynamodb:${name}`),
    Resource: [tableArn],
    Condition: {
      "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keyPrefixes.map((prefix) => `${prefix}*`) },
      ...(attributes && { "ForAllValues:StringEquals": { "dynamodb:Attributes": attributes } }),
    },
  };
}

/** Of the inventory. @param keyPrefixes undefined: any. */
export function inventoryItems(
  { inventoryTableArn }: Places,
  names: readonly string[],
  keyPrefixes?: readonly string[],
): Statement {
  if (keyPrefixes) return tableItems({ tableArn: inventoryTableArn }, names, keyPrefixes);
  return { Effect: "Allow", Action: names.map((name) => `dynamodb:${name}`), Resource: [inventoryTableArn] };
}

/** Queries of these indexes only. */
export function indexed({ tableArn }: Places, ...which: readonly { readonly name: string }[]): Statement {
  return {
    Effect: "Allow",
    Action: ["dynamodb:Query"],
    Resource: which.map(({ name }) => `${tableArn}/index/${name}`),
  };
}
