import { describe, expect, test } from "@jest/globals";
import { waitForAccess } from "../../../client/access/wait-for-access.ts";
import { failureOf } from "../../../client/api/failure-of.ts";
import { type ProblemCode, problemOf } from "../../../contract/problem.ts";
import { ApiProblem, NetworkError } from "../../../sdk/errors.ts";
import type { AccessRequest } from "../../../sdk/types.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { activeRequest, requestOf } from "./sample-request.ts";

const start = Date.parse("2026-03-01T12:00:00.000Z");
const at = "2026-03-01T12:05:00.000Z";

const problem = (code: ProblemCode) => new ApiProblem(problemOf(code, "r-1"));
const throttled = new ApiProblem(problemOf("throttled", "r-1"), undefined, 20);
const networkDown = () => new NetworkError("ECONNREFUSED", "api.example.com");

/** Waits while the script's responses come; pauses take no time but are noted. */
function waiting(responses: readonly unknown[], first = requestOf(), clock = () => new Date(start)) {
  const pauses: number[] = [];
  const world = scriptedWorld({ responses, clock });
  const pause = async (milliseconds: number) => {
    pauses.push(milliseconds);
  };
  return { ...world, pauses, done: waitForAccess(world.context, first, pause) };
}

describe("access is refused", () => {
  const denial = { reviewer: "bob", decision: "deny" as const, at };
  type Case = [what: string, end: Partial<AccessRequest>, exitCode: number, message: string];
  test.each<Case>([
    [
      "by a denial, with its comment",
      { status: "denied", reviews: [{ ...denial, comment: "Not now" }] },
      77,
      'the request was denied by bob: "Not now"',
    ],
    ["by a denial without a comment", { status: "denied", reviews: [denial] }, 77, "the request was denied by bob"],
    [
      "by a denial whose comment would move the cursor",
      { status: "denied", reviews: [{ ...denial, comment: "\u001b[1A\u202eno" }] },
      77,
      'the request was denied by bob: "\\u{1b}[1A\\u{202e}no"',
    ],
    ["when somebody else has cancelled it", { status: "cancelled" }, 77, "the request was cancelled"],
    ["when it was revoked at once", { status: "revoked", activatedAt: at, expiresAt: at }, 77, "access was revoked"],
    [
      "when access has already ended",
      { status: "expired", activatedAt: at, expiresAt: at },
      77,
      "access ended at 2026-03-01 12:05 UTC",
    ],
    [
      "when nobody has reviewed it in time",
      { status: "expired" },
      75,
      "nobody has completed the review by 2026-03-01 13:00 UTC, so the request has expired",
    ],
  ])("%s", async (_, end, exitCode, message) => {
    const { done } = waiting([requestOf(end)]);
    await expect(done).rejects.toMatchObject({ message, exitCode });
  });
});

describe("waiting ends, and the request stays,", () => {
  test("when credentials are not taken any more", async () => {
    const { done, shown, calls, context } = waiting([problem("invalid-signature")]);
    expect(failureOf(await done.catch((error: unknown) => error), context)).toMatchObject({ exitCode: 77 });
    expect(calls.map(({ name }) => name)).toEqual(["getAccessRequest"]);
    expect(shown).toContain("note: the request stays pending; to cancel it: latchkey cancel ar-0123");
  });

  test("when the network is still down a minute after the request's time", async () => {
    let now = start;
    const responses = Array.from({ length: 10 }, () => () => {
      now += 10 * 60_000;
      return networkDown();
    });
    const { done, calls, context } = waiting(responses, requestOf(), () => new Date(now));
    expect(failureOf(await done.catch((error: unknown) => error), context)).toMatchObject({ exitCode: 69 });
    expect(calls).toHaveLength(8);
  });
});

describe("Ctrl-C", () => {
  /** Pressed while the first response is awaited. */
  const interrupted = async (first: AccessRequest, ...answers: readonly unknown[]) => {
    const held = (signal: AbortSignal) => {
      world.interrupt();
      signal.throwIfAborted();
    };
    const world = waiting([held, ...answers], first);
    await expect(world.done).rejects.toBe(130);
    return world;
  };

  test("takes the request back, and says so", async () => {
    const { calls, shown } = await interrupted(requestOf(), requestOf({ status: "cancelled" }));
    expect(calls.at(-1)).toEqual({ name: "cancelAccessRequest", input: { id: "ar-0123" } });
    expect(shown.at(-1)).toBe("note: the request is cancelled");
  });

  test("leaves a request that was there before", async () => {
    const { calls, shown } = await interrupted(requestOf({ isPreexisting: true }));
    expect(calls.map(({ name }) => name)).toEqual(["getAccessRequest"]);
    expect(shown.at(-1)).toMatch(/existed before and stays pending; to cancel it: latchkey cancel ar-0123/);
  });

  test("that comes too late says how to give access back", async () => {
    const late = problem("request-not-pending");
    const { shown } = await interrupted(requestOf(), late);
    expect(shown.at(-1)).toMatch(
      /was reviewed just before; if it was approved, end access with: latchkey revoke ar-0123/,
    );
  });

  test("without a network says how to try again", async () => {
    const { shown } = await interrupted(requestOf(), networkDown());
    expect(shown.at(-1)).toMatch(/could not be cancelled; try again: latchkey cancel ar-0123/);
  });
});

describe("access is given", () => {
  test("to a request that is active from the start, without a call", async () => {
    const { done, calls } = waiting([], activeRequest);
    expect(await done).toEqual(activeRequest);
    expect(calls).toEqual([]);
  });

  test("after the last approval, and each change is shown once", async () => {
    const approval = { reviewer: "bob", decision: "approve" as const, at };
    const half = { requirements: { approvals: 2, reason: true } };
    const { done, shown, calls } = waiting(
      [requestOf(half), requestOf({ ...half, reviews: [approval], updatedAt: at }), activeRequest],
      requestOf(half),
    );
    expect((await done).status).toBe("active");
    expect(shown).toEqual([
      "progress: Waiting for 2 approvals",
      "progress: Approved by bob. Waiting for 1 more approval",
    ]);
    const since = (time: string) => ({ name: "getAccessRequest", input: { id: "ar-0123", wait: 25, since: time } });
    const { createdAt } = requestOf();
    expect(calls).toEqual([since(createdAt), since(createdAt), since(at)]);
  });

  test("after the time that Retry-After names", async () => {
    const { done, pauses } = waiting([throttled, activeRequest]);
    expect((await done).status).toBe("active");
    expect(pauses).toEqual([20_000]);
  });

  test("after faults of the network and of AWS, each waited for longer", async () => {
    const busy = problem("throttled");
    const down = problem("upstream-unavailable");
    const { done, pauses, shown } = waiting([networkDown(), busy, down, busy, busy, busy, requestOf(), activeRequest]);
    expect((await done).status).toBe("active");
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 1000]);
    expect(shown[1]).toBe("progress: Waiting for 1 approval. Latchkey does not respond, trying again");
    expect(shown[2]).toBe("progress: Waiting for 1 approval");
  });
});
