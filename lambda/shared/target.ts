/** An AWS account and region whose instances Latchkey serves. */
export interface Target {
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
}

/** The partition of a region of AWS; undefined if it is none that Latchkey knows. */
export function partitionOf(region: string): "aws" | "aws-cn" | "aws-us-gov" | undefined {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return /-iso[a-z]*-/.test(region) ? undefined : "aws";
}
