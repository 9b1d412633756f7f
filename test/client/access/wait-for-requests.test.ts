import { describe, expect, test } from "@jest/globals";
import { waitForRequests } from "../../../client/access/wait-for-requests.ts";
import { problemOf } from "../../../contract/problem.ts";
import { ApiProblem, LoginError, NetworkError } from "../../../sdk/errors.ts";
import type { AccessRequest } from "../../../sdk/types.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { requestOf } from "./sample-request.ts";

/** Looks until the responses end, which Ctrl-C does then; pauses take no time but are noted. */
async function waiting(looks: readonly (readonly string[] | Error)[], limit = Number.POSITIVE_INFINITY) {
  const { context, shown, interrupt } = scriptedWorld({});
  const [left, pauses, found] = [[...looks], [] as number[], [] as string[][]];
  const end = await waitForRequests(context, {
    limit,
    read: async () => {
      const look = left.shift() ?? [];
      if (look instanceof Error) throw look;
      return look.map((id): AccessRequest => requestOf({ id }));
    },
    show: (requests) => found.push(requests.map(({ id }) => id)),
    pause: async (milliseconds, signal) => {
      pauses.push(milliseconds);
      if (left.length === 0) interrupt();
      signal?.throwIfAborted();
    },
  }).catch((error: unknown) => error);
  return { end, found, pauses, shown };
}

const network = new NetworkError("ECONNRESET", "api.example.com");
const throttled = (retryAfter?: number) => new ApiProblem(problemOf("throttled", "r-1"), undefined, retryAfter);
const denied = new ApiProblem(problemOf("invalid-signature", "r-1"));

test("each request is shown once, oldest first, until Ctrl-C", async () => {
  const { end, found, shown } = await waiting([["b", "a"], ["b", "a"], ["c", "b"], [], ["d", "a"]]);
  expect({ end, found }).toEqual({ end: 130, found: [["a", "b"], ["c"], ["d"]] });
  expect(shown).toEqual(["progress: Waiting for requests to review"]);
});

test.each([
  [1, [["a"]]],
  [3, [["a", "b"], ["c"]]],
])("it ends after --limit requests: %d", async (limit, expected) => {
  const { end, found } = await waiting([[], ["b", "a"], ["d", "c", "b"], ["e"]], limit);
  expect({ end, found }).toEqual({ end: undefined, found: expected });
});

describe("the API is asked", () => {
  test.each<[string, (readonly string[] | Error)[], number[]]>([
    ["every five seconds", [[], []], [5000, 5000]],
    [
      "less and less while it fails, and as before then",
      [[], network, network, network, network, network, []],
      [5000, 5000, 5000, 5000, 8000, 15_000, 5000],
    ],
    ["after the time that Retry-After names", [[], throttled(40), []], [5000, 40_000, 5000]],
    [
      "again while the OpenID provider is down",
      [[], new LoginError("provider-unreachable", "down"), []],
      [5000, 5000, 5000],
    ],
  ])("%s", async (_, looks, pauses) => {
    expect(await waiting(looks)).toMatchObject({ end: 130, pauses });
  });

  test.each<[string, (readonly string[] | Error)[], Error]>([
    ["if its first response fails", [network], network],
    ["when the credentials are not valid any more", [[], denied], denied],
    [
      "when somebody has to sign in again",
      [[], new LoginError("sign-in-required", "ended")],
      new LoginError("sign-in-required", "ended"),
    ],
  ])("no more %s", async (_, looks, error) => {
    expect((await waiting(looks)).end).toEqual(error);
  });
});
