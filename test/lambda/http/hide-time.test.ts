import { describe, expect, test } from "@jest/globals";
import { apiFunction } from "../../../lambda/http/api-function.ts";
import { Problem } from "../../../lambda/shared/problem.ts";
import { captureLog } from "../../support/captured-log.ts";
import { aliceArn, authenticate, lambdaContext, restEvent } from "../../support/rest-event.ts";

captureLog();

interface Request {
  /** Milliseconds that the request's own work takes. */
  readonly work: number;
  readonly fault?: Problem;
  /** Whether the request names an instance that the caller does not see. */
  readonly unseen?: boolean;
  readonly hidesTime?: boolean;
  /** Milliseconds by which the first timer fires early. */
  readonly early?: number;
}

/** Sends a request at an odd moment. @returns its status, and the milliseconds until it was answered. */
async function timeOf({ work, fault, unseen = false, hidesTime = true, early = 0 }: Request) {
  const start = 123_456.7;
  let now = start;
  let hurry = early;
  const handler = apiFunction(
    {
      whoAmI: async ({ caller, context }) => {
        now += work;
        context.note({ unseen });
        if (fault) throw fault;
        return caller;
      },
    },
    {
      authenticate,
      hidesTime,
      timer: {
        now: () => now,
        async sleep(milliseconds) {
          now += milliseconds - hurry;
          hurry = 0;
        },
      },
    },
  );
  const { statusCode } = await handler(restEvent({ resource: "/v1/whoami", userArn: aliceArn }), lambdaContext());
  return [statusCode, Math.floor(now - start)];
}

describe("a 404 about something unseen is held back to a multiple of 500 ms after the request's start", () => {
  test.each([
    ["an instance that was looked for next door", "instance-not-found", 41, 500],
    ["one that was looked for far away", "instance-not-found", 499, 500],
    ["one that was looked for in more than one step", "instance-not-found", 501, 1000],
    ["an access request", "access-request-not-found", 7, 500],
    ["one that is in time by itself", "instance-not-found", 1000, 1000],
  ] as const)("%s", async (_, code, work, until) => {
    expect(await timeOf({ work, fault: new Problem(code) })).toEqual([404, until]);
  });

  test.each<[sentence: string, fault: Problem | undefined, status: number]>([
    ["a list about an instance that is not seen", undefined, 200],
    ["a refusal that names one", new Problem("access-denied"), 403],
  ])("%s too, which is no 404", async (_, fault, status) => {
    const request = { work: 41, unseen: true, ...(fault && { fault }) };
    expect(await timeOf(request)).toEqual([status, 500]);
    expect(await timeOf({ ...request, hidesTime: false })).toEqual([status, 41]);
  });

  test("although a timer fires early", async () => {
    expect(await timeOf({ work: 41, fault: new Problem("instance-not-found"), early: 3 })).toEqual([404, 500]);
  });
});

describe("no other response waits", () => {
  test.each<[sentence: string, Request, status: number]>([
    ["with one target", { work: 41, fault: new Problem("instance-not-found"), hidesTime: false }, 404],
    ["if it succeeds", { work: 41 }, 200],
    ["if the caller sees the instance", { work: 41, fault: new Problem("access-denied") }, 403],
    ["if AWS has a fault", { work: 41, fault: new Problem("upstream-unavailable") }, 503],
    ["about a path that is unknown", { work: 41, fault: new Problem("not-found") }, 404],
  ])("%s", async (_, request, status) => {
    expect(await timeOf(request)).toEqual([status, 41]);
  });
});
