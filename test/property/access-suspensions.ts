import type { Item } from "../support/attended-table.ts";
import { type Operation, people } from "./access-history.ts";
import { isSuspended } from "./access-rules.ts";
import type { Moment } from "./access-timeline.ts";
import type { Happening } from "./history-journal.ts";
import { must, mustEqual } from "./must.ts";
import type { Call } from "./perform-history.ts";

const maySuspend: readonly string[] = ["bob", "erin", "frank"];

/**
 * Checks a suspension, or its end: who did it, what it wrote, and what it said.
 *
 * @param moments those of any access target within the call, as all have the same suspensions.
 * @throws Error if a rule does not hold.
 */
export function checkSuspension(
  call: Call,
  { who, other, isSuspended: to, fault }: Extract<Operation, { does: "suspend" }>,
  moments: readonly Moment[],
  journal: readonly Happening[],
): void {
  const states = journal.flatMap((each) =>
    each.what === "wrote" && each.key.pk === `suspension#${people[other].id}` ? [each] : [],
  );
  const own = states.filter(({ operation }) => operation === call.number);
  const { result } = call;
  const isDenied = people[who].id === people[other].id || !maySuspend.includes(who);
  must(!isDenied || own.length === 0, "A suspension that policy does not permit", call);
  for (const each of own) {
    const before = states[states.indexOf(each) - 1];
    const isAgain = before?.item["sequence"] === each.item["sequence"] && fault !== undefined;
    if (isAgain) continue;
    mustEqual(each.item["isSuspended"], to, "A suspension writes something else");
    must((before?.item["isSuspended"] ?? false) !== to, "A suspension changes nothing", each);
    mustEqual(each.item["sequence"], 1 + Number(before?.item["sequence"] ?? 0), "The events of a caller have a gap");
    const at = Date.parse(String(each.item["changedAt"]));
    must(at >= call.startedAt && at <= each.now, "The time of a suspension is outside its operation", each);
    must(each.item["due"] === "suspension", "No sweep finds a suspension", each);
  }
  if (!result) return;
  const { problem } = { problem: undefined, ...result };
  const isOut = (moment: Moment) => isSuspended(who, moment);
  if (problem === "upstream-unavailable") return;
  if (problem === "caller-suspended") must(moments.some(isOut), "Nobody was suspended", call);
  else {
    const verdict = people[who].id === people[other].id ? "invalid-request" : "access-denied";
    mustEqual(problem, isDenied ? verdict : undefined, "The model never gives this verdict");
    must(!moments.every(isOut), "A suspended caller has done something", call);
  }
  if (problem !== undefined) return;
  const told = (result as { readonly value: Item }).value;
  mustEqual(told["isSuspended"], to, "A suspension says something else than was asked for");
  must(
    moments.some((moment) => isSuspended(other, moment) === to),
    "A suspension says what never was",
    call,
  );
}
