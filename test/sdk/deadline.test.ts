import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { withDeadline } from "../../sdk/deadline.ts";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

/** Work that ends only when it is told to give up. */
const untilGivenUp = (giveUp: AbortSignal) =>
  new Promise<never>((_, reject) => giveUp.addEventListener("abort", () => reject(new Error("given up"))));

describe("work with a deadline", () => {
  test("is told to give up when the time has passed, and not before", async () => {
    const heard = jest.fn();
    const working = withDeadline({ timeout: 4000, signal: new AbortController().signal }, (giveUp) => {
      giveUp.addEventListener("abort", heard);
      return untilGivenUp(giveUp);
    });
    working.catch(() => {});
    jest.advanceTimersByTime(3999);
    expect(heard).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    await expect(working).rejects.toThrow("given up");
  });

  test("ends with the signal's own reason", async () => {
    const user = new AbortController();
    const working = withDeadline({ timeout: 4000, signal: user.signal }, untilGivenUp);
    user.abort(130);
    await expect(working).rejects.toBe(130);
  });

  test("does not begin where the signal has aborted", async () => {
    const work = jest.fn<() => Promise<void>>();
    await expect(withDeadline({ timeout: 4000, signal: AbortSignal.abort(130) }, work)).rejects.toBe(130);
    expect(work).not.toHaveBeenCalled();
  });

  test("is left alone once it is done", async () => {
    const user = new AbortController();
    let giveUp: AbortSignal | undefined;
    const work = async (signal: AbortSignal) => {
      giveUp = signal;
      return "done";
    };
    expect(await withDeadline({ timeout: 4000, signal: user.signal }, work)).toBe("done");
    user.abort(130);
    expect(giveUp?.aborted).toBe(false);
  });
});
