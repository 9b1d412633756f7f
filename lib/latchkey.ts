import { Annotations, CfnOutput, Stack, Token } from "aws-cdk-lib";
import { CfnEventBusPolicy, EventBus } from "aws-cdk-lib/aws-events";
import { Policy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct, type IDependable } from "constructs";
import { authorizerName, type BundleName, type FunctionName, functionNames, webhooksName } from "../contract/routes.ts";
import { acknowledgeWildcards } from "./acknowledge-wildcards.ts";
import { addConsole } from "./add-console.ts";
import { ApiAlarms } from "./api-alarms.ts";
import { confineRoles } from "./confine-roles.ts";
import { encryptWith, keyArnOf } from "./encryption.ts";
import { requireFipsRegion } from "./fips.ts";
import { functionVariables } from "./function-variables.ts";
import { HostKeyCapture } from "./host-key-capture.ts";
import { pushPermissions, pushRoleUser } from "./instance-permissions.ts";
import { InventorySync } from "./inventory-sync.ts";
import { InventoryTable } from "./inventory-table.ts";
import { InvokePolicy } from "./invoke-permissions.ts";
import { LatchkeyApi } from "./latchkey-api.ts";
import { LatchkeyFunction } from "./latchkey-function.ts";
import { openDoor } from "./open-door.ts";
import {
  delayingQueuePermissions,
  functionPermissions,
  queuePermissions,
  streamPermissions,
  syncQueuePermissions,
} from "./permissions.ts";
import { PushRole } from "./push-role.ts";
import type { Settings } from "./settings.ts";
import { SlackApp } from "./slack-app.ts";
import type { Places, Statement } from "./statements.ts";
import { TargetAccess } from "./target-access.ts";
import { functionRoleName, hubNames, readers, titled } from "./target-names.ts";
import { TrailAlarms } from "./trail-alarms.ts";
import { TrailDelivery } from "./trail-delivery.ts";
import { TrailTable } from "./trail-table.ts";
import { Webhooks } from "./webhooks.ts";

export interface LatchkeyProps {
  readonly settings: Settings;
  /** The directory of the functions' bundles, as `bundleFunctions` makes it from these settings. */
  readonly bundles: string;
}

/** All of Latchkey, in one account and region: a stack's only one, because its resources have the stack's name. */
export class Latchkey extends Construct {
  /** The IAM door, and its URL. */
  readonly api: LatchkeyApi;
  readonly url: string;
  /** The OIDC door, if the settings have issuers, and its URL. */
  readonly oidcApi: LatchkeyApi | undefined;
  readonly oidcUrl: string | undefined;
  /** Where the browser console is, if the settings have one. */
  readonly consoleUrl: string | undefined;
  readonly table: TrailTable;
  /** It gets every event. */
  readonly bus: EventBus;
  readonly invokePolicy: InvokePolicy;
  readonly functions: Readonly<Record<FunctionName, LatchkeyFunction>>;

