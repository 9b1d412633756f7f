import type { BundleName } from "../../contract/routes.ts";
import { environments } from "../../lambda/shared/environment.ts";
import { functionVariables, variablesOf } from "../../lib/function-variables.ts";
import type { Settings } from "../../lib/settings.ts";
import type { CredentialStore } from "../aws/credentials.ts";
import {
  eventBusName,
  functionRole,
  inventoryTableName,
  places,
  stackName,
  syncQueueName,
  tableName,
} from "../aws/roles.ts";
import { queueUrl } from "../aws/sqs.ts";
import { account, region } from "../shared/account.ts";

/**
 * The environment of a function: variables from the stack, fresh credentials of its role, and the endpoints of AWS.
 *
 * @param endpoints by the SDK's environment variables.
 */
export function functionEnvironment(
  name: BundleName,
  settings: Settings,
  endpoints: Readonly<Record<string, string>>,
  credentials: CredentialStore,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(functionRole(name, settings));
  const names = Object.keys(environments[name].shape);
  return {
    ...variablesOf(
      names,
      functionVariables(settings, {
        tableName,
        inventoryTableName,
        eventBusName,
        pushRoleArn: places.pushRoleArn,
        syncQueueUrl: queueUrl(syncQueueName),
        stackName,
        accountId: account,
      }),
    ),
    ...endpoints,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_LAMBDA_FUNCTION_NAME: `latchkey-${name}`,
    // The AWS configuration of this machine's user must not reach the function.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
}
