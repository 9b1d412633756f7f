import { CfnParameter, Duration, Stack, type StackProps } from "aws-cdk-lib";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import type { Construct } from "constructs";

export interface ReviewerStackProps extends StackProps {
  /** The role's name: the integration is the machine `<account>/<role>`. */
  readonly roleName: string;
  /** The file that exports `handler`. */
  readonly entry: string;
  /** Names of further environment variables, each with what it is. They are parameters of the stack. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A reviewer: a rule on Latchkey's bus, and the function that it invokes. Events that failed three times wait in a queue. */
export class ReviewerStack extends Stack {
  constructor(scope: Construct, id: string, { roleName, entry, variables = {}, ...props }: ReviewerStackProps) {
    super(scope, id, props);
    const parameter = (name: string, description: string) =>
      new CfnParameter(this, name, { description }).valueAsString;
    const eventBusName = parameter("EventBusName", "Latchkey's output EventBusName");
    const invokePolicy = parameter("InvokePolicyArn", "Latchkey's output InvokePolicyArn");
    const reviewer = new NodejsFunction(this, "Reviewer", {
      entry,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      bundling: { format: OutputFormat.ESM },
      timeout: Duration.minutes(2),
      deadLetterQueueEnabled: true,
      environment: {
        LATCHKEY_URL: parameter("LatchkeyUrl", "Latchkey's URL, with its stage"),
        ...Object.fromEntries(
          Object.entries(variables).map(([name, what]) => [name, parameter(name.replaceAll("_", ""), what)]),
        ),
      },
      role: new Role(this, "Role", {
        roleName,
        assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
        managedPolicies: [
          ManagedPolicy.fromAwsManagedPolicyName("service-role/AWSLambdaBasicExecutionRole"),
          ManagedPolicy.fromManagedPolicyArn(this, "InvokePolicy", invokePolicy),
        ],
      }),
    });
    new Rule(this, "Created", {
      eventBus: EventBus.fromEventBusName(this, "Bus", eventBusName),
      eventPattern: { detailType: ["latchkey.access-request.created"] },
      targets: [new LambdaFunction(reviewer)],
    });
  }
}
