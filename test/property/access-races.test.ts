import { describe, expect, test } from "@jest/globals";
import { startQuickTable } from "../support/attended-table.ts";
import { check } from "./access-check.ts";
import { eventsOf } from "./access-events.ts";
import type { History, InjectedFault, Operation, Team, Who } from "./access-history.ts";
import { type Performed, perform } from "./perform-history.ts";

// Concurrent operations on one access request, in every order of their first calls, and a crash after each call.

const table = startQuickTable();

const request = (accessTarget: number, who: Who, startsIn?: number): Operation => ({
  does: "request",
  who,
  accessTarget,
  seconds: 60,
  breakGlass: false,
  startsIn,
});
const emergency = (fault?: InjectedFault): Operation => ({
  ...{ does: "request", who: "bob", accessTarget: 2, seconds: 60, breakGlass: true, fault },
});
const approval = (accessTarget: number, who: Who): Operation => ({
  does: "review",
  who,
  accessTarget,
  back: 0,
  decision: "approve",
});
const denial = (accessTarget: number, who: Who): Operation => ({
  does: "review",
  who,
  accessTarget,
  back: 0,
  decision: "deny",
});
const forgetful = (accessTarget: number, who: Who): Operation => ({
  does: "review, unchecked",
  who,
  accessTarget,
  back: 0,
});
const cancel = (accessTarget: number, who: Who): Operation => ({ does: "cancel", who, accessTarget, back: 0 });
const revoke = (accessTarget: number, who: Who): Operation => ({ does: "revoke", who, accessTarget, back: 0 });
const extend = (accessTarget: number, who: Who, seconds = 60, fault?: InjectedFault): Operation => ({
  ...{ does: "extend", who, accessTarget, back: 0, seconds, fault },
});
const wait = (time: number): Operation => ({ does: "wait", time });
const connect = (accessTarget: number, who: Who): Operation => ({ does: "connect", who, accessTarget, failures: 0 });

const sweep = (accessTarget: number): Operation => ({ does: "expire", accessTarget, back: 0 });

const suspension = (other: Who): Operation => ({ does: "suspend", who: "erin", other, isSuspended: true });

const onProd = [[request(0, "alice")]];
const asRoot = [[request(1, "alice")]];
const active = [...onProd, [approval(0, "bob")]];
/** For eight hours. */
const long = [[{ ...request(0, "alice"), seconds: 28_800 } as const], [approval(0, "bob")]];
/** From the next minute, for an hour, of which the first approval leaves five seconds. */
const plannedAsRoot = [
  [{ ...request(1, "alice", 60), seconds: 3600 } as const],
  [{ ...approval(1, "bob"), shortened: 5 } as const],
];
const extending = [...active, [extend(0, "alice")]];
const tag = (team: Team): Operation => ({ does: "tag", team });
/** Of all of prod, and of a team. */
const [everywhere, team] = [4, 6];
const activeByTags = [[request(everywhere, "alice")], [approval(everywhere, "bob")]];
/** Access that starts in a minute, of an instance and of tags. */
const planned = [[request(0, "alice", 60)], [approval(0, "bob")]];
const plannedByTags = [[request(everywhere, "alice", 60)], [approval(everywhere, "bob")]];
/** The last moment before its start. */
const almost = [wait(59_999)];
const extendedByTags = [...activeByTags, [extend(everywhere, "alice")], [approval(everywhere, "erin")]];

/** The operations before, the concurrent ones, an event type, and how many events of it there may be. */
const races: Readonly<
  Record<string, readonly [readonly Operation[][], readonly Operation[], string, readonly number[]]>
