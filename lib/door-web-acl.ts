import { ArnFormat, RemovalPolicy, Stack } from "aws-cdk-lib";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import { retainedName } from "./retained-name.ts";
import type { Settings } from "./settings.ts";

export interface DoorWebAclProps {
  /** Unique in the account and region. */
  readonly name: string;
  readonly stageArn: string;
  readonly requestsPerAddress: number;
  readonly logRetentionDays: Settings["logRetentionDays"];
}

/**
 * AWS's managed rules, and those of them that only count. What reads bodies must not block: the functions check each body against
 * a closed schema, and the reason for a request may quote an attack. Callers need not send a User-Agent.
 */
const managedRules: readonly (readonly [name: string, counted: readonly string[]])[] = [
  ["AWSManagedRulesAmazonIpReputationList", []],
  ["AWSManagedRulesKnownBadInputsRuleSet", ["JavaDeserializationRCE_BODY", "Log4JRCE_BODY", "ReactJSRCE_BODY"]],
  [
    "AWSManagedRulesCommonRuleSet",
    [
      "CrossSiteScripting_BODY",
      "EC2MetaDataSSRF_BODY",
      "GenericLFI_BODY",
      "GenericRFI_BODY",
      "SizeRestrictions_BODY",
      "NoUserAgent_HEADER",
    ],
  ],
];

/** What the log must not have: it would let its readers act as a caller. */
const redactedFields = [
  { singleHeader: { Name: "authorization" } },
  { singleHeader: { Name: "x-amz-security-token" } },
  { queryString: {} },
];

/** A web ACL in front of one stage, with a log of the requests that it blocks. */
export class DoorWebAcl extends Construct {
  constructor(scope: Construct, id: string, { name, stageArn, requestsPerAddress, logRetentionDays }: DoorWebAclProps) {
    super(scope, id);
    // Samples would show the headers of requests, tokens included.
    const visibilityOf = (metricName: string) => ({
      visibilityConfig: { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false },
    });
    const rate = {
      name: "RatePerAddress",
      action: { block: {} },
      statement: {
        rateBasedStatement: { aggregateKeyType: "IP", limit: requestsPerAddress, evaluationWindowSec: 300 },
      },
    };
    const managed = managedRules.map(([rules, counted]) => ({
      name: rules,
      overrideAction: { none: {} },
      statement: {
        managedRuleGroupStatement: {
          vendorName: "AWS",
          name: rules,
          ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        },
      },
    }));
    const { attrArn: webAclArn } = new CfnWebACL(this, "Acl", {
      name,
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      rules: [rate, ...managed].map((rule, priority) => ({ ...rule, priority, ...visibilityOf(rule.name) })),
      ...visibilityOf(name),
    });
    new CfnWebACLAssociation(this, "Association", { webAclArn, resourceArn: stageArn });

    const stack = Stack.of(this);
    const log = new LogGroup(this, "Log", {
      // AWS WAF requires the prefix.
      logGroupName: retainedName(`aws-waf-logs-${name}`, stack),
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const logArn = stack.formatArn({
      service: "logs",
      resource: "log-group",
      resourceName: log.logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    new CfnLoggingConfiguration(this, "Logging", {
      resourceArn: webAclArn,
      logDestinationConfigs: [logArn],
      redactedFields,
      loggingFilter: {
        DefaultBehavior: "DROP",
        Filters: [
          { Behavior: "KEEP", Requirement: "MEETS_ANY", Conditions: [{ ActionCondition: { Action: "BLOCK" } }] },
        ],
      },
    });
  }
}
