import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { Stage } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { EventBus } from "aws-cdk-lib/aws-events";
import type { ManagedPolicy } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { DISABLE_ASSET_STAGING_CONTEXT } from "aws-cdk-lib/cx-api";
import { Construct } from "constructs";
import { Latchkey as FromBundles } from "../lib/latchkey.ts";
import { recommendedFlags } from "../lib/recommended-flags.ts";
import { readSettings } from "../lib/settings.ts";
import { prepareBundles } from "./prepare-bundles.ts";
import type { LatchkeySettings } from "./settings.ts";

export interface LatchkeyProps {
  /** Who your people are, how the doors are reached, and all else that a deployment may choose. */
  readonly settings: LatchkeySettings;
  /**
   * The directory of your Cedar policies: every `*.cedar` in it. They are validated and compiled at each synthesis. A
   * `schema.cedarschema` in it takes the place of the package's.
   */
  readonly policies: string;
  /**
   * The command that runs Lambda's Node, such as `["docker", "run", …]`. Functions then get bytecode for it, and start faster.
   *
   * @default none: functions compile their code when they start
   */
  readonly runtimeNode?: readonly string[];
}

/**
 * All of Latchkey, in one account and region, as part of your own stack. A stack has one at most, because names of resources
 * begin with the stack's. With the id `Default` in a stack named `Latchkey`, they are those that the documentation says.
 *
 * @throws Error naming each setting and each policy that is wrong, and how; or if the stack is nested, or has one already.
 */
export class Latchkey extends Construct {
  /** The URL of the API for callers with AWS credentials, with a slash at its end. Paths start with `v1/`. */
  readonly url: string;
  /** That API. */
  readonly api: RestApi;
  /** The URL of the API for callers with a token; undefined without `identities.oidc`. */
  readonly oidcUrl: string | undefined;
  /** That API. */
  readonly oidcApi: RestApi | undefined;
  /** The URL of the browser console; undefined without `console`. */
  readonly consoleUrl: string | undefined;
  /** The managed policy that lets its holders call the API. What they may do there is up to your Cedar policies. */
  readonly invokePolicy: ManagedPolicy;
  /** The event bus that gets every event, for rules of your own. */
  readonly bus: EventBus;
  /** The table of access requests, connections, events and host keys, which outlives the stack. */
  readonly table: TableV2;
  /** The functions by their name, such as `connect`, for dashboards and alarms of your own. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;

  constructor(scope: Construct, id: string, props: LatchkeyProps) {
    super(scope, id);
    const settings = readSettings(props.settings);
    // What is below is the same, and as it was tested, in every app.
    for (const [flag, value] of Object.entries(recommendedFlags)) this.node.setContext(flag, value);
    // CDK puts a stack that is in none into one.
    const { outdir } = Stage.of(this) as Stage;
    // CDK remembers what it has found at a path.
    const bundles = mkdtempSync(path.join(outdir, "latchkey-"));
    prepareBundles(bundles, { ...props, settings });
    const latchkey = new FromBundles(this, "Default", { settings, bundles });
    // CDK has copied them, unless it was told not to.
    if (!this.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT)) rmSync(bundles, { recursive: true });
    this.url = latchkey.url;
    this.api = latchkey.api;
    this.oidcUrl = latchkey.oidcUrl;
    this.oidcApi = latchkey.oidcApi;
    this.consoleUrl = latchkey.consoleUrl;
    this.invokePolicy = latchkey.invokePolicy;
    this.bus = latchkey.bus;
    this.table = latchkey.table;
    this.functions = latchkey.functions;
  }
}
