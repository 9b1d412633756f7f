import type { BundleName, FunctionName } from "../contract/routes.ts";
import { writtenAttributes as written } from "../lambda/aws/dynamodb/item-attributes.ts";
import {
  accessKeyPrefix,
  connectionKeyPrefix,
  cursorKeyPrefix,
  denialKeyPrefix,
  eventKeyPrefix,
  idempotencyKeyPrefix,
  indexes,
  instanceKeyPrefix,
  personKeyPrefix,
  policiesKeyPrefix,
  quotaKeyPrefix,
  suspensionKeyPrefix,
} from "../lambda/aws/dynamodb/table-keys.ts";
import { idPrefix, instancePrefix } from "../lambda/inventory/rows.ts";
import type { Settings } from "./settings.ts";

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
  /** Of the key that encrypts table and queues, if it is not AWS's own. */
  readonly keyArn?: string | undefined;
}

/**
 * All that each function may do in AWS, except writing its own log. None may push: only the push role may, which only `connect`
 * assumes. No function may delete an item or scan the table. Each may write only the attributes that it needs: only the projector
 * can file an event, and none but those that make events of a kind can put any into an item of that kind.
 */
export function functionPermissions(places: Places): Record<BundleName, readonly Statement[]> {
  const { keyArn, tableArn, inventoryTableArn } = places;
  const usesTable = ({ Resource }: Statement) =>
    Resource.some((each) => each.startsWith(tableArn) || each === inventoryTableArn);
  const withKey = (statements: readonly Statement[]) =>
    keyArn && statements.some(usesTable) ? [...statements, decrypting(places, keyArn, "dynamodb")] : statements;
  // Every name has an entry, which the type of Object.fromEntries loses.
  return Object.fromEntries(
    Object.entries(permissionsWithoutKey(places)).map(([name, statements]) => [name, withKey(statements)]),
  ) as Record<BundleName, readonly Statement[]>;
}

