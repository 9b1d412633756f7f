import type { ReadTemplate } from "./synthesized-stack.ts";

/** How a resource that holds data names its key. */
const keyOf: Readonly<Record<string, (properties: never) => unknown>> = {
  "AWS::DynamoDB::GlobalTable": ({ SSESpecification, Replicas }: Table) =>
    SSESpecification?.SSEType === "KMS" && Replicas.map((each) => each.SSESpecification?.KMSMasterKeyId).join(),
  "AWS::Events::EventBus": ({ KmsKeyIdentifier }: { KmsKeyIdentifier?: string }) => KmsKeyIdentifier,
  "AWS::Lambda::Function": ({ KmsKeyArn }: { KmsKeyArn?: string }) => KmsKeyArn,
  "AWS::Logs::LogGroup": ({ KmsKeyId }: { KmsKeyId?: string }) => KmsKeyId,
  "AWS::SecretsManager::Secret": ({ KmsKeyId }: { KmsKeyId?: string }) => KmsKeyId,
  "AWS::SQS::Queue": ({ KmsMasterKeyId }: { KmsMasterKeyId?: string }) => KmsMasterKeyId,
};
interface Table {
  readonly SSESpecification?: { readonly SSEType?: string };
  readonly Replicas: readonly { readonly SSESpecification?: { readonly KMSMasterKeyId?: string } }[];
}

/** Services whose resources here hold no data of Latchkey's: rules, permissions, measurements, the console's public files. */
const withoutData =
  /^AWS::(ApiGateway|CloudFormation|CloudFront|CloudWatch|IAM|KMS|S3|WAFv2)::|^Custom::CDKBucketDeployment$|^AWS::Events::(EventBusPolicy|Rule)$|^AWS::Lambda::(EventInvokeConfig|EventSourceMapping|LayerVersion|Permission)$|^AWS::SQS::QueuePolicy$/;

/**
 * The keys of all resources that hold data, by their type.
 *
 * @throws Error for a resource of a type that is not known.
 */
export function encryptedBy(stack: ReadTemplate): Record<string, unknown[]> {
  const found: Record<string, unknown[]> = {};
  for (const { Type, Properties } of Object.values(stack.resolved)) {
    if (withoutData.test(Type)) continue;
    const keyIn = keyOf[Type];
    if (!keyIn) throw new Error(`Does ${Type} hold data? Then it needs a key.`);
    found[Type] = [...new Set([...(found[Type] ?? []), keyIn((Properties ?? {}) as never)])];
  }
  return found;
}
