import { CfnRule, Fn, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { knownRegion } from "./own-region.ts";

/**
 * The regions that have FIPS endpoints of every service that the functions call: EC2, EC2 Instance Connect, DynamoDB,
 * STS, EventBridge.
 */
const fipsRegions = ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1"];

/**
 * Refuses a region without FIPS endpoints: at synthesis if the region is known, and at the start of each deployment.
 *
 * @throws Error if the stack's region has none.
 */
export function requireFipsRegion(scope: Construct): void {
  const stack = Stack.of(scope);
  const { region } = stack;
  const regions = fipsRegions.join(", ");
  const known = knownRegion(stack);
  if (known !== undefined && !fipsRegions.includes(known)) {
    throw new Error(`latchkey.fips cannot be on in ${known}, only in ${regions}`);
  }
  new CfnRule(scope, "FipsRegion", {
    assertions: [
      { assert: Fn.conditionContains([...fipsRegions], region), assertDescription: `fips needs one of ${regions}` },
    ],
  });
}