> = {
  "reviews of active access by code without any rule": [
    active,
    [forgetful(0, "erin"), forgetful(0, "frank")],
    "review.submitted",
    [1],
  ],
  "reviews of ended access for tags by code without any rule": [
    [...activeByTags, [revoke(everywhere, "alice")]],
    [forgetful(everywhere, "erin"), forgetful(everywhere, "frank")],
    "review.submitted",
    [1],
  ],
  "two reviews by one reviewer": [asRoot, [approval(1, "bob"), approval(1, "bob")], "review.submitted", [1]],
  "a review, and one by the same reviewer by code without any rule": [
    asRoot,
    [approval(1, "bob"), forgetful(1, "bob")],
    "review.submitted",
    [1],
  ],
  "two approvals of a request that needs one": [
    onProd,
    [approval(0, "bob"), approval(0, "erin")],
    "access-request.activated",
    [1],
  ],
  "two approvals of a request that needs two": [
    asRoot,
    [approval(1, "bob"), approval(1, "erin")],
    "access-request.activated",
    [1],
  ],
  "an approval and a denial": [onProd, [approval(0, "bob"), denial(0, "erin")], "access-request.activated", [0, 1]],
  "an approval and a cancellation": [
    onProd,
    [approval(0, "bob"), cancel(0, "alice")],
    "access-request.activated",
    [0, 1],
  ],
  "two requests": [[], [request(0, "alice"), request(0, "alice")], "access-request.created", [1]],
  "two requests after one that was revoked": [
    [...active, [revoke(0, "bob")]],
    [request(0, "alice"), request(0, "alice")],
    "access-request.created",
    [2],
  ],
  "break-glass and an approval": [
    [[request(2, "bob")]],
    [emergency(), approval(2, "erin")],
    "access-request.activated",
    [1],
  ],
  "the subject's own request and an approval of the bot's": [
    [[request(0, "chatbot")]],
    [request(0, "alice"), approval(0, "bob")],
    "access-request.cancelled",
    [0, 1],
  ],
  "two extensions": [active, [extend(0, "alice"), extend(0, "alice")], "access-request.extension-requested", [1]],
  "an approval of an extension, and a revoke": [
    extending,
    [approval(0, "bob"), revoke(0, "erin")],
    "access-request.extended",
    [0, 1],
  ],
  "two approvals of an extension that needs one": [
    extending,
    [approval(0, "bob"), approval(0, "erin")],
    "access-request.extended",
    [1],
  ],
  "a review of an extension, and one by the same reviewer by code without any rule": [
    [...asRoot, [approval(1, "bob")], [approval(1, "erin")], [extend(1, "alice")]],
    [approval(1, "bob"), forgetful(1, "bob")],
    "review.submitted",
    [3],
  ],
  "a review of an extension by code without any rule, and the end of its time": [
    [...long, [extend(0, "alice")], [wait(3_600_000)]],
    [forgetful(0, "erin"), forgetful(0, "frank")],
    "review.submitted",
    [1],
  ],
  "a review of an extension by code without any rule, for who asked for it": [
    [...active, [extend(0, "chatbot")]],
    [forgetful(0, "chatbot"), forgetful(0, "alice")],
    "review.submitted",
    [1],
  ],
  "a further approval of access for tags by code without any rule, for who asked for its extension": [
    [...activeByTags, [extend(everywhere, "chatbot")], [approval(everywhere, "bob")]],
    [forgetful(everywhere, "chatbot"), forgetful(everywhere, "alice")],
    "review.submitted",
    [2],
  ],
  "an extension whose response is lost, and a review of it": [
    active,
    [extend(0, "alice", 60, { call: 3, kind: "response lost" }), forgetful(0, "erin")],
    "access-request.extension-requested",
    [1],
  ],
  "the last approval of scheduled access that an earlier one has shortened, once it would be over": [
    [...plannedAsRoot, [wait(65_001)]],
    [approval(1, "erin"), forgetful(1, "bob")],
    "access-request.activated",
    [0],
  ],
  "a connection and an approval of an extension": [
    extending,
    [connect(0, "alice"), approval(0, "bob")],
    "access-request.extended",
    [1],
  ],
  "requests for the same tags by the subject and by a bot": [
    [],
    [request(everywhere, "alice"), request(everywhere, "chatbot")],
    "access-request.created",
    [1, 2],
  ],
  "further approvals of access for tags, of which it takes one": [
    activeByTags,
    [approval(everywhere, "erin"), approval(everywhere, "frank")],
    "review.submitted",
    [2],
  ],
  "a further approval of access for tags that was extended, and a revoke": [
    extendedByTags,
    [approval(everywhere, "bob"), revoke(everywhere, "alice")],
    "review.submitted",
    [2, 3],
  ],
  "reviews by both identities of an integration": [
    [[request(team, "alice")]],
    [approval(team, "roster"), approval(team, "roster by the other door")],
    "review.submitted",
    [1],
  ],
  "connections to an instance that has lost the tag of its access": [
    [[request(team, "alice")], [approval(team, "bob")], [tag(undefined)]],
    [connect(team, "alice"), connect(team, "alice")],
    "connection.pushed",
    [0],
  ],
  "a scheduled request and one for at once": [
    [],
    [request(0, "alice", 60), request(0, "alice")],
    "access-request.created",
    [2],
  ],
  "two scheduled requests": [[], [request(0, "alice", 60), request(0, "alice", 60)], "access-request.created", [1]],
  "a connection and the start of its access": [
    [...planned, almost],
    [connect(0, "alice"), wait(1)],
    "connection.pushed",
    [0, 1],
  ],
  "a connection by tags and the start of its access": [
    [...plannedByTags, almost],
    [connect(everywhere, "alice"), wait(1)],
    "connection.pushed",
    [0, 1],
  ],
  "a cancellation and the start of access": [
    [...planned, almost],
    [cancel(0, "alice"), wait(1)],
    "access-request.cancelled",
    [0, 1],
  ],
  "an extension and the start of access": [
    [...planned, almost],
    [extend(0, "alice"), wait(1)],
    "access-request.extension-requested",
    [0, 1],
  ],
  "two sweeps after the start of access": [
    [...planned, [wait(60_000)]],
    [sweep(0), sweep(0)],
    "access-request.activated",
    [1],
  ],
  "a sweep and a revoke after the start of access": [
    [...planned, [wait(60_000)]],
    [sweep(0), revoke(0, "bob")],
    "access-request.activated",
    [1],
  ],
  "an approval of scheduled access and its start": [
    [[request(0, "alice", 60)], almost],
    [approval(0, "bob"), wait(1)],
    "access-request.scheduled",
    [0, 1],
  ],
  "a review by code without any rule and the start of access for tags": [
    [...plannedByTags, almost],
    [forgetful(everywhere, "erin"), wait(1)],
    "access-request.activated",
    [0],
  ],
  "two revokes": [active, [revoke(0, "alice"), revoke(0, "bob")], "access-request.revoked", [1]],
  // Both are rounded up to whole five seconds: in between begins the next of them.
  "two connections while time passes": [
    [...active, [wait(2000)]],
    [connect(0, "alice"), wait(3000), connect(0, "alice")],
    "access-request.activated",
    [1],
  ],
  "a connection and a revoke": [active, [connect(0, "alice"), revoke(0, "bob")], "access-request.revoked", [1]],
  "a connection, and a request whose response is lost": [
    [],
    [connect(2, "bob"), emergency({ call: 3, kind: "response lost" })],
    "access-request.created",
    [1],
  ],
  "a connection and the suspension of its caller": [
    active,
    [suspension("alice"), connect(0, "alice")],
    "connection.pushed",
    [0, 1],
  ],
  "the last approval and the suspension of the first reviewer": [
    [...asRoot, [approval(1, "bob")]],
    [suspension("bob"), approval(1, "erin")],
    "access-request.activated",
    [0, 1],
  ],
};

