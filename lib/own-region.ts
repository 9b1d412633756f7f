import { type Stack, Token } from "aws-cdk-lib";
import { partitionOf } from "../lambda/shared/target.ts";

/** The stack's region, if it is known at synthesis: the CDK's command knows it from your profile. */
export function knownRegion({ region }: Stack): string | undefined {
  return Token.isUnresolved(region) ? process.env["CDK_DEFAULT_REGION"] : region;
}

/** @throws Error if the stack is known to be elsewhere than targets expect it. */
export function requireHub(stack: Stack, hub: { readonly account: string; readonly region: string }): void {
  const account = Token.isUnresolved(stack.account) ? process.env["CDK_DEFAULT_ACCOUNT"] : stack.account;
  const own = { account, region: knownRegion(stack) };
  for (const name of ["account", "region"] as const) {
    if (own[name] !== undefined && own[name] !== hub[name])
      throw new Error(`latchkey.targets.hub.${name} is ${hub[name]}, and the stack's is ${own[name]}`);
  }
}

/**
 * Refuses a resource of another region, if the stack's is known.
 *
 * @param setting that names it. @param arn of the resource.
 * @throws Error if it is in another.
 */
export function requireOwnRegion(stack: Stack, setting: string, arn: string): void {
  const [, , , region] = arn.split(":");
  const own = knownRegion(stack);
  if (own !== undefined && own !== region)
    throw new Error(`latchkey.${setting} is in ${region}, and the stack in ${own}`);
}

/** @returns the stack. @throws Error if it is known to be where CloudFront, or its certificates, are not. */
export function requireCloudFront(stack: Stack): Stack {
  const region = knownRegion(stack);
  if (region !== undefined && partitionOf(region) !== "aws")
    throw new Error(
      `latchkey.console.cloudFront cannot be used in ${region}: leave it out, and the door serves the console`,
    );
  return stack;
}
