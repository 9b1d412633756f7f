import type { BundleName } from "../../contract/routes.ts";
import { roleArn } from "../../lambda/shared/target-roles.ts";
import { assumeTargets } from "../../lib/assume-targets.ts";
import { pushPermissions, pushRoleUser } from "../../lib/instance-permissions.ts";
import { delayingQueuePermissions, functionPermissions } from "../../lib/permissions.ts";
import type { Settings } from "../../lib/settings.ts";
import type { Places, Statement } from "../../lib/statements.ts";
import { functionRoleName, hubNames, readers } from "../../lib/target-names.ts";
import { type TrustStatement, targetRoles } from "../../lib/target-permissions.ts";
import { account, region } from "../shared/account.ts";
import { type Principal, sessionOf } from "./credentials.ts";
import type { PolicyDocument } from "./iam.ts";
import { queueArn } from "./sqs.ts";

export const tableName = "latchkey";
export const inventoryTableName = "latchkey-inventory";
export const eventBusName = "latchkey";
/** The stack's. Targets trust its functions by it. */
export const stackName = "Latchkey";
export const syncQueueName = "latchkey-sync";

/** The Slack app's. */
export const chatQueueName = "latchkey-chat";
export const chatEventQueueName = "latchkey-chat-events";
const chatQueueArns = [chatQueueName, chatEventQueueName].map(queueArn);
export const slackSecretArn = `arn:aws:secretsmanager:${region}:${account}:secret:latchkey/slack-A1b2C3`;

export const places: Places = {
  partition: "aws",
  region,
  urlSuffix: "amazonaws.com",
  account,
  tableArn: `arn:aws:dynamodb:${region}:${account}:table/${tableName}`,
  streamArn: `arn:aws:dynamodb:${region}:${account}:table/${tableName}/stream/2026-01-01T00:00:00.000`,
  inventoryTableArn: `arn:aws:dynamodb:${region}:${account}:table/${inventoryTableName}`,
  eventBusArn: `arn:aws:events:${region}:${account}:event-bus/${eventBusName}`,
  syncQueueArn: queueArn(syncQueueName),
  pushRoleArn: `arn:aws:iam::${account}:role/latchkey-push`,
  slack: {
    secretArn: slackSecretArn,
    inputQueueArn: queueArn(chatQueueName),
    eventQueueArn: queueArn(chatEventQueueName),
  },
};

const names = (settings: Pick<Settings, "rolePath">) => hubNames(stackName, { hub: { account, region } }, settings);

/** A function's role, with exactly the permissions of the stack, and with the name that targets trust. */
export function functionRole(name: BundleName, settings: HubSettings = { rolePath: "/" }): Principal {
  const { targets } = settings;
  const reader = readers.find((each) => each === name);
  return {
    role: name,
    ...sessionOf(functionRoleArn(name, settings), `latchkey-${name}`),
    policies: [
      document(functionPermissions(places)[name]),
      // It says when a message is to come again.
      ...(name === "chat" ? [document(delayingQueuePermissions(places, chatQueueArns))] : []),
      ...(targets && reader ? assumeTargets(names(settings), targets, reader).map((one) => document([one])) : []),
    ],
  };
}

type HubSettings = Pick<Settings, "rolePath" | "targets">;

function functionRoleArn(name: BundleName, settings: HubSettings): string {
  return roleArn(names(settings), account, functionRoleName({ stackName }, name, region));
}

/** A role that functions assume. */
export interface AssumableRole {
  readonly arn: string;
  /** As the log has it: `push` or `read`. */
  readonly role: string;
  readonly policies: readonly PolicyDocument[];
  readonly trust: readonly TrustStatement[];
}

/** The push role, and the roles of targets, with exactly the trust and the permissions of the stacks under these settings. */
export function assumableRoles(settings: Settings): readonly AssumableRole[] {
  const { targets } = settings;
  const connect = { AWS: functionRoleArn(pushRoleUser, settings) };
  const actions = ["sts:AssumeRole", "sts:SetSourceIdentity"] as const;
  const ownPushRole: AssumableRole = {
    arn: places.pushRoleArn,
    role: "push",
    policies: [document(pushPermissions(places, settings))],
    trust: actions.map((Action) => ({ Effect: "Allow", Principal: connect, Action })),
  };
  if (!targets) return [ownPushRole];
  const rolesIn = (place: { readonly account: string; readonly region: string; readonly regions: readonly string[] }) =>
    Object.entries(targetRoles(names(settings), targets, settings, { partition: "aws", ...place })).map(
      ([role, { roleName, permissions, trust }]) => ({
        arn: roleArn(names(settings), place.account, roleName),
        role,
        policies: [document(permissions)],
        trust,
      }),
    );
  return [
    ownPushRole,
    ...targets.accounts.flatMap(({ account, regions }) =>
      regions.flatMap((region) => rolesIn({ account, region, regions })),
    ),
  ];
}

function document(statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}
