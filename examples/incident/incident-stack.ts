import path from "node:path";
import { CfnOutput, CfnParameter, Duration, Stack, type StackProps } from "aws-cdk-lib";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  FunctionUrlAuthType,
  ParamsAndSecretsLayerVersion,
  ParamsAndSecretsVersions,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";

/** The function that receives webhooks, at a URL of its own, and the secret that verifies them. */
export class IncidentStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const parameter = (name: string, description: string) =>
      new CfnParameter(this, name, { description }).valueAsString;
    const invokePolicy = parameter("InvokePolicyArn", "Latchkey's output InvokePolicyArn");
    const secret = new Secret(this, "Secret", { description: "Of PagerDuty: see examples/incident/README.md" });
    const receiver = new NodejsFunction(this, "Receiver", {
      entry: path.join(import.meta.dirname, "handler.ts"),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      bundling: { format: OutputFormat.ESM },
      timeout: Duration.minutes(1),
      memorySize: 512,
      // Strangers can call the URL: they cost no more than this, and keep no other function waiting.
      reservedConcurrentExecutions: 5,
      paramsAndSecrets: ParamsAndSecretsLayerVersion.fromVersion(ParamsAndSecretsVersions.V1_0_103),
      environment: {
        LATCHKEY_URL: parameter("LatchkeyUrl", "Latchkey's URL, with its stage"),
        SECRET_ARN: secret.secretArn,
      },
      role: new Role(this, "Role", {
        roleName: "Incident",
        assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
        managedPolicies: [
          ManagedPolicy.fromAwsManagedPolicyName("service-role/AWSLambdaBasicExecutionRole"),
          ManagedPolicy.fromManagedPolicyArn(this, "InvokePolicy", invokePolicy),
        ],
      }),
    });
    secret.grantRead(receiver);
    const { url } = receiver.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    new CfnOutput(this, "WebhookUrl", { value: url });
    new CfnOutput(this, "SecretArn", { value: secret.secretArn });
  }
}