function permissionsWithoutKey(places: Places): Record<BundleName, readonly Statement[]> {
  const describeInstances = describing("DescribeInstances");
  const reads = (names: readonly string[], ...keyPrefixes: readonly string[]) => tableItems(places, names, keyPrefixes);
  const writes = (names: readonly string[], keyPrefix: string, attributes: readonly string[]) =>
    tableItems(places, names, [keyPrefix], attributes);
  const idempotency = [
    reads(["GetItem"], idempotencyKeyPrefix),
    writes(["PutItem", "UpdateItem"], idempotencyKeyPrefix, written.idempotency),
  ];
  // Each list encrypts its cursors under a key that the first of them makes.
  const cursorKeys = [reads(["GetItem"], cursorKeyPrefix), writes(["PutItem"], cursorKeyPrefix, written.cursorKey)];
  const hostKeys = [reads(["GetItem"], instanceKeyPrefix), writes(["UpdateItem"], instanceKeyPrefix, written.hostKeys)];
  const rememberPeople = writes(["UpdateItem"], personKeyPrefix, written.person);
  // Every function that serves callers refuses those who are suspended.
  const readSuspensions = reads(["BatchGetItem"], suspensionKeyPrefix);
  // By its id alone an instance is found in the inventory, and read there by its key.
  const findTargets = inventoryItems(places, ["Query"], [idPrefix]);
  const readObserved = inventoryItems(places, ["BatchGetItem"], [instancePrefix]);
  const putEvents: Statement = { Effect: "Allow", Action: ["events:PutEvents"], Resource: [places.eventBusArn] };
  return {
    connect: [
      describe,
      { Effect: "Allow", Action: ["sts:AssumeRole", "sts:SetSourceIdentity"], Resource: [places.pushRoleArn] },
      reads(["BatchGetItem"], instanceKeyPrefix, accessKeyPrefix, personKeyPrefix, suspensionKeyPrefix),
      reads(["Query"], accessKeyPrefix),
      reads(["GetItem"], accessKeyPrefix, connectionKeyPrefix),
      // It reserves an access request and never creates one.
      writes(["UpdateItem"], accessKeyPrefix, written.reservation),
      writes(["PutItem", "UpdateItem"], connectionKeyPrefix, written.connection),
      writes(["UpdateItem"], quotaKeyPrefix, written.count),
      rememberPeople,
      writes(["UpdateItem"], denialKeyPrefix, written.denial),
      ...idempotency,
      findTargets,
    ],
    instances: [
      describe,
      reads(["BatchGetItem"], instanceKeyPrefix, accessKeyPrefix, personKeyPrefix, suspensionKeyPrefix),
      reads(["Query"], accessKeyPrefix),
      reads(["GetItem"], personKeyPrefix),
      rememberPeople,
      ...cursorKeys,
      inventoryItems(places, ["BatchGetItem", "Query"]),
    ],
    inspect: [
      describe,
      describeNetworks,
      reads(["BatchGetItem"], instanceKeyPrefix, suspensionKeyPrefix),
      rememberPeople,
      findTargets,
    ],
    access: [
      describeInstances,
      reads(["GetItem"], accessKeyPrefix, personKeyPrefix, quotaKeyPrefix),
      reads(["BatchGetItem"], accessKeyPrefix, suspensionKeyPrefix),
      reads(["Query"], accessKeyPrefix),
      writes(["UpdateItem"], suspensionKeyPrefix, written.suspension),
      writes(["UpdateItem"], quotaKeyPrefix, written.places),
      rememberPeople,
      writes(["PutItem", "UpdateItem"], accessKeyPrefix, written.accessRequest),
      indexed(places, indexes.accessRequests, indexes.openAccessRequests),
      ...cursorKeys,
      ...idempotency,
      findTargets,
      readObserved,
    ],
    wait: [describeInstances, reads(["GetItem"], accessKeyPrefix, personKeyPrefix), readSuspensions, rememberPeople],
    audit: [
      describeInstances,
      readSuspensions,
      rememberPeople,
      indexed(places, indexes.events, indexes.eventsByInstance, indexes.eventsBySubject, indexes.eventsByAccessRequest),
      reads(["GetItem"], policiesKeyPrefix),
      ...cursorKeys,
      findTargets,
      readObserved,
    ],
    register: [describeInstances, readSuspensions, rememberPeople, ...hostKeys, findTargets],
    service: [],
    authorize: [],
    projector: [
      reads(["GetItem"], eventKeyPrefix),
      writes(["PutItem"], eventKeyPrefix, written.event),
      writes(["UpdateItem"], eventKeyPrefix, written.publication),
      // No function that callers reach can write them.
      writes(["PutItem"], policiesKeyPrefix, written.policies),
      putEvents,
    ],
    sweep: [
      indexed(places, indexes.due),
      reads(["GetItem"], accessKeyPrefix, connectionKeyPrefix, denialKeyPrefix, eventKeyPrefix),
      writes(["UpdateItem"], accessKeyPrefix, written.accessChange),
      writes(["UpdateItem"], connectionKeyPrefix, written.connection),
      writes(["UpdateItem"], denialKeyPrefix, written.denialClosing),
      readSuspensions,
      writes(["UpdateItem"], suspensionKeyPrefix, written.suspensionClosing),
      writes(["UpdateItem"], eventKeyPrefix, written.publication),
      putEvents,
    ],
    capture: [...capturePermissions(places), ...hostKeys],
    sync: [
      describeInstances,
      inventoryItems(places, ["BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"]),
      { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [places.syncQueueArn] },
      ...(places.hasUnits ? [{ Effect: "Allow", Action: listAccounts, Resource: ["*"] } as const] : []),
    ],
  };
}

/** Its own organization's only. Units below those of the settings come and go. */
const listAccounts = ["organizations:ListAccountsForParent", "organizations:ListOrganizationalUnitsForParent"];

/** Lambda reads the stream with the projector's role, which may decrypt what DynamoDB has anyway. */
export function streamPermissions({ streamArn }: Places): readonly Statement[] {
  return [
    {
      Effect: "Allow",
      Action: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
      Resource: [streamArn],
    },
    // Lambda refuses a role without it, although it knows the stream's name.
    { Effect: "Allow", Action: ["dynamodb:ListStreams"], Resource: ["*"] },
  ];
}

/** Lambda reads a queue with the role of the function. */
export function queuePermissions(places: Places, queueArn: string): readonly Statement[] {
  return [
    ...(places.keyArn ? [decrypting(places, places.keyArn, "sqs")] : []),
    {
      Effect: "Allow",
      Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      Resource: [queueArn],
    },
  ];
}

