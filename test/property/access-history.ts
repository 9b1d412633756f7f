import fc from "fast-check";
import type { Caller } from "../../contract/caller.ts";
import type { RequestQuotas } from "../../lambda/access/request-quota.ts";
import { callers } from "../support/access-world.ts";

/** By the roles of the sample policies, with a third person on call. Bob may also come under another role. */
export const people = { ...callers, frank: { ...callers.bob, id: "frank" } } as const satisfies Record<string, Caller>;

export type Who = keyof typeof people;

/** The machine that may review, under either id. */
export const roster = { name: "roster", identities: [callers.roster.id, callers["roster by the other door"].id] };

/**
 * What access is requested for: an instance, or all with these tags. Prod requires one approval or the roster's, and root two of
 * people; dev requires none.
 */
export const accessTargets: readonly {
  readonly subject: "alice" | "bob";
  readonly env: "prod" | "dev";
  readonly osUser: string;
  readonly tags?: Readonly<Record<string, string>>;
}[] = [
  { subject: "alice", env: "prod", osUser: "ec2-user" },
  { subject: "alice", env: "prod", osUser: "root" },
  { subject: "bob", env: "prod", osUser: "ec2-user" },
  { subject: "alice", env: "dev", osUser: "ec2-user" },
  { subject: "alice", env: "prod", osUser: "ec2-user", tags: { env: "prod" } },
  { subject: "alice", env: "prod", osUser: "root", tags: { env: "prod", team: "web" } },
  { subject: "alice", env: "prod", osUser: "ec2-user", tags: { env: "prod", team: "web" } },
];

/** A tag that the instance on prod has, loses or gets. Nobody reviews on an instance of `payments`. */
export type Team = "web" | "payments" | undefined;

/** A call whose response is lost, so that the SDK retries it, or before or after which its sender crashes. */
export interface InjectedFault {
  readonly call: number;
  readonly kind: "response lost" | "crash before" | "crash after";
}

interface OnTarget {
  /** Index in `accessTargets`. */
  readonly accessTarget: number;
  readonly fault?: InjectedFault | undefined;
}

interface Found extends OnTarget {
  /** 0: the newest request of the access target known when the batch starts, scheduled or not; 1: the one before. */
  readonly back: number;
}

interface OfRequest extends Found {
  readonly who: Who;
}

export type Operation =
  | (OnTarget & {
      readonly does: "request";
      readonly who: Who;
      readonly seconds: number;
      readonly breakGlass: boolean;
      /** Seconds until access is to start. Without it, access starts once it is approved. */
      readonly startsIn?: number | undefined;
    })
  /** `shortened`: the seconds that an approval shortens access to. */
  | (OfRequest & {
      readonly does: "review";
      readonly decision: "approve" | "deny";
      readonly shortened?: number | undefined;
    })
  /** A review by code without any rule: it writes an approval, and nothing else. */
  | (OfRequest & { readonly does: "review, unchecked" })
  | (OfRequest & { readonly does: "extend"; readonly seconds: number })
  | (OfRequest & { readonly does: "cancel" | "revoke" })
  | (Found & { readonly does: "expire" })
  | (Found & { readonly does: "end suspended" })
  | {
      readonly does: "suspend";
      readonly who: Who;
      readonly other: Who;
      readonly isSuspended: boolean;
      readonly fault?: InjectedFault | undefined;
    }
  | (OnTarget & { readonly does: "connect"; readonly who: Who; readonly failures: number })
  | { readonly does: "tag"; readonly team: Team }
  /** A person calls for something else, so that their groups are known. */
  | { readonly does: "call"; readonly who: Who; readonly fault?: InjectedFault | undefined }
  /** Milliseconds, or until just before, at or just after the next start or end of an open request. */
  | { readonly does: "wait"; readonly time: number | "almost" | "till the end" | "past the end" };

export interface History {
  /** The operations of a batch run together. */
  readonly batches: readonly (readonly Operation[])[];
  /** Left out: more than a history needs. */
  readonly quotas?: RequestQuotas | undefined;
  /** Who goes next, call by call. Without it, calls run concurrently. */
  readonly choices?: readonly number[];
}

/** Draws each value as often as its weight says. Counterexamples shrink to the first. */
const weighted = <Value>(...values: readonly (readonly [number, Value])[]) =>
  fc.constantFrom(...values.flatMap(([weight, value]) => Array.from({ length: weight }, () => value)));

