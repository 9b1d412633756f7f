import path from "node:path";
import { Stack, type StackProps } from "aws-cdk-lib";
import { ComparisonOperator, Dashboard, GraphWidget, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Rule } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { Role } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import { Latchkey } from "latchkey/cdk";

/** SSH access by Latchkey, and what this team adds to it. */
export class SshAccess extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const latchkey = new Latchkey(this, "Default", {
      settings: this.node.tryGetContext("latchkey"),
      policies: path.join(import.meta.dirname, "policies"),
    });

    const security = new Topic(this, "Security", { enforceSSL: true });
    security.addSubscription(new EmailSubscription("security@example.com"));
    new Rule(this, "BreakGlass", {
      eventBus: latchkey.bus,
      eventPattern: { detailType: ["latchkey.break-glass.used"] },
      targets: [new SnsTopic(security)],
    });
    latchkey.api
      .metricClientError()
      .createAlarm(this, "ManyRefusals", {
        threshold: 100,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      })
      .addAlarmAction(new SnsAction(security));
    new Dashboard(this, "Dashboard").addWidgets(
      new GraphWidget({ title: "Requests", left: [latchkey.api.metricCount()] }),
      new GraphWidget({ title: "Connections take", left: [latchkey.functions["connect"].metricDuration()] }),
    );
    // A chat bot of ours may call the API; what it may do there is up to the policies.
    latchkey.invokePolicy.attachToRole(Role.fromRoleName(this, "ChatBot", "ChatBot"));
  }
}
