import type { BundleName } from "../../contract/routes.ts";
import {
  functionPermissions,
  type Places,
  pushPermissions,
  pushRoleUser,
  type Statement,
} from "../../lib/permissions.ts";
import type { Settings } from "../../lib/settings.ts";
import { account, region } from "../shared/account.ts";
import type { Principal } from "./credentials.ts";
import type { PolicyDocument } from "./iam.ts";

export const tableName = "latchkey";
export const inventoryTableName = "latchkey-inventory";
export const eventBusName = "latchkey";

export const places: Places = {
  partition: "aws",
  region,
  urlSuffix: "amazonaws.com",
  account,
  tableArn: `arn:aws:dynamodb:${region}:${account}:table/${tableName}`,
  streamArn: `arn:aws:dynamodb:${region}:${account}:table/${tableName}/stream/2026-01-01T00:00:00.000`,
  inventoryTableArn: `arn:aws:dynamodb:${region}:${account}:table/${inventoryTableName}`,
  eventBusArn: `arn:aws:events:${region}:${account}:event-bus/${eventBusName}`,
  pushRoleArn: `arn:aws:iam::${account}:role/latchkey-push`,
};

/** A function's role, with exactly the permissions of the stack. */
export function functionRole(name: BundleName): Principal {
  return {
    role: name,
    arn: `arn:aws:sts::${account}:assumed-role/latchkey-${name}/latchkey-${name}`,
    policies: [document(functionPermissions(places)[name])],
  };
}

export interface PushRole {
  readonly arn: string;
  readonly policies: readonly PolicyDocument[];
  /** Its trust policy. */
  trusts(principal: Principal): boolean;
}

/** The push role, with exactly the permissions of the stack under these settings. */
export function pushRoleOf(settings: Settings): PushRole {
  return {
    arn: places.pushRoleArn,
    policies: [document(pushPermissions(places, settings))],
    trusts: ({ role }) => role === pushRoleUser,
  };
}

function document(statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}
