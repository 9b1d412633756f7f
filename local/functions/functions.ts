import type {
  APIGatewayAuthorizerResult,
  APIGatewayProxyEvent,
  APIGatewayProxyResult,
  APIGatewayTokenAuthorizerEvent,
  DynamoDBBatchResponse,
  DynamoDBStreamEvent,
  ScheduledEvent,
  SQSBatchResponse,
  SQSEvent,
} from "aws-lambda";
import { type ApiFunctionName, type BundleName, bundleNames } from "../../contract/routes.ts";
import { environments } from "../../lambda/shared/environment.ts";
import { bundleOf } from "../../lib/function-bundles.ts";
import { functionLimits } from "../../lib/function-limits.ts";
import type { Settings } from "../../lib/settings.ts";
import type { CredentialStore } from "../aws/credentials.ts";
import type { RunningParts } from "../shared/running-parts.ts";
import { functionEnvironment } from "./function-environment.ts";
import { type FunctionProcess, startFunction } from "./function-process.ts";

export type ApiFunctions = Readonly<
  Record<ApiFunctionName, FunctionProcess<APIGatewayProxyEvent, APIGatewayProxyResult>>
>;

export interface Functions extends ApiFunctions {
  readonly projector: FunctionProcess<DynamoDBStreamEvent, DynamoDBBatchResponse>;
  readonly sweep: FunctionProcess<ScheduledEvent, unknown>;
  readonly authorize: FunctionProcess<APIGatewayTokenAuthorizerEvent, APIGatewayAuthorizerResult>;
  readonly capture: FunctionProcess<SQSEvent, SQSBatchResponse>;
  readonly sync: FunctionProcess<SQSEvent, SQSBatchResponse>;
  readonly slack: FunctionProcess<APIGatewayProxyEvent, APIGatewayProxyResult>;
  readonly link: FunctionProcess<APIGatewayProxyEvent, APIGatewayProxyResult>;
  readonly chat: FunctionProcess<SQSEvent, SQSBatchResponse>;
}

export interface FunctionsOptions {
  /** The directory of the bundles. */
  readonly bundles: string;
  readonly settings: Settings;
  /** The endpoints of AWS, by the SDK's environment variables. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly credentials: CredentialStore;
  /** Environment variables that only single functions read. */
  readonly own?: Readonly<Record<string, string>>;
  readonly onLogLine: (line: string) => void;
}

/** Every function, each in its own process with credentials of its own role. As in Lambda, its first event starts it. */
export function functionsOf(
  { bundles, settings, endpoints, credentials, own = {}, onLogLine }: FunctionsOptions,
  parts: RunningParts,
): Functions {
  const start = (name: BundleName) => {
    const environment = {
      ...functionEnvironment(name, settings, endpoints, credentials),
      ...Object.fromEntries(Object.entries(own).filter(([variable]) => variable in environments[name].shape)),
    };
    const timeout = functionLimits[name].timeout * 1000;
    return startFunction({ directory: bundleOf(bundles, name), environment, timeout, onLogLine });
  };
  const functions = bundleNames.map((name) => [name, parts.keep(startedByFirstEvent(() => start(name)))] as const);
  // Every name has an entry, which the type of Object.fromEntries loses.
  return Object.fromEntries(functions) as unknown as Functions;
}

function startedByFirstEvent<Event, Result>(
  start: () => Promise<FunctionProcess<Event, Result>>,
): FunctionProcess<Event, Result> {
  let starting: ReturnType<typeof start> | undefined;
  return {
    async invoke(event) {
      starting ??= start();
      return (await starting).invoke(event);
    },
    stop: async () => starting?.then((running) => running.stop()),
  };
}
