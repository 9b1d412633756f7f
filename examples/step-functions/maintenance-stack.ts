import { readFileSync } from "node:fs";
import path from "node:path";
import { ArnFormat, CfnParameter, Duration, Fn, Stack, type StackProps } from "aws-cdk-lib";
import {
  CompositePrincipal,
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction } from "aws-cdk-lib/aws-lambda-nodejs";
import { DefinitionBody, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";

const functionName = "LatchkeyMaintenance";

/** The state machine, and the function that runs its command. Both have one role: to Latchkey they are one machine. */
export class MaintenanceStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const url = new CfnParameter(this, "LatchkeyUrl", { description: "Latchkey's URL, with its stage" }).valueAsString;
    const invokePolicy = new CfnParameter(this, "InvokePolicyArn", {
      description: "Latchkey's output InvokePolicyArn",
    });
    // By its name: the function needs the role, so the role cannot name the function.
    const functionArn = this.formatArn({
      service: "lambda",
      resource: "function",
      resourceName: functionName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const role = new Role(this, "Role", {
      roleName: "Maintenance",
      assumedBy: new CompositePrincipal(
        new ServicePrincipal("states.amazonaws.com"),
        new ServicePrincipal("lambda.amazonaws.com"),
      ),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName("service-role/AWSLambdaBasicExecutionRole"),
        ManagedPolicy.fromManagedPolicyArn(this, "InvokePolicy", invokePolicy.valueAsString),
      ],
      inlinePolicies: {
        RunCommand: new PolicyDocument({
          statements: [new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [functionArn] })],
        }),
      },
    });
    new NodejsFunction(this, "RunCommand", {
      functionName,
      entry: path.join(import.meta.dirname, "handler.ts"),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // ssh2 does without its optional native parts.
      bundling: { loader: { ".node": "empty" }, externalModules: ["cpu-features"] },
      memorySize: 256,
      timeout: Duration.minutes(14),
      environment: { LATCHKEY_URL: url },
      role,
    });
    const part = (index: number) => Fn.select(index, Fn.split("/", url));
    new StateMachine(this, "Maintenance", {
      definitionBody: DefinitionBody.fromString(
        readFileSync(path.join(import.meta.dirname, "state-machine.asl.json"), "utf8"),
      ),
      definitionSubstitutions: { ApiHost: part(2), Stage: part(3), RunCommandArn: functionArn },
      role,
    });
  }
}
