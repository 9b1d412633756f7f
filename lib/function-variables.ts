import type { StackVariables } from "../lambda/shared/environment.ts";
import type { Settings } from "./settings.ts";

/** The names of the stack's own resources. */
export interface ResourceNames {
  readonly tableName: string;
  readonly inventoryTableName: string;
  readonly pushRoleArn: string;
  readonly eventBusName: string;
  readonly syncQueueUrl: string;
  readonly stackName: string;
  readonly accountId: string;
}

/** The environment variables of all functions: each function gets those of them that it reads. */
export function functionVariables({ fips }: Pick<Settings, "fips">, names: ResourceNames): StackVariables {
  return {
    TABLE_NAME: names.tableName,
    INVENTORY_TABLE_NAME: names.inventoryTableName,
    EVENT_BUS_NAME: names.eventBusName,
    SYNC_QUEUE_URL: names.syncQueueUrl,
    STACK_NAME: names.stackName,
    ACCOUNT_ID: names.accountId,
    PUSH_ROLE_ARN: names.pushRoleArn,
    AWS_USE_FIPS_ENDPOINT: fips ? "true" : "false",
  };
}

/** The variables that one function reads. */
export function variablesOf(names: readonly string[], variables: StackVariables): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => names.includes(name)));
}
