import type { App } from "aws-cdk-lib";
import { readSettings } from "../lib/settings.ts";
import { addTargetStacks as addStacks } from "../lib/target-stacks.ts";
import type { LatchkeySettings } from "./settings.ts";

export interface TargetStacksProps {
  /** Those of the main stack, with `targets`. */
  readonly settings: LatchkeySettings;
  /** The name of the stack that has the `Latchkey`. */
  readonly mainStackName: string;
}

/**
 * Adds the target stack of each account and each organizational unit that `settings.targets` lists. Deploy each in all regions of
 * its target. They have no assets, and need no bootstrap.
 *
 * @throws Error naming each setting that is wrong, and how; or if they list no target.
 */
export function addTargetStacks(app: App, { settings, mainStackName }: TargetStacksProps): void {
  addStacks(app, readSettings(settings), mainStackName);
}
