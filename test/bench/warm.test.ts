import { describe, expect, test } from "@jest/globals";
import { parallelFigures } from "../../bench/warm.ts";

const result = { statusCode: 201, body: "" };

/** 101 responses, 10 ms and 2 ms of CPU apart, that took 0 to 100 ms in another order. */
const responses = Array.from({ length: 101 }, (_, id) => {
  const respondedAt = 1000 + 10 * id;
  return { id, result, respondedAt, askedAt: respondedAt - ((id * 7) % 101), cpu: 300 + 2 * id };
});

describe("the figures of a parallel run", () => {
  test("count from the first response on", () => {
    expect(parallelFigures(responses)).toMatchObject({ perCore: 500, perSecond: 100 });
  });
  test("have the quantiles of all latencies but the first's", () => {
    const { p50, p90, p99 } = parallelFigures(responses);
    expect([p50, p90, p99].map((value) => Number(value.toFixed(2)))).toEqual([50.5, 90.1, 99.01]);
  });
  test("are no figures without a response", () => {
    expect(() => parallelFigures([])).toThrow("A measurement is missing");
  });
});
