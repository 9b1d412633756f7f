/** An AWS account and region. */
export interface TargetKey {
  readonly accountId: string;
  readonly region: string;
}

/** An AWS account and region whose instances Latchkey serves. */
export interface Target extends TargetKey {
  readonly partition: string;
}

/** `<account>/<region>`. */
export const targetKey = ({ accountId, region }: TargetKey) => `${accountId}/${region}`;

/** The partition of a region of AWS; undefined if it is none that Latchkey knows. */
export function partitionOf(region: string): "aws" | "aws-cn" | "aws-us-gov" | undefined {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return /-iso[a-z]*-/.test(region) ? undefined : "aws";
}
