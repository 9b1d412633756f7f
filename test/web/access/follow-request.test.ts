import { describe, expect, test } from "@jest/globals";
import { problemOf } from "../../../contract/problem.ts";
import { ApiProblem, NetworkError } from "../../../sdk/errors.ts";
import type { Latchkey } from "../../../sdk/latchkey.ts";
import type { AccessRequest } from "../../../sdk/types.ts";
import { followRequest } from "../../../web/access/follow-request.ts";
import { loadRequests } from "../../../web/access/load-requests.ts";
import { sendReview } from "../../../web/access/send-review.ts";
import { activeRequest, sampleExtension, sampleRequest } from "./sample-request.ts";

/** An API that responds with these, one after the other, and keeps what it was asked. */
function apiWith(...responses: readonly unknown[]) {
  const left = [...responses];
  const asked: unknown[] = [];
  const call = async (name: string, input: unknown) => {
    asked.push([name, input]);
    const response = left.shift();
    if (response === undefined) throw new Error("it was asked too often");
    if (response instanceof Error) throw response;
    return response;
  };
  return { asked, api: { call } as unknown as Pick<Latchkey, "call"> };
}

/** Follows a request without waiting. */
async function follow(first: AccessRequest, ...responses: readonly unknown[]) {
  const { api, asked } = apiWith(...responses);
  const updates: unknown[] = [];
  const pauses: number[] = [];
  const { signal } = new AbortController();
  const run = followRequest(api, first, {
    signal,
    onUpdate: ({ status }, failures) => updates.push([status, failures]),
    pause: async (milliseconds) => {
      if (pauses.push(milliseconds) > 10) throw new Error("it goes on and on");
    },
  });
  return { run, asked, updates, pauses };
}

const ended = activeRequest({ status: "revoked" });
const longPoll = ["getAccessRequest", { id: "ar-1", wait: 25, since: "2026-03-01T12:00:00.000Z" }];
const look = ["getAccessRequest", { id: "ar-1" }];

describe("an access request is followed", () => {
  test("not once it has ended", async () => {
    const { run, asked } = await follow(ended);
    await run;
    expect(asked).toEqual([]);
  });

  test("by long polls while a review is awaited, then by a look now and then", async () => {
    const { run, asked, updates, pauses } = await follow(sampleRequest(), sampleRequest(), activeRequest(), ended);
    await run;
    expect(asked).toEqual([longPoll, longPoll, look]);
    expect(updates).toEqual([
      ["pending", 0],
      ["active", 0],
      ["revoked", 0],
    ]);
    expect(pauses).toEqual([1000, 15_000]);
  });

  test("by long polls while an extension is awaited", async () => {
    const { run, asked } = await follow(activeRequest({ extension: sampleExtension() }), ended);
    await run;
    expect(asked).toEqual([longPoll]);
  });

  test("through failures of the network, ever more slowly", async () => {
    const failure = new NetworkError("FETCH_FAILED", "api");
    const { run, updates, pauses } = await follow(sampleRequest(), failure, failure, failure, ended);
    await run;
    expect(updates).toEqual([
      ["pending", 1],
      ["pending", 2],
      ["pending", 3],
      ["revoked", 0],
    ]);
    expect(pauses).toEqual([1000, 2000, 4000]);
  });

  test("no further if the API refuses", async () => {
    const refusal = new ApiProblem(problemOf("access-request-not-found", "1"));
    const { run } = await follow(sampleRequest(), refusal);
    await expect(run).rejects.toBe(refusal);
  });
});

describe("a review", () => {
  const approval = { decision: "approve" } as const;

  test.each([
    ["more time was asked for", activeRequest(), activeRequest({ extension: sampleExtension() })],
    [
      "other time was asked for",
      activeRequest({ extension: sampleExtension() }),
      activeRequest({ extension: sampleExtension({ id: "ex-2" }) }),
    ],
  ])("is not sent if %s meanwhile", async (_, shown, now) => {
    const { api, asked } = apiWith(now);
    await expect(sendReview(api, shown, approval)).resolves.toEqual({ isReviewed: false, request: now });
    expect(asked).toEqual([look]);
  });

  test("is sent of what was shown", async () => {
    const { api, asked } = apiWith(sampleRequest(), activeRequest());
    const sent = await sendReview(api, sampleRequest(), approval);
    expect(sent).toEqual({ isReviewed: true, request: activeRequest() });
    expect(asked.at(-1)).toEqual(["reviewAccessRequest", { id: "ar-1", ...approval }]);
  });
});

describe("a list", () => {
  const page = (id: string) => ({ items: [sampleRequest({ id })], nextCursor: `after-${id}` });
  const { signal } = new AbortController();

  test("has all that is open, however old, beside the newest", async () => {
    const { api, asked } = apiWith(page("newest"), page("active"), page("pending"), page("scheduled"));
    const { requests, nextCursor } = await loadRequests(api, { subject: "alice" }, signal);
    expect(requests.map(({ id }) => id)).toEqual(["newest", "active", "pending", "scheduled"]);
    expect(nextCursor).toBe("after-newest");
    expect(asked.map((each) => (each as [string, { status?: string }])[1].status)).toEqual([
      ...[undefined, "active", "pending", "scheduled"],
    ]);
  });

  test("of one status has that alone", async () => {
    const { api, asked } = apiWith(page("denied"));
    await loadRequests(api, { subject: undefined, status: "denied", instanceId: "i-1" }, signal);
    const filter = { status: "denied", instanceId: "i-1", subject: undefined, limit: 100 };
    expect(asked).toEqual([["listAccessRequests", filter]]);
  });
});
