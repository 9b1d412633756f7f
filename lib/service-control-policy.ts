/** A statement of a service control policy; names in angle brackets are placeholders. */
export interface Denial {
  readonly Sid: string;
  readonly Effect: "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface ServiceControlPolicy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Denial[];
}

const iam = (resource: string) => `arn:<PARTITION>:iam::<ACCOUNT_ID>:${resource}`;
const role = (name: string) => iam(`role/${name}`);
/** A role that the stack makes. */
const ownRole = (name: string) => role(`<ROLE_PATH>Latchkey-${name}`);
const regional = (service: string, resource: string) => `arn:<PARTITION>:${service}:*:<ACCOUNT_ID>:${resource}`;

/** The roles of the bootstrap, and those that deploy through them. */
const deployers = [role("cdk-<QUALIFIER>-*"), role("<DEPLOYER>")];
const tagAdmin = role("<TAG_ADMIN_ROLE>");
const people = role("<PEOPLE_ROLE>");
const pushRole = ownRole("PushRole*");
/** With which IAM Identity Center makes its roles. */
const identityCenter = role("aws-service-role/sso.amazonaws.com/*");

const allBut = (...principals: readonly string[]) => ({ ArnNotLike: { "aws:PrincipalArn": principals } });
const deny = (Sid: string, denial: Omit<Denial, "Sid" | "Effect">): Denial => ({ Sid, Effect: "Deny", ...denial });

const roleChanges = [
  "iam:AttachRolePolicy",
  "iam:CreateRole",
  "iam:DeleteRole",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:PassRole",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:TagRole",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
  "iam:UpdateRoleDescription",
];
const instances = ["arn:<PARTITION>:ec2:*:*:instance/*"];
const tagging = ["ec2:CreateTags", "ec2:DeleteTags"];

/** Who may push, be somebody, or tag. */
const identities = [
  deny("PushOnlyAsLatchkey", {
    Action: [
      "ec2-instance-connect:OpenTunnel",
      "ec2-instance-connect:SendSSHPublicKey",
      "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
    ],
    Resource: ["*"],
    Condition: allBut(pushRole),
  }),
  deny("AssumePushRoleOnlyAsConnect", {
    Action: ["sts:AssumeRole"],
    Resource: [pushRole],
    Condition: allBut(ownRole("ConnectRole*")),
  }),
  deny("AssumeRolesOnlyAsDeployer", {
    Action: ["sts:AssumeRole"],
    Resource: [...deployers, tagAdmin, people],
    Condition: allBut(...deployers),
  }),
  deny("KeepRoles", {
    Action: roleChanges,
    Resource: [ownRole("*"), ...deployers, tagAdmin, people],
    Condition: allBut(...deployers, identityCenter),
  }),
  deny("KeepIdentityCenterRoles", {
    Action: roleChanges,
    Resource: [role("*AWSReservedSSO_*")],
    Condition: allBut(identityCenter),
  }),
  deny("KeepIdentityProviders", {
    Action: [
      "iam:AddClientIDToOpenIDConnectProvider",
      "iam:CreateSAMLProvider",
      "iam:DeleteOpenIDConnectProvider",
      "iam:DeleteSAMLProvider",
      "iam:UpdateOpenIDConnectProviderThumbprint",
      "iam:UpdateSAMLProvider",
    ],
    Resource: [iam("oidc-provider/*"), iam("saml-provider/*")],
    Condition: allBut(...deployers, identityCenter),
  }),
  // Anyone who reads them can sign a click in the name of everybody in Slack, or an event in ours.
  deny("KeepSecrets", {
    Action: ["Delete*", "GetSecret*", "Put*", "Replicate*", "Rotate*", "Update*"].map(
      (name) => `secretsmanager:${name}`,
    ),
    Resource: [regional("secretsmanager", "secret:Latchkey-*")],
    Condition: allBut(...deployers, ...["Slack", "Chat", "Link", "Webhooks"].map((name) => ownRole(`${name}Role*`))),
  }),
  deny("StayInOrganization", { Action: ["organizations:LeaveOrganization"], Resource: ["*"] }),
  deny("KeepDecidingTags", {
    Action: tagging,
    Resource: instances,
    Condition: { "ForAnyValue:StringEqualsIgnoreCase": { "aws:TagKeys": ["<TAG_KEY>"] }, ...allBut(tagAdmin) },
  }),
  deny("KeepLatchkeyTags", {
    Action: tagging,
    Resource: instances,
    Condition: { "ForAnyValue:StringLike": { "aws:TagKeys": ["latchkey:*"] }, ...allBut(tagAdmin) },
  }),
  deny("KeepAllTagsAtOnce", {
    Action: ["ec2:DeleteTags"],
    Resource: instances,
    Condition: { Null: { "aws:TagKeys": ["true"] }, ...allBut(tagAdmin) },
  }),
];

