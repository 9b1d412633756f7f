import path from "node:path";
import { type FunctionName, functionNames } from "../../lambda/contract/routes.ts";
import { environments } from "../../lambda/environment.ts";
import { bundleOf } from "../../lib/bundle.ts";
import { functionLimits } from "../../lib/function-limits.ts";
import { functionVariables, variablesOf } from "../../lib/function-variables.ts";
import { region, settings } from "../account.ts";
import type { CredentialStore } from "../aws/credentials.ts";
import { functionRole, places, tableName } from "../aws/roles.ts";
import type { RunningParts } from "../running-parts.ts";
import { type FunctionProcess, startFunction } from "./function-process.ts";

export type Functions = Readonly<Record<FunctionName, FunctionProcess>>;

/**
 * Starts every function, each in a process of its own and with credentials of its own role.
 *
 * @param bundles the directory of the bundles.
 * @param endpoints where AWS is, by the SDK's own environment variables.
 */
export async function startFunctions(
  bundles: string,
  endpoints: Readonly<Record<string, string>>,
  credentials: CredentialStore,
  onLogLine: (line: string) => void,
  parts: RunningParts,
): Promise<Functions> {
  const start = async (name: FunctionName) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(functionRole(name));
    const names = Object.keys(environments[name].shape);
    const environment = {
      ...variablesOf(names, functionVariables(settings, tableName, places.pushRoleArn)),
      ...endpoints,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_LAMBDA_FUNCTION_NAME: `latchkey-${name}`,
      // Whatever this machine's own user has configured for AWS is none of the function's business.
      AWS_CONFIG_FILE: path.join(bundles, "no-config"),
      AWS_SHARED_CREDENTIALS_FILE: path.join(bundles, "no-credentials"),
    };
    const timeout = functionLimits[name].timeout * 1000;
    return parts.keep(await startFunction({ directory: bundleOf(bundles, name), environment, timeout, onLogLine }));
  };
  const started = await Promise.all(functionNames.map(async (name) => [name, await start(name)] as const));
  // Every name is there, which Object.fromEntries forgets.
  return Object.fromEntries(started) as unknown as Functions;
}
