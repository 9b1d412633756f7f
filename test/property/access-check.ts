import { accessTargetIdIn, accessTargetIdOf, slotCount, slotIdOf } from "../../lambda/access/access-target.ts";
import type { RequestQuotas } from "../../lambda/access/request-quota.ts";
import { eventReader } from "../../lambda/aws/dynamodb/stream-record.ts";
import type { Item } from "../support/attended-table.ts";
import { recordOf } from "../support/fake-trail.ts";
import { checkConnection } from "./access-connections.ts";
import { eventsOf } from "./access-events.ts";
import { people } from "./access-history.ts";
import { checkFound, checkResponse } from "./access-responses.ts";
import { checkSuspension } from "./access-suspensions.ts";
import { lastOf, momentsOf, type Timeline, targetIdOf, timelineOf } from "./access-timeline.ts";
import type { Happening } from "./history-journal.ts";
import { must, mustEqual } from "./must.ts";
import { type Performed, targetOf } from "./perform-history.ts";

/** @throws Error with a sentence that says which rule a history breaks. */
export function check(performed: Performed): void {
  const { calls, journal, quotas, accessTargets, found } = performed;
  const written = new Set(journal.flatMap((each) => targetIdOf(each) ?? []));
  const timelines = [...written].map((id) => timelineOf(performed, id));
  checkOwnEvents(journal);
  checkQuotas(journal, quotas);
  for (const timeline of timelines) {
    checkFound(timeline, found);
    checkEvents(timeline, journal);
  }
  const unwritten = timelineOf(performed, "");
  const timelineFor = (id: string | undefined) => timelines.find((each) => each.accessTargetId === id) ?? unwritten;
  const slotsOf = (subject: string) => {
    const ids = Array.from({ length: slotCount }, (_, slot) => slotIdOf(subject, slot));
    return timelines.filter(({ accessTargetId }) => ids.includes(accessTargetId));
  };
  for (const call of calls) {
    const { thrown } = call;
    must(
      thrown === undefined,
      "An operation threw something other than a Problem",
      call,
      thrown instanceof Error && thrown.stack,
    );
    const { operation } = call;
    if (operation.does === "suspend") checkSuspension(call, operation, momentsOf(call, unwritten), journal);
    const accessTarget = targetOf(call, accessTargets);
    if (!("accessTarget" in operation) || !accessTarget) continue;
    if (operation.does === "connect") {
      const subject = people[operation.who].id;
      const [timeline, scheduled] = [false, true].map((isScheduled) =>
        timelineFor(accessTargetIdOf({ ...accessTarget, subject }, { isScheduled })),
      );
      if (!timeline || !scheduled) throw new Error("Each access target has two places");
      const others = [scheduled, ...slotsOf(subject)];
      checkConnection({ call, operation, accessTarget, timeline, others, journal });
    } else {
      const { value } = { value: undefined, ...call.result };
      const told = typeof value === "object" ? accessTargetIdIn(String(value["id"])) : undefined;
      const timeline = timelineFor((operation.does === "request" ? told : undefined) ?? call.accessTargetId);
      const others = operation.does === "request" && accessTarget.tags ? slotsOf(accessTarget.subject) : [];
      checkResponse({ call, operation, accessTarget, timeline, others, journal });
    }
  }
}

const eventsIn = eventReader("latchkey/test");

/** The projector refuses no event that an operation has made. */
function checkOwnEvents(journal: readonly Happening[]): void {
  for (const each of journal) {
    if (each.what !== "wrote") continue;
    const { foreign, events } = eventsIn(recordOf({ ...each.key, ...each.item }));
    must(
      foreign === 0 && events.length === eventsOf(each.item).length,
      "An event does not belong to its item",
      each.item,
    );
  }
}

/** Nobody ever has more requests open than one caller may, in all and for one subject, but for break-glass. */
function checkQuotas(journal: readonly Happening[], { openRequests, openRequestsPerSubject }: RequestQuotas): void {
  const open = new Map<string, Item>();
  for (const each of journal) {
    const id = targetIdOf(each);
    if (each.what !== "wrote" || id === undefined || each.key.sk.startsWith("ended#")) continue;
    const isOpen = each.item["due"] !== undefined && each.item["breakGlass"] === false;
    if (isOpen) open.set(id, each.item);
    else open.delete(id);
    const { requestedBy, subject } = each.item;
    const isLeft = ({ expiresAt, pendingUntil }: Item) => Date.parse(String(expiresAt ?? pendingUntil)) > each.now;
    const counted = [...open.values()].filter((item) => item["requestedBy"] === requestedBy && isLeft(item));
    must(counted.length <= openRequests, "A requester has more open requests than one caller may", counted);
    const forSubject = counted.filter((item) => item["subject"] === subject);
    must(forSubject.length <= openRequestsPerSubject, "A requester has more open requests for a subject", forSubject);
  }
}

/** Independent of the model: events have no gaps, access starts at most once, and no review counts twice. */
function checkEvents(timeline: Timeline, journal: readonly Happening[]): void {
  for (const { id, subject, requestedBy, reviews, extendedBy, extension } of lastOf(timeline).all.values()) {
    const events = journal.flatMap((each) =>
      each.what === "wrote" && !each.key.sk.startsWith("ended#") && each.item["id"] === id ? eventsOf(each.item) : [],
    );
    const once = [...new Map(events.map((event) => [event.id, event])).values()];
    mustEqual(
      once.map(({ data }) => data["sequence"]),
      once.map((_, index) => index + 1),
      "The events of a request have a gap",
    );
    const activations = once.filter(({ type }) => type === "latchkey.access-request.activated");
    must(activations.length <= 1, "A request was activated more than once", events);
    // Who approved an earlier end may approve again what an extension has moved.
    for (const reviewed of [extendedBy ?? reviews, extension?.reviews ?? []]) {
      const reviewers = reviewed.map(({ reviewer, integration }) => integration ?? reviewer);
      must(new Set(reviewers).size === reviewers.length, "A reviewer counts twice", reviewed);
      must(
        !reviewers.includes(subject) && !reviewers.includes(requestedBy),
        "The subject or requester reviewed the request",
        reviewed,
      );
    }
    must(
      !extension?.reviews.some(({ reviewer }) => reviewer === extension.requestedBy),
      "An asker reviewed",
      extension,
    );
  }
}
