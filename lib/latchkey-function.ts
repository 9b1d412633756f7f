import { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { Role } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { BundleName } from "../contract/routes.ts";
import { environments, type StackVariables } from "../lambda/shared/environment.ts";
import { bundleOf, requireFunctionSettings } from "./function-bundles.ts";
import { functionLimits } from "./function-limits.ts";
import { variablesOf } from "./function-variables.ts";
import type { Settings } from "./settings.ts";

export interface LatchkeyFunctionProps {
  readonly name: BundleName;
  readonly role: Role;
  /** The directory of the functions' bundles. */
  readonly bundles: string;
  /** The function gets those that it reads. */
  readonly variables: StackVariables;
  /** The settings that the bundle was built with. */
  readonly settings: Settings;
}

/** A function with its own log, which its role may write to. */
export class LatchkeyFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, { name, role, bundles, variables, settings }: LatchkeyFunctionProps) {
    requireFunctionSettings(bundles, name, settings);
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const { timeout, memory } = functionLimits[name];
    const { [name]: reserved }: Partial<Record<BundleName, number | undefined>> = settings.reservedConcurrency;
    super(scope, id, {
      description: `Latchkey: ${name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundleOf(bundles, name)),
      handler: "index.handler",
      timeout: Duration.seconds(timeout),
      memorySize: memory,
      ...(reserved !== undefined && { reservedConcurrentExecutions: reserved }),
      role,
      logGroup,
      environment: variablesOf(Object.keys(environments[name].shape), variables),
    });
    logGroup.grantWrite(role);
  }
}
