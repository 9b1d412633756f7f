import type { FunctionName } from "../../lambda/contract/routes.ts";
import {
  functionPermissions,
  type Places,
  pushPermissions,
  pushRoleUser,
  type Statement,
} from "../../lib/permissions.ts";
import { account, region, settings } from "../account.ts";
import type { Principal } from "./credentials.ts";
import type { PolicyDocument } from "./iam.ts";

export const tableName = "latchkey";
export const eventBusName = "latchkey";

export const places: Places = {
  partition: "aws",
  region,
  account,
  tableArn: `arn:aws:dynamodb:${region}:${account}:table/${tableName}`,
  streamArn: `arn:aws:dynamodb:${region}:${account}:table/${tableName}/stream/2026-01-01T00:00:00.000`,
  eventBusArn: `arn:aws:events:${region}:${account}:event-bus/${eventBusName}`,
  pushRoleArn: `arn:aws:iam::${account}:role/latchkey-push`,
};

/** A function's role, with the very permissions that the stack gives it. */
export function functionRole(name: FunctionName): Principal {
  return {
    role: name,
    arn: `arn:aws:sts::${account}:assumed-role/latchkey-${name}/latchkey-${name}`,
    policies: [document(functionPermissions(places)[name])],
  };
}

export const pushRole = {
  arn: places.pushRoleArn,
  policies: [document(pushPermissions(places, settings))],
  /** The one role that its trust policy names. */
  trusts: (principal: Principal) => principal.role === pushRoleUser,
};

function document(statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}
