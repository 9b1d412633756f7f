import type { App } from "aws-cdk-lib";
import type { Settings } from "./settings.ts";
import { TargetStack } from "./target-stack.ts";

/**
 * Adds the target stack of each account and each organizational unit of the settings. Each goes into all regions of its target.
 *
 * @param hubStackName the name of the main stack
 * @throws Error if the settings list no target.
 */
export function addTargetStacks(app: App, settings: Settings, hubStackName: string): void {
  const { targets } = settings;
  if (!targets) throw new Error("latchkey.targets is missing in cdk.json: there is no target to make a stack for");
  const shared = { settings, targets, hubStackName };
  for (const { account, regions } of targets.accounts) {
    new TargetStack(app, `${hubStackName}-Target-${account}`, { ...shared, account, regions });
  }
  for (const { id, regions } of targets.organizationalUnits) {
    new TargetStack(app, `${hubStackName}-Target-${id}`, { ...shared, regions });
  }
}