/** Most of a history is about one access target; `main` stands for it until it is chosen. */
const accessTarget = weighted<number | "main">(
  ...([
    [14, "main"],
    [1, 0],
    [1, 1],
    [1, 2],
    [1, 3],
    [2, 4],
    [1, 5],
    [2, 6],
  ] as const),
);

/** `subject` stands for the subject of the access target. */
const asker = weighted<Who | "subject">([12, "subject"], [3, "chatbot"], [1, "dave"], [1, "carol"]);
const connector = weighted<Who | "subject">([14, "subject"], [1, "bob as Engineer"], [1, "carol"], [1, "chatbot"]);
const canceller = weighted<Who | "subject">([5, "subject"], [2, "chatbot"], [1, "erin"]);
const revoker = weighted<Who | "subject">([5, "subject"], [3, "bob"], [3, "erin"], [1, "dave"], [1, "chatbot"]);
const reviewer = weighted<Who | "subject">(
  ...([
    [8, "bob"],
    [8, "erin"],
    [6, "frank"],
    [4, "roster"],
    [1, "roster by the other door"],
    [1, "subject"],
  ] as const),
  ...([
    [1, "chatbot"],
    [1, "bob as Engineer"],
    [1, "dave"],
    [1, "carol"],
  ] as const),
);
const back = weighted([8, 0], [1, 1]);
/** Everybody whom they suspend has something to lose: a subject, a reviewer, or the bot that asks. */
const suspender = weighted<Who>([6, "erin"], [3, "frank"], [1, "bob"], [1, "dave"]);
const suspended = weighted<Who>(
  ...([
    [4, "alice"],
    [4, "bob"],
    [2, "chatbot"],
    [4, "frank"],
    [1, "erin"],
    [2, "roster"],
  ] as const),
);

const fault = fc.oneof(
  { withCrossShrink: true },
  { weight: 9, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.record({
      call: fc.integer({ min: 1, max: 5 }),
      kind: weighted<InjectedFault["kind"]>([2, "response lost"], [1, "crash before"], [1, "crash after"]),
    }),
  },
);

const does = <Name extends Operation["does"]>(name: Name) => fc.constant(name);

const seconds = weighted([4, 3600], [2, 1], [2, 6], [1, 28_800], [1, 28_801]);
const request = fc.record({
  does: does("request"),
  who: asker,
  accessTarget,
  seconds,
  breakGlass: fc.boolean(),
  startsIn: weighted<number | undefined>(
    ...([
      [8, undefined],
      [4, 60],
      [2, 61],
      [1, 59],
    ] as const),
    ...([
      [1, 7200],
      [1, 86_400],
    ] as const),
  ),
  fault,
});
const connect = fc.record({
  does: does("connect"),
  who: connector,
  accessTarget,
  failures: weighted([4, 0], [1, 1], [1, 2]),
  fault,
});
const about = { accessTarget, back, fault };
const operation = fc.oneof(
  { withCrossShrink: true },
  // Nothing, so that a counterexample shrinks to the operations it needs.
  { weight: 1, arbitrary: fc.constant(undefined) },
  {
    weight: 10,
    arbitrary: fc.record({
      does: does("review"),
      who: reviewer,
      ...about,
      decision: weighted<"approve" | "deny">([7, "approve"], [1, "deny"]),
      shortened: weighted<number | undefined>([6, undefined], [2, 60], [1, 5], [1, 3601]),
    }),
  },
  { weight: 7, arbitrary: connect },
  { weight: 4, arbitrary: request },
  { weight: 5, arbitrary: fc.record({ does: does("revoke"), who: revoker, ...about }) },
  {
    weight: 5,
    arbitrary: fc.record({
      does: does("extend"),
      who: asker,
      ...about,
      seconds: weighted([4, 60], [2, 6], [2, 28_800], [1, 28_801]),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: does("cancel"), who: canceller, ...about }) },
  { weight: 2, arbitrary: fc.record({ does: does("expire"), ...about }) },
  { weight: 2, arbitrary: fc.record({ does: does("end suspended"), ...about }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: does("suspend"),
      who: suspender,
      other: suspended,
      isSuspended: weighted([2, true], [1, false]),
      fault,
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: does("review, unchecked"), who: reviewer, ...about }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: does("tag"), team: weighted<Team>([2, "web"], [2, "payments"], [2, undefined]) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: does("call"),
      who: weighted<Who>([2, "bob as Engineer"], [2, "bob"], [1, "erin"]),
      fault,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: does("wait"),
      time: weighted<number | "almost" | "till the end" | "past the end">(
        ...([
          [3, 1],
          [3, 1000],
          [3, 5001],
          [1, 5000],
        ] as const),
        ...([
          [2, "till the end"],
          [2, "almost"],
          [1, "past the end"],
        ] as const),
      ),
    }),
  },
);