/** How many choices decide which of two operations continues. Then the one chosen last does, to its end. */
const mostChoices = process.env["LATCHKEY_FUZZ"] ? 8 : 3;

/** The order to try after one with this many choices, or undefined after the last. */
function nextOrder(order: readonly number[], choicesMade: number): readonly number[] | undefined {
  const made = Array.from({ length: Math.min(choicesMade, mostChoices) }, (_, index) => order[index] ?? 0);
  const last = made.lastIndexOf(0);
  return last < 0 ? undefined : made.map((choice, index) => (index < last ? choice : Number(index === last)));
}

describe("the model holds in every order of the calls of", () => {
  test.each(Object.entries(races))("%s", async (_, [before, meeting, type, expected]) => {
    const seen = new Set<number>();
    for (let order: readonly number[] | undefined = []; order; ) {
      const made = [...order, ...Array<number>(mostChoices - order.length).fill(0)];
      const choices = [...made, ...Array<number>(50).fill(made.at(-1) ?? 0)];
      const performed: Performed = await run({ batches: [...before, meeting], choices });
      seen.add(timesOf(performed, type));
      order = nextOrder(order, performed.choicesMade);
    }
    expect([...seen].sort()).toEqual(expected);
  });
});

/** The operations before, the one that crashes, those of which one follows, an event type, and how often it is emitted. */
const crashes: Readonly<
  Record<string, readonly [readonly Operation[][], Operation, readonly Operation[], string, readonly number[]]>
