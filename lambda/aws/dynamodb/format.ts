import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** The version of the items' format. A change that older code would misread gets the next one. */
export const formatVersion = 1;

/** What every item has. */
export const inFormat = { v: formatVersion } as const;

/** Whether this code can read an item. One that was put there by hand, without a version, is of the first. */
export function isInFormat({ v }: Readonly<Record<string, AttributeValue>>): boolean {
  return v === undefined || v.N === String(formatVersion);
}
