import {
  Aws,
  BootstraplessSynthesizer,
  CfnCondition,
  Fn,
  type IStackSynthesizer,
  Stack,
  type StackProps,
  CfnRule as TemplateRule,
} from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { acknowledgeWildcards } from "./acknowledge-wildcards.ts";
import { confineRoles } from "./confine-roles.ts";
import { instanceEvents } from "./instance-events.ts";
import type { Settings } from "./settings.ts";
import { forwardRoleName, hubNames, targetBusName } from "./target-names.ts";
import { type TargetRole, targetRoles } from "./target-permissions.ts";
import type { Targets } from "./target-settings.ts";

export interface TargetStackProps extends StackProps {
  readonly settings: Settings;
  readonly targets: Targets;
  /** The name of the main stack. */
  readonly hubStackName: string;
  /** The target's. The stack goes into each; that in the first has the roles that read for all of them. */
  readonly regions: readonly string[];
  /** The one account that the stack may be deployed in; undefined: any. */
  readonly account?: string;
}

/**
 * What the hub needs in one account and region of a target, without assets, so that it needs no bootstrap and fits into a stack
 * set: roles that read, a role that pushes, and rules that forward events of instances.
 */
export class TargetStack extends Stack {
  constructor(scope: Construct, id: string, props: TargetStackProps) {
    const { settings, targets, hubStackName, regions, account, ...others } = props;
    const description = `Latchkey: what the main stack in ${targets.hub.account} may do here`;
    // Its type differs from the interface's in an optional property alone, which TypeScript is strict about here.
    const synthesizer = new BootstraplessSynthesizer() as IStackSynthesizer;
    super(scope, id, { description, synthesizer, ...others });
    const { hub } = targets;
    const names = hubNames(hubStackName, targets, settings);
    const place = { partition: Aws.PARTITION, region: Aws.REGION, account: Aws.ACCOUNT_ID };
    const { read, inspect, capture, push } = targetRoles(names, targets, settings, { ...place, regions });

    const isFirst = new CfnCondition(this, "IsFirstRegion", {
      expression: Fn.conditionEquals(Aws.REGION, regions[0] ?? ""),
    });
    for (const [id, role] of [
      ["ReadRole", read],
      ["InspectRole", inspect],
      ["CaptureRole", capture],
    ] as const) {
      this.#role(id, role).cfnOptions.condition = isFirst;
    }
    this.#role("PushRole", push);

    const busArn = `arn:${names.partition}:events:${hub.region}:${hub.account}:event-bus/${targetBusName(names)}`;
    const forwardRole = this.#role("ForwardRole", {
      roleName: forwardRoleName(names, Aws.REGION),
      description: "Forwards events of instances to Latchkey",
      trust: [
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
        },
      ],
      permissions: [{ Effect: "Allow", Action: ["events:PutEvents"], Resource: [busArn] }],
    });
    for (const [ruleId, description, eventPattern] of instanceEvents) {
      const bus = { id: "Hub", arn: busArn, roleArn: forwardRole.attrArn };
      new CfnRule(this, ruleId, {
        // A stack set gives other names, which the service control policies would not know.
        name: `${hubStackName}-${ruleId}`,
        description: `Latchkey: ${description}`,
        eventPattern,
        targets: [bus],
      });
    }
    if (account !== undefined) this.#requirePlace(account, regions);
    confineRoles(this, settings);
  }

  #role(id: string, { roleName, description, trust, permissions }: RoleInput): CfnRole {
    const role = new CfnRole(this, id, {
      roleName,
      description,
      assumeRolePolicyDocument: documentOf(trust),
      policies: [{ policyName: id, policyDocument: documentOf(permissions) }],
    });
    acknowledgeWildcards(role, permissions);
    return role;
  }

  /** CloudFormation refuses the stack elsewhere. The profile alone says where it goes, and is easily the wrong one. */
  #requirePlace(account: string, regions: readonly string[]): void {
    new TemplateRule(this, "Place", {
      assertions: [
        {
          assert: Fn.conditionEquals(Aws.ACCOUNT_ID, account),
          assertDescription: `This stack is for the account ${account}`,
        },
        {
          assert: Fn.conditionContains([...regions], Aws.REGION),
          assertDescription: `This stack is for ${regions.join(", ")}`,
        },
      ],
    });
  }
}

interface RoleInput extends Omit<TargetRole, "trust"> {
  readonly trust: readonly object[];
}

const documentOf = (Statement: readonly object[]) => ({ Version: "2012-10-17", Statement });