> = {
  "the first request": [[], request(0, "alice"), [request(0, "alice")], "access-request.created", [1]],
  "a request after one that was cancelled": [
    [...onProd, [cancel(0, "alice")]],
    request(0, "alice"),
    [request(0, "alice")],
    "access-request.created",
    [2],
  ],
  "a request after one that has expired": [
    [...active, [wait(60_000)]],
    request(0, "alice"),
    [request(0, "alice")],
    "access-request.expired",
    [1],
  ],
  "break-glass while a request is pending": [
    [[request(2, "bob")]],
    emergency(),
    [emergency()],
    "access-request.activated",
    [1],
  ],
  "the subject's own request while a bot's is pending": [
    [[request(0, "chatbot")]],
    request(0, "alice"),
    [request(0, "alice")],
    "access-request.cancelled",
    [1],
  ],
  "the first of two approvals": [asRoot, approval(1, "bob"), [approval(1, "bob")], "review.submitted", [1]],
  "the approval that completes": [
    onProd,
    approval(0, "bob"),
    [approval(0, "bob"), approval(0, "erin")],
    "access-request.activated",
    [1],
  ],
  "a denial": [onProd, denial(0, "bob"), [denial(0, "bob"), denial(0, "erin")], "access-request.denied", [1]],
  "a cancellation": [
    [[request(0, "chatbot")]],
    cancel(0, "alice"),
    [cancel(0, "alice"), cancel(0, "chatbot")],
    "access-request.cancelled",
    [1],
  ],
  "a revoke": [
    active,
    revoke(0, "alice"),
    [revoke(0, "alice"), revoke(0, "bob"), revoke(0, "erin")],
    "access-request.revoked",
    [1],
  ],
  "a suspension": [active, suspension("chatbot"), [suspension("chatbot")], "caller.suspended", [1]],
  "the end of access that a suspension has ended": [
    [...active, [suspension("bob")]],
    { does: "end suspended", accessTarget: 0, back: 0 },
    [{ does: "end suspended", accessTarget: 0, back: 0 }],
    "access-request.revoked",
    [1],
  ],
  "an extension": [active, extend(0, "alice"), [extend(0, "alice")], "access-request.extension-requested", [1]],
  "the end of access whose extension was asked for by a bot that is suspended": [
    [...active, [extend(0, "chatbot")], [approval(0, "erin")], [suspension("chatbot")]],
    { does: "end suspended", accessTarget: 0, back: 0 },
    [{ does: "end suspended", accessTarget: 0, back: 0 }],
    "access-request.revoked",
    [1],
  ],
  "an extension after one that nobody has decided in time": [
    [...long, [extend(0, "alice")], [wait(3_600_000)]],
    extend(0, "alice"),
    [extend(0, "alice")],
    "access-request.extension-expired",
    [1],
  ],
  "the approval of an extension": [
    extending,
    approval(0, "bob"),
    [approval(0, "bob"), approval(0, "erin")],
    "access-request.extended",
    [1],
  ],
  "the denial of an extension": [
    extending,
    denial(0, "bob"),
    [denial(0, "bob")],
    "access-request.extension-denied",
    [1],
  ],
  "the cancellation of an extension": [
    extending,
    cancel(0, "alice"),
    [cancel(0, "alice")],
    "access-request.extension-cancelled",
    [1],
  ],
  "a request for tags": [
    [],
    request(everywhere, "alice"),
    [request(everywhere, "alice")],
    "access-request.created",
    [1],
  ],
  "a further approval of access for tags": [
    extendedByTags,
    approval(everywhere, "frank"),
    [approval(everywhere, "frank")],
    "review.submitted",
    [3],
  ],
  "the roster's approval": [
    [[request(team, "alice")]],
    approval(team, "roster"),
    [approval(team, "roster by the other door")],
    "access-request.activated",
    [1],
  ],
  "a scheduled request": [[], request(0, "alice", 60), [request(0, "alice", 60)], "access-request.created", [1]],
  "the approval that schedules": [
    [[request(0, "alice", 60)]],
    approval(0, "bob"),
    [approval(0, "bob"), approval(0, "erin")],
    "access-request.scheduled",
    [1],
  ],
  "the start of scheduled access": [
    [...planned, [wait(60_000)]],
    sweep(0),
    [sweep(0), extend(0, "alice")],
    "access-request.activated",
    [1],
  ],
  "the end of scheduled access": [[...planned, [wait(120_000)]], sweep(0), [sweep(0)], "access-request.activated", [1]],
  "a revoke of scheduled access": [
    planned,
    revoke(0, "alice"),
    [revoke(0, "alice"), revoke(0, "bob")],
    "access-request.revoked",
    [1],
  ],
  "the end of scheduled access that a suspension has ended": [
    [...planned, [suspension("bob")]],
    { does: "end suspended", accessTarget: 0, back: 0 },
    [{ does: "end suspended", accessTarget: 0, back: 0 }],
    "access-request.revoked",
    [1],
  ],
  // The second connection is one of its own.
  "a connection under scheduled access": [
    [...planned, [wait(60_000)]],
    connect(0, "alice"),
    [connect(0, "alice")],
    "connection.pushed",
    [1, 2],
  ],
  "a connection": [active, connect(0, "alice"), [connect(0, "alice")], "connection.pushed", [1, 2]],
};

