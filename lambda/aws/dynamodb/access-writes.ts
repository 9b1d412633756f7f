import type { PutItemCommandInput, UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import type { AccessRequest } from "../../access/access-request.ts";
import { accessTargetIdOfRequest } from "../../access/access-target.ts";
import type { Change, Creation } from "../../access/change.ts";
import { endOf, isGranted } from "../../access/status.ts";
import { accessAttributes, changedAttributes, dueNames } from "./access-item.ts";
import { type Condition, isNew, orRepeated, putInput, updateInput } from "./expressions.ts";
import { currentAccessKey, endedAccessKey } from "./table-keys.ts";

// The conditions check again, at the moment of the write, what was decided on a state read before: a wrong decision is not
// written.

/** Where a request is while it is its access target's newest. */
const keyOf = (request: AccessRequest) => currentAccessKey(accessTargetIdOfRequest(request));

/** A new request for an access target: the first, or the successor of `ended`, which has ended and is still the newest. */
export function creationInput(
  tableName: string,
  { next, events }: Creation,
  ended: AccessRequest | undefined,
): PutItemCommandInput {
  const follows: Condition = ended
    ? {
        expression: "#id = :endedId AND #status IN (:denied, :cancelled, :expired, :revoked)",
        names: ["id", "status"],
        values: {
          ":endedId": ended.id,
          ":denied": "denied",
          ":cancelled": "cancelled",
          ":expired": "expired",
          ":revoked": "revoked",
        },
      }
    : isNew;
  const { expression, names, values = {} } = orRepeated(follows, events[0]);
  return putInput(
    tableName,
    { ...keyOf(next), ...accessAttributes(next), events },
    // A write sent again after a reservation would undo the reservation.
    { expression: `${expression} AND attribute_not_exists(#pushBy)`, names: [...names, "pushBy"], values },
  );
}

/** A copy of a request that has ended, kept when another takes its place. It has no events: they are the original's. */
export function endedCopyInput(tableName: string, ended: AccessRequest): PutItemCommandInput {
  const key = endedAccessKey(accessTargetIdOfRequest(ended), ended.id);
  // An ended request never changes, so a copy that exists is this one.
  return putInput(tableName, { ...key, ...accessAttributes(ended) }, isNew);
}

/**
 * A change of an access target's newest request, which must still be the one decided on. Its time must not be over, unless
 * the change says so; if it is scheduled and starts, its start must have come. A review must also be the reviewer's first, and
 * not by somebody whom it gives access, or who asked for it or for its last extension. While access is active, it is a review of
 * the pending extension; access for tags takes others, too.
 */
export function changeInput(
  tableName: string,
  { before, next, events, at, reviewer, own = [] }: Change,
): UpdateItemCommandInput {
  const end = before.status === "pending" ? "pendingUntil" : "expiresAt";
  const isNext = `#id = :id AND #status = :before AND #sequence = :previous AND #${end} ${next.status === "expired" ? "<=" : ">"} :at`;
  const isOfExtension = before.status === "active" && before.extension?.status === "pending";
  const isOfAccess = isGranted(before.status) && next.status === "active" && !isOfExtension;
  const awaits = isOfExtension
    ? "#extension.#status = :pending AND #extension.#pendingUntil > :at"
    : isOfAccess
      ? "attribute_exists(#scope.#tags)"
      : "#status = :pending";
  // An integration reviews once under its one name, and nothing that any of its identities has asked for.
  const ids =
    reviewer === undefined ? [] : [...new Set([reviewer, ...own])].map((id, index) => [`:own${index}`, id] as const);
  const isNotBy = (id: string) => [
    ...["#subject", "#requestedBy", ...(before.extension ? ["#extension.#requestedBy"] : [])].map(
      (asker) => `${asker} <> ${id}`,
    ),
    `NOT contains(#reviewers, ${id})`,
  ];
  const isReviewers =
    reviewer === undefined ? "" : ` AND ${[awaits, ...ids.flatMap(([id]) => isNotBy(id))].join(" AND ")}`;
  const starts = before.activatedAt === undefined && next.activatedAt !== undefined && next.startsAt !== undefined;
  const hasStarted = starts ? " AND #startsAt <= :at" : "";
  const hasEnded = endOf(next) === undefined;
  const condition: Condition = {
    expression: `${isNext}${hasStarted}${isReviewers}`,
    names: [
      "id",
      "status",
      "sequence",
      end,
      ...(starts ? ["startsAt"] : []),
      ...(reviewer === undefined ? [] : ["subject", "requestedBy", "reviewers"]),
      ...(reviewer !== undefined && before.extension ? ["extension"] : []),
      ...(reviewer !== undefined && isOfExtension ? ["pendingUntil"] : []),
      ...(reviewer !== undefined && isOfAccess ? ["scope", "tags"] : []),
    ],
    values: {
      ":id": before.id,
      ":before": before.status,
      ":previous": before.sequence,
      ":at": at.toISOString(),
      ...(reviewer !== undefined && {
        ...Object.fromEntries(ids),
        ...(!isOfAccess && { ":pending": "pending" }),
      }),
    },
  };
  const update = {
    set: changedAttributes(next, events),
    // The response has the `pushBy` of the last connection, which may have been made since the request was read.
    setIfAbsent: isGranted(before.status) && hasEnded ? { pushBy: next.endedAt } : {},
    remove: hasEnded ? dueNames : [],
  };
  const key = keyOf(before);
  return { ...updateInput(tableName, key, update, orRepeated(condition, events[0])), ReturnValues: "UPDATED_NEW" };
}

/**
 * Reserves a request that gives access for a connection, whose push starts no later than `pushBy`. A later one that is
 * stored stays.
 */
export function reservationInput(
  tableName: string,
  request: AccessRequest,
  pushBy: string,
  now: Date,
): UpdateItemCommandInput {
  const condition = {
    expression: `#id = :id AND #status IN (:active, :scheduled) AND (attribute_not_exists(#startsAt) OR #startsAt <= :now) AND #expiresAt > :now AND (attribute_not_exists(#pushBy) OR #pushBy <= :pushBy)`,
    names: ["id", "status", "startsAt", "expiresAt", "pushBy"],
    values: {
      ":id": request.id,
      ":active": "active",
      ":scheduled": "scheduled",
      ":now": now.toISOString(),
      ":pushBy": pushBy,
    },
  };
  const set = { pushBy };
  const key = keyOf(request);
  return { ...updateInput(tableName, key, { set }, condition), ReturnValues: "UPDATED_NEW" };
}
