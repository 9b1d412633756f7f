import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { CfnGlobalTable } from "aws-cdk-lib/aws-dynamodb";
import { CfnEventBus } from "aws-cdk-lib/aws-events";
import { PolicyDocument } from "aws-cdk-lib/aws-iam";
import { Alias, Key } from "aws-cdk-lib/aws-kms";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { uploadFunctions } from "./console-upload.ts";
import { keyStatements } from "./key-policy.ts";
import { requireOwnRegion } from "./own-region.ts";
import { retainedName } from "./retained-name.ts";
import type { Settings } from "./settings.ts";

/**
 * The ARN of the key that encrypts the stack: one of its own, which outlives it like the data, or that of the settings.
 *
 * @returns undefined if keys of AWS's own do.
 * @throws Error if the settings' key is in another region than the stack.
 */
export function keyArnOf(scope: Construct, { encryption }: Pick<Settings, "encryption">): string | undefined {
  if (encryption === undefined) return undefined;
  const stack = Stack.of(scope);
  if (encryption !== "own") {
    requireOwnRegion(stack, "encryption.keyArn", encryption.keyArn);
    return encryption.keyArn;
  }
  const key = new Key(scope, "Key", {
    description: "Latchkey: table, stream, queues, bus, secret, logs and functions",
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
    policy: PolicyDocument.fromJson({ Version: "2012-10-17", Statement: keyStatements(stack) }),
  });
  // The service control policy knows the key by its alias alone, so it stays with the key.
  new Alias(key, "Alias", {
    aliasName: retainedName(stack.stackName, stack),
    targetKey: key,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  return key.keyArn;
}

/**
 * Encrypts every resource of a complete Latchkey that holds data. The constructs do not know the key: CDK would let EventBridge send
 * to the queue from every rule of the account, and refuses to encrypt a table in a stack without a fixed region.
 */
export function encryptWith(scope: Construct, keyArn: string): void {
  for (const each of [scope, ...uploadFunctions(scope)].flatMap(({ node }) => node.findAll())) {
    if (each instanceof CfnLogGroup) each.kmsKeyId = keyArn;
    if (each instanceof CfnFunction) each.kmsKeyArn = keyArn;
    if (each instanceof CfnEventBus) each.kmsKeyIdentifier = keyArn;
    if (each instanceof CfnSecret) each.kmsKeyId = keyArn;
    if (each instanceof CfnQueue) {
      each.sqsManagedSseEnabled = undefined;
      each.kmsMasterKeyId = keyArn;
    }
    if (each instanceof CfnGlobalTable) {
      each.sseSpecification = { sseEnabled: true, sseType: "KMS" };
      each.addPropertyOverride("Replicas.0.SSESpecification.KMSMasterKeyId", keyArn);
    }
  }
}
