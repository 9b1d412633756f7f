import type { BundleName } from "../contract/routes.ts";
import { writtenAttributes as written } from "../lambda/aws/dynamodb/item-attributes.ts";
import {
  accessKeyPrefix,
  chatLinkKeyPrefix,
  chatPostKeyPrefix,
  chatReplayKeyPrefix,
  connectionKeyPrefix,
  cursorKeyPrefix,
  denialKeyPrefix,
  eventKeyPrefix,
  idempotencyKeyPrefix,
  indexes,
  instanceKeyPrefix,
  linkVisitKeyPrefix,
  personKeyPrefix,
  policiesKeyPrefix,
  quotaKeyPrefix,
  suspensionKeyPrefix,
  webhookKeyPrefix,
} from "../lambda/aws/dynamodb/table-keys.ts";
import { idPrefix, instancePrefix } from "../lambda/inventory/rows.ts";
import { capturePermissions, describe, describeNetworks } from "./instance-permissions.ts";
import {
  decrypting,
  describing,
  indexed,
  inventoryItems,
  type Places,
  type Statement,
  tableItems,
} from "./statements.ts";

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

const ofAccessRequests = [
  indexes.accessRequests,
  indexes.accessRequestsByStatus,
  indexes.accessRequestsBySubject,
  indexes.accessRequestsByRequester,
  indexes.accessRequestsByInstance,
] as const;

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
  const { slack, webhooks } = places;
  const secret = (secretArn: string): readonly Statement[] => [
    { Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: [secretArn] },
    ...(places.keyArn ? [decrypting(places, places.keyArn, "secretsmanager")] : []),
  ];
  const slackSecret = slack ? secret(slack.secretArn) : [];
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
      indexed(places, ...ofAccessRequests),
      ...cursorKeys,
      ...idempotency,
      findTargets,
      readObserved,
    ],
    wait: [describeInstances, reads(["GetItem"], accessKeyPrefix, personKeyPrefix), readSuspensions, rememberPeople],
    audit: [
      describeInstances,
      // The events of a connection, by their ids.
      reads(["BatchGetItem"], suspensionKeyPrefix, eventKeyPrefix),
      rememberPeople,
      indexed(
        places,
        indexes.events,
        indexes.eventsByInstance,
        indexes.eventsBySubject,
        indexes.eventsByAccessRequest,
        indexes.eventsByActor,
        indexes.eventsByType,
      ),
      reads(["GetItem"], policiesKeyPrefix),
      ...cursorKeys,
      findTargets,
      readObserved,
    ],
    register: [describeInstances, readSuspensions, rememberPeople, ...hostKeys, findTargets],
    service: [],
    authorize: [],
    console: [],
    // Strangers can call it, so it reads and writes no item but the signatures that it has seen, and decides nothing.
    slack: slack
      ? [
          ...slackSecret,
          writes(["PutItem"], chatReplayKeyPrefix, written.chatReplay),
          { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [slack.inputQueueArn] },
          ...(places.keyArn ? [sending(places, places.keyArn)] : []),
        ]
      : [],
    chat: slack
      ? [
          ...slackSecret,
          describe,
          reads(["GetItem"], accessKeyPrefix, personKeyPrefix, quotaKeyPrefix, chatLinkKeyPrefix, chatPostKeyPrefix),
          reads(["BatchGetItem"], instanceKeyPrefix, accessKeyPrefix, personKeyPrefix, suspensionKeyPrefix),
          reads(["Query"], accessKeyPrefix),
          writes(["PutItem"], chatPostKeyPrefix, written.chatPost),
          // Somebody in a chat can end their link.
          writes(["UpdateItem"], chatLinkKeyPrefix, written.chatLinkEnd),
          writes(["UpdateItem"], quotaKeyPrefix, written.places),
          writes(["PutItem", "UpdateItem"], accessKeyPrefix, written.accessRequest),
          indexed(places, ...ofAccessRequests, indexes.chatLinks),
          ...idempotency,
          inventoryItems(places, ["BatchGetItem", "Query"]),
        ]
      : [],
    // Strangers can call it too. No other function can link a user to another person than before.
    link: slack
      ? [
          ...slackSecret,
          reads(["GetItem"], linkVisitKeyPrefix, chatLinkKeyPrefix),
          writes(["PutItem"], linkVisitKeyPrefix, written.linkVisit),
          writes(["UpdateItem"], chatLinkKeyPrefix, written.chatLink),
          readSuspensions,
          rememberPeople,
        ]
      : [],
    webhooks: webhooks
      ? [
          ...secret(webhooks.secretArn),
          reads(["GetItem"], webhookKeyPrefix),
          writes(["PutItem"], webhookKeyPrefix, written.webhook),
          { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: webhooks.failureArns },
          ...(places.keyArn ? [sending(places, places.keyArn)] : []),
        ]
      : [],
    projector: [
      reads(["GetItem"], eventKeyPrefix),
      writes(["PutItem"], eventKeyPrefix, written.event),
      writes(["UpdateItem"], eventKeyPrefix, written.publication),
      // No function that callers reach can write them.
      writes(["PutItem"], policiesKeyPrefix, written.policies),
      putEvents,
    ],
    sweep: [
      indexed(places, indexes.due, indexes.chatLinks),
      reads(["GetItem"], ...[accessKeyPrefix, connectionKeyPrefix, denialKeyPrefix, eventKeyPrefix, chatLinkKeyPrefix]),
      writes(["UpdateItem"], accessKeyPrefix, written.accessChange),
      writes(["UpdateItem"], connectionKeyPrefix, written.connection),
      writes(["UpdateItem"], denialKeyPrefix, written.denialClosing),
      readSuspensions,
      writes(["UpdateItem"], suspensionKeyPrefix, written.suspensionClosing),
      writes(["UpdateItem"], chatLinkKeyPrefix, written.chatLinkEnd),
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
export function queuePermissions(places: Places, ...queueArns: readonly string[]): readonly Statement[] {
  return [
    ...(places.keyArn ? [decrypting(places, places.keyArn, "sqs")] : []),
    {
      Effect: "Allow",
      Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      Resource: queueArns,
    },
  ];
}

/** As `queuePermissions`. `sync` also sends. */
export function syncQueuePermissions(places: Places): readonly Statement[] {
  return queuePermissions(places, places.syncQueueArn).map((each) =>
    each.Action.includes("kms:Decrypt") && places.keyArn ? sending(places, places.keyArn) : each,
  );
}

/** As `queuePermissions`, for a function that also says when a message is to be delivered again. */
export function delayingQueuePermissions(places: Places, queueArns: readonly string[]): readonly Statement[] {
  return queuePermissions(places, ...queueArns).map((each) =>
    each.Action.includes("sqs:ReceiveMessage")
      ? { ...each, Action: [...each.Action, "sqs:ChangeMessageVisibility"] }
      : each,
  );
}

/** SQS makes data keys with the rights of those who send. */
function sending(places: Places, keyArn: string): Statement {
  const receiving = decrypting(places, keyArn, "sqs");
  return { ...receiving, Action: [...receiving.Action, "kms:GenerateDataKey"] };
}
