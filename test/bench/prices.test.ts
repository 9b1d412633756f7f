import { expect, test } from "@jest/globals";
import { dollarsAMillion, readLambdaPrices } from "../../bench/prices.ts";

test("the prices are those of the page about costs", async () => {
  expect(await readLambdaPrices()).toEqual({ gigabyteSecond: 0.0000133334, million: 0.2 });
});

test.each([
  ["whole milliseconds are billed", 99.2, 1024, 1.5333],
  ["half the memory costs half, beside the requests", 100, 512, 0.8667],
])("%s", (_, milliseconds, mebibytes, dollars) => {
  const prices = { gigabyteSecond: 0.0000133334, million: 0.2 };
  expect(dollarsAMillion(prices, milliseconds, mebibytes)).toBeCloseTo(dollars, 4);
});
