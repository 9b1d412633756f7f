import { RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { retainedName } from "./retained-name.ts";

export interface EmptySecretProps {
  /** What it is of, as part of its name. */
  readonly of: string;
  readonly description: string;
  /** Why Secrets Manager does not rotate it. */
  readonly withoutRotation: string;
}

/** A secret without a value: CDK's own construct would make one up. It outlives the stack, like the data. */
export class EmptySecret extends CfnSecret {
  constructor(scope: Construct, id: string, { of, description, withoutRotation }: EmptySecretProps) {
    const stack = Stack.of(scope);
    // The service control policy knows it by its name.
    super(scope, id, { name: retainedName(`${stack.stackName}-${of}`, stack), description });
    this.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Validations.of(this).acknowledge({ id: "AwsSolutions-SMG4", reason: withoutRotation });
  }
}
