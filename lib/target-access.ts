import { Stack, Validations } from "aws-cdk-lib";
import { CfnStackSet } from "aws-cdk-lib/aws-cloudformation";
import { CfnEventBusPolicy, EventBus } from "aws-cdk-lib/aws-events";
import { ManagedPolicy, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { BundleName } from "../contract/routes.ts";
import { assumeTargets, organizationPath } from "./assume-targets.ts";
import { instanceEventSources } from "./instance-events.ts";
import { requireHub } from "./own-region.ts";
import type { Settings } from "./settings.ts";
import type { Statement } from "./statements.ts";
import { type HubNames, readersOf, targetBusName, titled } from "./target-names.ts";
import type { Targets } from "./target-settings.ts";
import { targetTemplate } from "./target-template.ts";

export interface TargetAccessProps {
  readonly settings: Settings;
  readonly targets: Targets;
  readonly names: HubNames;
  readonly roles: Readonly<Partial<Record<BundleName, Role>>>;
}

/**
 * The hub's side of its targets: functions may assume their roles, a second bus takes their events, and stack sets
 * deploy them.
 */
export class TargetAccess extends Construct {
  /** It gets the events of all targets. */
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { settings, targets, names, roles }: TargetAccessProps) {
    super(scope, id);
    requireHub(Stack.of(this), targets.hub);
    for (const name of readersOf(settings)) {
      const role = roles[name];
      if (!role) throw new Error(`${name} has no role`);
      for (const [index, statement] of assumeTargets(names, targets, name).entries()) {
        this.#grant(role, `${titled(name)}${index}`, statement);
      }
    }
    // Apart from the trail's bus, which denies events of all but its publishers.
    this.bus = new EventBus(this, "Bus", { eventBusName: targetBusName(names) });
    for (const [statementId, statement] of busStatements(targets, names, this.bus.eventBusArn)) {
      new CfnEventBusPolicy(this, statementId, { eventBusName: this.bus.eventBusName, statementId, statement });
    }
    for (const { id, regions } of targets.stackSets ? targets.organizationalUnits : []) {
      new CfnStackSet(this, `StackSet-${id}`, {
        stackSetName: `${names.stackName}-Target-${id}`,
        permissionModel: "SERVICE_MANAGED",
        callAs: "DELEGATED_ADMIN",
        capabilities: ["CAPABILITY_NAMED_IAM"],
        // An account that joins the unit gets the roles, and one that leaves it loses them.
        autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
        managedExecution: { Active: true },
        operationPreferences: { failureTolerancePercentage: 10, maxConcurrentPercentage: 25 },
        stackInstancesGroup: [{ deploymentTargets: { organizationalUnitIds: [id] }, regions }],
        templateBody: targetTemplate(`${names.stackName}-Target-${id}`, {
          settings,
          targets,
          hubStackName: names.stackName,
          regions,
        }),
      });
    }
  }

  #grant(role: Role, id: string, statement: Statement): void {
    const policy = new ManagedPolicy(this, id, { roles: [role], statements: [PolicyStatement.fromJson(statement)] });
    for (const resource of statement.Resource.filter((each) => each.includes("*"))) {
      Validations.of(policy).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${resource}]`,
        reason:
          "The accounts of an organizational unit come and go; a condition names the unit, and the role has its exact name.",
      });
    }
  }
}

/**
 * Who may put events on the bus, by the statement's id. An event only makes the hub look at the instance: what it says
 * is not believed. One statement has all accounts, because a bus's policy may have 10,240 characters.
 */
function busStatements(
  { organization, accounts, organizationalUnits }: Targets,
  { partition }: HubNames,
  Resource: string,
): readonly (readonly [statementId: string, statement: object])[] {
  const StringEquals = { "events:source": instanceEventSources };
  const statement = { Effect: "Allow", Action: "events:PutEvents", Resource };
  const AWS = accounts.map(({ account }) => `arn:${partition}:iam::${account}:root`);
  const paths = organizationalUnits.map(({ id }) => organizationPath(organization, id));
  const inUnits = { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": paths } };
  const ofAccounts = { ...statement, Principal: { AWS }, Condition: { StringEquals } };
  const ofUnits = { ...statement, Principal: "*", Condition: { StringEquals, ...inUnits } };
  const all = [
    ["TargetAccounts", ofAccounts, accounts],
    ["TargetUnits", ofUnits, organizationalUnits],
  ] as const;
  return all.filter(([, , listed]) => listed.length > 0).map(([id, found]) => [id, found]);
}
