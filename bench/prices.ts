import { readFile } from "node:fs/promises";

/** Dollars. */
export interface LambdaPrices {
  readonly gigabyteSecond: number;
  /** A million requests. */
  readonly million: number;
}

/** Lambda's prices, as docs/costs.md has them. @throws Error if it no longer does. */
export async function readLambdaPrices(): Promise<LambdaPrices> {
  const page = await readFile(new URL("../docs/costs.md", import.meta.url), "utf8");
  const [, gigabyteSecond] = /at ([0-9.]+) a GB-second/.exec(page) ?? [];
  const [, million] = /Lambda, invocations: million, at ([0-9.]+)/.exec(page) ?? [];
  if (!gigabyteSecond || !million) throw new Error("docs/costs.md does not have Lambda's prices");
  return { gigabyteSecond: Number(gigabyteSecond), million: Number(million) };
}

/** Dollars for a million requests. @param milliseconds of each. Lambda bills whole ones. */
export function dollarsAMillion(prices: LambdaPrices, milliseconds: number, mebibytes: number): number {
  return (Math.ceil(milliseconds) / 1000) * (mebibytes / 1024) * prices.gigabyteSecond * 1e6 + prices.million;
}
