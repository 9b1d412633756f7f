import { describe, expect, test } from "@jest/globals";
import { Problem } from "../../../lambda/shared/problem.ts";
import { retryOnConflict } from "../../../lambda/shared/retry-on-conflict.ts";
import { problemFrom } from "../../support/problems.ts";

/** A state that somebody else changes before each of the first writes. */
function contended(changes: number) {
  let version = 0;
  const read = async () => version;
  const seen: number[] = [];
  const write = async (state: number) => {
    seen.push(state);
    if (seen.length <= changes) version += 1;
    return state === version ? `written on ${state}` : undefined;
  };
  return { run: () => retryOnConflict(0, read, write), seen };
}

describe("retryOnConflict", () => {
  test.each([
    [0, [0]],
    [1, [0, 1]],
    [4, [0, 1, 2, 3, 4]],
  ])("after %d changes by others writes on the latest state", async (changes, states) => {
    const { run, seen } = contended(changes);
    expect(await run()).toBe(`written on ${changes}`);
    expect(seen).toEqual(states);
  });

  test("gives up after five attempts", async () => {
    const { run, seen } = contended(5);
    expect(await problemFrom(run)).toMatchObject({ code: "upstream-unavailable" });
    expect(seen).toHaveLength(5);
  });

  test.each([false, 0, ""])("accepts %j as a result", async (result) => {
    const read = async () => 0;
    expect(await retryOnConflict<number, typeof result>(0, read, async () => result)).toBe(result);
  });

  test("ends with the first fault", async () => {
    const fault = new Problem("upstream-failure");
    const write = async () => {
      throw fault;
    };
    expect(await problemFrom(() => retryOnConflict(0, async () => 0, write))).toBe(fault);
  });
});
