/** Where a key is, and what for: tokens in the stack. */
interface KeyPlace {
  readonly partition: string;
  readonly region: string;
  readonly urlSuffix: string;
  readonly account: string;
  readonly stackName: string;
}

/**
 * The statements of a key's policy: IAM decides for the account's roles, and the two services that use the key in their own name
 * may do so for this account. DynamoDB and Lambda work with grants of the deployer, or with the rights of the caller.
 */
export function keyStatements({ partition, region, urlSuffix, account, stackName }: KeyPlace) {
  const key = { Effect: "Allow", Resource: "*" };
  return [
    { ...key, Sid: "LeaveToIam", Principal: { AWS: `arn:${partition}:iam::${account}:root` }, Action: "kms:*" },
    {
      ...key,
      Sid: "KeepLogs",
      Principal: { Service: `logs.${region}.${urlSuffix}` },
      Action: [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ],
      Condition: {
        ArnLike: {
          // AWS WAF requires the prefix of the log of a web ACL.
          "kms:EncryptionContext:aws:logs:arn": ["", "aws-waf-logs-"].map(
            (prefix) => `arn:${partition}:logs:${region}:${account}:log-group:${prefix}${stackName}-*`,
          ),
        },
      },
    },
    {
      ...key,
      Sid: "PutEventsOnBusAndQueue",
      Principal: { Service: "events.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    },
  ];
}