/** By service. With wildcards, so that a later action of a service is denied too. */
const changes = {
  apigateway: [
    "AddCertificateToDomain",
    "CreateAccessAssociation",
    "DELETE",
    "PATCH",
    "POST",
    "PUT",
    "RejectAccessAssociation",
    "RemoveCertificateFromDomain",
    "SetWebACL",
    "UpdateDomainName*",
    "UpdateRestApiPolicy",
  ],
  cloudfront: ["Delete*", "Update*"],
  cloudformation: [
    "Cancel*",
    "Continue*",
    "Create*",
    "DeleteChangeSet",
    "DeleteStack*",
    "ExecuteChangeSet",
    "ImportStacksToStackSet",
    "RollbackStack",
    "SetStackPolicy",
    "SignalResource",
    "StopStackSetOperation",
    "Update*",
  ],
  cloudwatch: ["DeleteAlarms", "DisableAlarmActions", "Put*", "SetAlarmState"],
  dynamodb: [
    "BatchWriteItem",
    "Create*",
    "Delete*",
    "DisableKinesisStreamingDestination",
    "EnableKinesisStreamingDestination",
    "ImportTable",
    "PartiQLDelete",
    "PartiQLInsert",
    "PartiQLUpdate",
    "Put*",
    "Restore*",
    "Update*",
  ],
  events: ["Delete*", "DisableRule", "Put*", "Remove*", "Update*"],
  kms: ["CreateAlias", "DeleteAlias", "UpdateAlias"],
  lambda: ["Add*", "Create*", "Delete*", "Invoke*", "Publish*", "Put*", "Remove*", "Update*"],
  // Not PutLogEvents: API Gateway writes its access log with a role that may belong to another stack.
  logs: [
    "AssociateKmsKey",
    "DeleteLogGroup",
    "DeleteLogStream",
    "DeleteRetentionPolicy",
    "DisassociateKmsKey",
    "PutDataProtectionPolicy",
    "PutRetentionPolicy",
  ],
  s3: ["CreateBucket", "Delete*", "Put*", "Replicate*"],
  sqs: [
    "AddPermission",
    "ChangeMessageVisibility",
    "Delete*",
    "PurgeQueue",
    "ReceiveMessage",
    "RemovePermission",
    "SendMessage",
    "SetQueueAttributes",
  ],
  wafv2: ["AssociateWebACL", "Delete*", "DisassociateWebACL", "PutLoggingConfiguration", "UpdateWebACL"],
};

/** Who may change what Latchkey is made of. */
const resources = [
  deny("KeepResources", {
    Action: Object.entries(changes).flatMap(([service, names]) => names.map((name) => `${service}:${name}`)),
    Resource: [
      "arn:<PARTITION>:apigateway:*::/account",
      "arn:<PARTITION>:apigateway:*:*:/domainnameaccessassociations/domainname/<DOMAIN>*",
      "arn:<PARTITION>:apigateway:*:*:/domainnames/<DOMAIN>*",
      "arn:<PARTITION>:apigateway:*::/restapis/<API_ID>*",
      "arn:<PARTITION>:cloudfront::<ACCOUNT_ID>:distribution/<DISTRIBUTION_ID>",
      regional("cloudformation", "stack/CDKToolkit-<QUALIFIER>/*"),
      regional("cloudformation", "stack/Latchkey/*"),
      // Those of a stack set have a prefix.
      regional("cloudformation", "stack/*Latchkey-Target-*"),
      regional("cloudformation", "stackset/Latchkey-*"),
      regional("cloudwatch", "alarm:Latchkey-*"),
      regional("dynamodb", "table/Latchkey-*"),
      regional("events", "event-bus/Latchkey*"),
      regional("events", "rule/Latchkey-*"),
      regional("kms", "alias/Latchkey*"),
      regional("lambda", "function:Latchkey-*"),
      regional("logs", "log-group:Latchkey-*"),
      regional("logs", "log-group:aws-waf-logs-Latchkey-*"),
      "arn:<PARTITION>:s3:::latchkey-console*",
      "arn:<PARTITION>:s3:::cdk-<QUALIFIER>-assets-<ACCOUNT_ID>-*",
      regional("sqs", "Latchkey-*"),
      regional("wafv2", "regional/webacl/Latchkey-*"),
    ],
    Condition: allBut(...deployers, ownRole("*")),
  }),
  deny("KeepEventSourceMappings", {
    Action: ["lambda:CreateEventSourceMapping", "lambda:DeleteEventSourceMapping", "lambda:UpdateEventSourceMapping"],
    Resource: ["*"],
    Condition: {
      ArnLike: { "lambda:FunctionArn": [regional("lambda", "function:Latchkey-*")] },
      ...allBut(...deployers),
    },
  }),
  // Its id is not known beforehand, and its alias is protected above.
  deny("KeepKey", {
    Action: [
      "kms:CreateGrant",
      "kms:Delete*",
      "kms:Disable*",
      "kms:Put*",
      "kms:ReplicateKey",
      "kms:RetireGrant",
      "kms:RevokeGrant",
      "kms:ScheduleKeyDeletion",
      "kms:UntagResource",
      "kms:Update*",
    ],
    Resource: [regional("kms", "key/*")],
    Condition: { "ForAnyValue:StringLike": { "kms:ResourceAliases": ["alias/Latchkey*"] }, ...allBut(...deployers) },
  }),
  deny("RefactorNoStacks", {
    Action: ["cloudformation:CreateStackRefactor", "cloudformation:ExecuteStackRefactor"],
    Resource: ["*"],
    Condition: allBut(...deployers),
  }),
];

/**
 * The service control policies, with placeholders. They are two, because one may have 5,120 characters. `npm run docs`
 * writes them into docs/.
 */
export const serviceControlPolicies: Readonly<Record<"identities" | "resources", ServiceControlPolicy>> = {
  identities: { Version: "2012-10-17", Statement: identities },
  resources: { Version: "2012-10-17", Statement: resources },
};