type Drawn = typeof operation extends fc.Arbitrary<infer Value> ? Exclude<Value, undefined> : never;

const approvals = (["frank", "erin"] as const).map((who): Drawn => {
  const given = { decision: "approve", shortened: undefined, fault: undefined } as const;
  return { does: "review", who, accessTarget: "main", back: 0, ...given };
});
const start: readonly Drawn[] = [{ does: "wait", time: "till the end" }];
const extension: Drawn = {
  ...{ does: "extend", who: "subject", accessTarget: "main", back: 0, seconds: 60, fault: undefined },
};
const suspending = (isSuspended: boolean): readonly Drawn[] => [
  { does: "suspend", who: "erin", other: "frank", isSuspended, fault: undefined },
];

/** What comes between the first request and the rest: most of what is about granted access would find none. */
const preludes = weighted<readonly (readonly Drawn[])[]>(
  ...([
    [4, []],
    [3, [approvals]],
    [4, [approvals, start]],
    [3, [approvals, start, [extension]]],
    [2, [start]],
    [2, [approvals, suspending(true)]],
    [1, [approvals, suspending(true), suspending(false)]],
  ] as const),
);

/** Starts with a request: without one, the other operations find nothing. */
const drawn = fc.record({
  main: weighted([5, 0], [5, 1], [3, 2], [3, 3], [5, 4], [3, 5], [4, 6]),
  first: request,
  prelude: preludes,
  beside: fc.array(fc.oneof(connect, request), { maxLength: 2, size: "max" }),
  rest: fc.array(fc.array(operation, { minLength: 1, maxLength: 4, size: "max" }), { maxLength: 5, size: "max" }),
});

const batches = drawn.map(({ main, first, beside, prelude, rest }) => {
  // What starts at once is not waited for: it would end.
  const before = first.startsIn === undefined ? prelude.filter((batch) => batch !== start) : prelude;
  const drawnBatches = [[first, ...beside], ...before, ...rest];
  const all = drawnBatches.map((batch) => batch.flatMap((each) => (each === undefined ? [] : [settled(each, main)])));
  return restoringTheLast(all.filter((batch) => batch.length > 0));
});

/** Anybody else who would be restored is not suspended. */
function restoringTheLast(all: readonly (readonly Operation[])[]): readonly (readonly Operation[])[] {
  let last: Who | undefined;
  return all.map((batch) =>
    batch.map((each) => {
      if (each.does !== "suspend") return each;
      const other = each.isSuspended ? each.other : (last ?? each.other);
      last = other;
      return { ...each, other };
    }),
  );
}

/**
 * Fills in the access target and the caller, and keeps break-glass only for a caller who may use it. Access to dev does not start
 * later than requests for it wait for reviews.
 */
function settled(each: Drawn, main: number): Operation {
  if (!("accessTarget" in each)) return each;
  const index = each.accessTarget === "main" ? main : each.accessTarget;
  if (!("who" in each)) return { ...each, accessTarget: index };
  const who = each.who === "subject" ? (accessTargets[index]?.subject ?? "alice") : each.who;
  if (each.does !== "request") return { ...each, accessTarget: index, who };
  const { breakGlass, startsIn } = each;
  const isWithin = accessTargets[index]?.env === "prod" || startsIn !== 7200;
  return {
    ...each,
    ...{ accessTarget: index, who, breakGlass: breakGlass && who === "bob", startsIn: isWithin ? startsIn : 60 },
  };
}

/** Seldom few: a place counts for a minute, so that most requests would be left out. */
const quotas = weighted<RequestQuotas | undefined>([3, undefined], [1, { openRequests: 2, openRequestsPerSubject: 1 }]);

export const historiesInTurn: fc.Arbitrary<History> = fc.record({
  batches,
  quotas,
  choices: fc.array(fc.nat({ max: 3 }), { maxLength: 100, size: "max" }),
});

export const historiesAtOnce: fc.Arbitrary<History> = fc.record({ batches, quotas });