/** As `queuePermissions`. `sync` also sends, for which SQS makes data keys with its rights. */
export function syncQueuePermissions(places: Places): readonly Statement[] {
  return queuePermissions(places, places.syncQueueArn).map((each) =>
    each.Action.includes("kms:Decrypt") ? { ...each, Action: [...each.Action, "kms:GenerateDataKey"] } : each,
  );
}

/** All that the push role may do. A session policy narrows it further, to one instance and user or to one tunnel. */
export function pushPermissions(
  places: Pick<Places, "partition" | "region" | "account">,
  { pushTag, maxTunnelSeconds, serialConsole }: Pick<Settings, "pushTag" | "maxTunnelSeconds" | "serialConsole">,
): readonly Statement[] {
  return [
    {
      Effect: "Allow",
      Action: [
        "ec2-instance-connect:SendSSHPublicKey",
        ...(serialConsole ? ["ec2-instance-connect:SendSerialConsoleSSHPublicKey"] : []),
      ],
      Resource: [ec2Arn(places, "instance/*")],
      ...(pushTag && { Condition: { StringEquals: { [`aws:ResourceTag/${pushTag.key}`]: pushTag.value } } }),
    },
    {
      Effect: "Allow",
      Action: ["ec2-instance-connect:OpenTunnel"],
      Resource: [ec2Arn(places, "instance-connect-endpoint/*")],
      Condition: {
        NumericEquals: { "ec2-instance-connect:remotePort": 22 },
        NumericLessThanEquals: { "ec2-instance-connect:maxTunnelDuration": maxTunnelSeconds },
      },
    },
  ];
}

/** All that reading and writing of encrypted data takes: the service makes and keeps its data keys itself. */
function decrypting({ region, urlSuffix }: Places, keyArn: string, service: "dynamodb" | "sqs"): Statement {
  return {
    Effect: "Allow",
    Action: ["kms:Decrypt"],
    Resource: [keyArn],
    Condition: { StringEquals: { "kms:ViaService": `${service}.${region}.${urlSuffix}` } },
  };
}

function ec2Arn(
  { partition, region, account }: Pick<Places, "partition" | "region" | "account">,
  resource: string,
): string {
  return `arn:${partition}:ec2:${region}:${account}:${resource}`;
}

/** All that the read role of a target may do: describe what a connection is decided and resolved by. */
export const describe = describing("DescribeInstances", "DescribeInstanceConnectEndpoints", "DescribeImages");

/** What the checks of an instance are decided by. */
export const describeNetworks = describing(
  "DescribeNetworkAcls",
  "DescribeNetworkInterfaces",
  "DescribeRouteTables",
  "DescribeSecurityGroups",
  "DescribeSubnets",
  "GetManagedPrefixListEntries",
);

/** What capturing host keys takes: to read consoles, and when instances were started. @param region `*` stands for any. */
export function capturePermissions(places: Pick<Places, "partition" | "region" | "account">): readonly Statement[] {
  return [
    describing("DescribeInstances"),
    { Effect: "Allow", Action: ["ec2:GetConsoleOutput"], Resource: [ec2Arn(places, "instance/*")] },
  ];
}

/** EC2's describe actions have no resource-level permissions, hence the wildcard. */
function describing(...names: readonly string[]): Statement {
  return { Effect: "Allow", Action: names.map((name) => `ec2:${name}`), Resource: ["*"] };
}

/**
 * @param names of DynamoDB's actions on items.
 * @param attributes the only ones that a request may name, in what it writes and in its condition; undefined: any.
 */
function tableItems(
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
function inventoryItems(
  { inventoryTableArn }: Places,
  names: readonly string[],
  keyPrefixes?: readonly string[],
): Statement {
  if (keyPrefixes) return tableItems({ tableArn: inventoryTableArn }, names, keyPrefixes);
  return { Effect: "Allow", Action: names.map((name) => `dynamodb:${name}`), Resource: [inventoryTableArn] };
}

/** Queries of these indexes only. */
function indexed({ tableArn }: Places, ...which: readonly { readonly name: string }[]): Statement {
  return {
    Effect: "Allow",
    Action: ["dynamodb:Query"],
    Resource: which.map(({ name }) => `${tableArn}/index/${name}`),
  };
}

/** The only function whose role the push role trusts. */
export const pushRoleUser = "connect" satisfies FunctionName;