  constructor(scope: Construct, id: string, { settings, bundles }: LatchkeyProps) {
    super(scope, id);
    const stack = Stack.of(this);
    requireOwnName(this, stack);
    if (settings.fips) requireFipsRegion(this);
    const { iam, oidc } = settings.identities;
    if (iam.people.length === 0 && !oidc?.some(({ people }) => people))
      Annotations.of(this).addWarningV2("latchkey:NoPeople", withoutPeople);
    const table = new TrailTable(this, "Table");
    this.table = table;
    const inventory = new InventoryTable(this, "Inventory");
    // Without a description, which GovCloud refuses.
    const bus = new EventBus(this, "Bus");
    this.bus = bus;
    const lambda = new ServicePrincipal("lambda.amazonaws.com");
    const { targets, slack, webhooks, alarmTopicArn } = settings;
    const isReader = (name: string) => readers.some((each) => each === name);
    const makeRole = (name: BundleName) =>
      new Role(this, `${titled(name)}Role`, {
        assumedBy: lambda,
        // Targets trust it by its name.
        ...(targets && isReader(name) && { roleName: functionRoleName(stack, name, targets.hub.region) }),
      });
    const roles = forEachFunction(makeRole);
    const pushRole = new PushRole(this, "PushRole", { user: roles[pushRoleUser] });

    const { partition, region, urlSuffix, account, stackName } = stack;
    const keyArn = keyArnOf(this, settings);
    const syncs = new InventorySync(this, "Syncs");
    const slackApp = slack && new SlackApp(this, "SlackApp", { slack, bus, settings });
    const deliveries = webhooks && new Webhooks(this, "WebhookDelivery", { webhooks, bus, alarmTopicArn });
    const webhookRoles = deliveries && { webhooks: makeRole(webhooksName) };
    const slackRoles = slackApp && { slack: makeRole("slack"), chat: makeRole("chat"), link: makeRole("link") };
    const places: Places = {
      partition,
      region,
      urlSuffix,
      account,
      tableArn: table.tableArn,
      streamArn: table.streamArn,
      inventoryTableArn: inventory.tableArn,
      eventBusArn: bus.eventBusArn,
      pushRoleArn: pushRole.roleArn,
      syncQueueArn: syncs.queueArn,
      hasUnits: (targets?.organizationalUnits ?? []).length > 0,
      slack: slackApp?.places,
      webhooks: deliveries?.places,
      keyArn,
    };
    const permissions = functionPermissions(places);
    for (const [name, role] of Object.entries({ ...roles, ...slackRoles, ...webhookRoles })) {
      // They are roles of functions, which the type of Object.entries loses.
      this.#grant(role, `${titled(name)}Policy`, permissions[name as BundleName]);
    }
    const mayRead = this.#grant(roles.projector, "StreamPolicy", streamPermissions(places));
    new CfnEventBusPolicy(this, "BusPolicy", {
      eventBusName: bus.eventBusName,
      statementId: "OnlyPublishers",
      statement: onlyPublishers(bus.eventBusArn, [roles.projector.roleArn, roles.sweep.roleArn]),
    });
    this.#grant(pushRole, "PushPolicy", pushPermissions(places, settings));

    const variables = functionVariables(settings, {
      tableName: table.tableName,
      inventoryTableName: inventory.tableName,
      pushRoleArn: pushRole.roleArn,
      eventBusName: bus.eventBusName,
      syncQueueUrl: syncs.queueUrl,
      stackName,
      accountId: account,
    });
    const functions = forEachFunction(
      (name) => new LatchkeyFunction(this, titled(name), { name, role: roles[name], bundles, variables, settings }),
    );
    this.functions = functions;
    const { projector, sweep, capture, sync } = functions;
    // It keeps the policies that these name in events, so it has them first.
    for (const name of ["connect", "access", "register"] as const) functions[name].node.addDependency(projector);
    new TrailDelivery(this, "Trail", { projector, sweep, streamArn: places.streamArn, mayRead });
    new TrailAlarms(this, "Alarms", { projector, sweep, alarmTopicArn });
    const starts = new HostKeyCapture(this, "Starts", { capture, alarmTopicArn });
    starts.deliver(this.#grant(roles.capture, "QueuePolicy", queuePermissions(places, starts.queueArn)));
    syncs.deliver(sync, this.#grant(roles.sync, "SyncQueuePolicy", syncQueuePermissions(places)));
    syncs.alarm(settings);
    const api = new LatchkeyApi(this, "Api", { functions, settings });
    const authorize = () => {
      const role = new Role(this, `${titled(authorizerName)}Role`, { assumedBy: lambda });
      return new LatchkeyFunction(this, titled(authorizerName), {
        name: authorizerName,
        role,
        bundles,
        variables,
        settings,
      });
    };
    const oidcApi = oidc && new LatchkeyApi(this, "OidcApi", { functions, settings, authorizer: authorize() });
    this.api = api;
    this.oidcApi = oidcApi;
    new ApiAlarms(this, "ApiAlarms", { api, oidcApi, functions, table, alarmTopicArn });
    this.url = openDoor(this, { api, door: "iam", settings });
    this.oidcUrl = oidcApi && openDoor(this, { api: oidcApi, door: "oidc", settings });
    const { console } = settings;
    const consoleUrl = oidcApi && console && addConsole(this, { console, settings, api: oidcApi, bundles, variables });
    if (slackApp && slackRoles) {
      const { chat } = slackApp.addFunctions({ roles: slackRoles, bundles, variables, consoleUrl });
      const { inputQueueArn, eventQueueArn } = slackApp.places;
      const mayReceive = delayingQueuePermissions(places, [inputQueueArn, eventQueueArn]);
      slackApp.queues.deliver(chat, this.#grant(slackRoles.chat, "ChatQueuePolicy", mayReceive));
    }
    if (deliveries && webhookRoles) {
      const own = { bundles, settings, variables: { ...variables, ...deliveries.variables } };
      const mayReceive = delayingQueuePermissions(places, deliveries.places.queueArns);
      deliveries.deliver(
        new LatchkeyFunction(this, titled(webhooksName), { name: webhooksName, role: webhookRoles.webhooks, ...own }),
        this.#grant(webhookRoles.webhooks, "WebhookQueuePolicy", mayReceive),
      );
    }
    this.consoleUrl = consoleUrl;
    this.invokePolicy = new InvokePolicy(this, "InvokePolicy", api);
    new CfnOutput(this, "InvokePolicyArn", {
      value: this.invokePolicy.managedPolicyArn,
      description: "The managed policy that lets a role call the API",
    });
    new CfnOutput(this, "EventBusName", {
      value: bus.eventBusName,
      description: "The event bus that gets every event",
    });
    if (targets) {
      const names = hubNames(stackName, targets, settings);
      const { bus: ofTargets } = new TargetAccess(this, "Targets", {
        settings,
        targets,
        names,
        roles: { ...roles, ...slackRoles },
      });
      syncs.watch("Target", ofTargets);
      starts.watch("TargetRunning", ofTargets);
    }
    if (keyArn) encryptWith(this, keyArn);
    confineRoles(this, settings);
  }

  /** A separate resource, because the roles refer to each other. IAM refuses an empty policy. */
  #grant(role: Role, id: string, statements: readonly Statement[]): IDependable {
    if (statements.length === 0) return role;
    const policyStatements = statements.map((one) => PolicyStatement.fromJson(one));
    const policy = new Policy(this, id, { roles: [role], statements: policyStatements });
    acknowledgeWildcards(policy, statements);
    return policy;
  }
}

const withoutPeople =
  'The context "latchkey" of cdk.json is missing, or lists no role in identities.iam.people: every caller is a machine, so nobody can review, and policies for people permit nothing.';

/** @throws Error if the stack's name is not known, or names the resources of another Latchkey. */
function requireOwnName(latchkey: Latchkey, { stackName, node }: Stack): void {
  if (Token.isUnresolved(stackName))
    throw new Error("Latchkey cannot be in a nested stack: its resources have the name of their stack");
  if (node.findAll().some((each) => each instanceof Latchkey && each !== latchkey))
    throw new Error(`${stackName} has a Latchkey already, whose resources have the name of the stack`);
}

/** Denies events from all but the publishers: an allow would stop nobody in the account who may put events anyway. */
function onlyPublishers(eventBusArn: string, publishers: readonly string[]) {
  return {
    Effect: "Deny",
    Principal: "*",
    Action: "events:PutEvents",
    Resource: eventBusArn,
    Condition: { ArnNotEquals: { "aws:PrincipalArn": publishers } },
  };
}

function forEachFunction<T>(make: (name: FunctionName) => T): Record<FunctionName, T> {
  // Every name has an entry, which the type of Object.fromEntries loses.
  return Object.fromEntries(functionNames.map((name) => [name, make(name)])) as Record<FunctionName, T>;
}