/** Ends what is open, and requests again. */
const closing = (operation: Operation) => closingOf("accessTarget" in operation ? operation.accessTarget : 0);

const closingOf = (accessTarget: number): Operation[][] => [
  [denial(accessTarget, "frank")],
  [revoke(accessTarget, "erin")],
  [request(accessTarget, accessTarget === 2 ? "bob" : "alice")],
];

const crashCases = Object.entries(crashes).flatMap(([name, [before, operation, nexts, type, expected]]) =>
  nexts.map((next) => {
    const who = "who" in next ? next.who : "nobody";
    return [name, who, { before, operation, next, type, expected }] as const;
  }),
);

describe("nothing is repeated, lost or blocked by a crash after any call to the table", () => {
  test.each(crashCases)("in %s, followed by the same of %s", async (_, _who, { before, operation, next, ...given }) => {
    if (operation.does === "wait") throw new Error("Waiting makes no calls");
    const seen = new Set<number>();
    for (let call = 1, hasCrashed = true; hasCrashed; call += 1) {
      // A crash before a call leaves what a crash after the call before it leaves.
      const crashing = { ...operation, fault: { call, kind: "crash after" } as const };
      const batches = [...before, [crashing], [next], ...closing(operation)];
      const { calls, journal } = await run({ batches, choices: [] });
      const crashed = before.flat().length;
      hasCrashed = calls[crashed]?.result === undefined;
      expect(calls.at(-1)?.result).toMatchObject({ value: { status: "pending" } });
      seen.add(timesOf({ journal: journal.slice(0, calls[crashed + 2]?.journalBefore) }, given.type));
      expect(hasCrashed || call > 1).toBe(true);
    }
    expect([...seen].sort()).toEqual(given.expected);
  });
});

async function run(history: History): Promise<Performed> {
  const performed = await perform(table, history);
  check(performed);
  return performed;
}

function timesOf({ journal }: Pick<Performed, "journal">, type: string): number {
  const events = journal.flatMap((each) => (each.what === "wrote" ? eventsOf(each.item) : []));
  return new Set(events.filter((event) => event.type === `latchkey.${type}`).map(({ id }) => id)).size;
}
