import type { PutItemCommandInput, UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { AccessRequest } from "../../access/access-request.ts";
import { accessTargetIdOf } from "../../access/access-target.ts";
import type { Change, Creation } from "../../access/change.ts";
import { endOf } from "../../access/transitions.ts";
import { accessAttributes, changedAttributes } from "./access-item.ts";
import { isTheSame, named, sameNames, sameValues } from "./expressions.ts";
import { currentAccessKey, endedAccessKey, indexes } from "./table-keys.ts";

// The conditions judge again, at the moment of the write, what was decided on a state read before: whatever decides, and
// however wrongly, nothing is written past them.

/** A new request in a accessTarget: where it is the first, or where `ended` is still the newest there, and has ended. */
export function creationInput(
  tableName: string,
  { next, events }: Creation,
  ended: AccessRequest | undefined,
): PutItemCommandInput {
  const follows = ended ? "#id = :endedId AND NOT #status IN (:pending, :active)" : "attribute_not_exists(pk)";
  return {
    TableName: tableName,
    Item: marshalled({ ...currentAccessKey(accessTargetIdOf(next)), ...accessAttributes(next), events }),
    // Sent again once a connection has been carried, it would forget that.
    ConditionExpression: `(${follows}) OR (${isTheSame} AND attribute_not_exists(pushBy))`,
    ExpressionAttributeNames: { ...sameNames, ...(ended && named("status")) },
    ExpressionAttributeValues: marshalled({
      ...sameValues(events[0]),
      ...(ended && { ":endedId": ended.id, ":pending": "pending", ":active": "active" }),
    }),
  };
}

/** A copy of one that has ended, to stay when another takes its place. It bears no event: those are its original's. */
export function endedCopyInput(tableName: string, ended: AccessRequest): PutItemCommandInput {
  return {
    TableName: tableName,
    Item: marshalled({ ...endedAccessKey(accessTargetIdOf(ended), ended.id), ...accessAttributes(ended) }),
    // What has ended never changes again, so that a copy which is there is this one.
    ConditionExpression: "attribute_not_exists(pk)",
  };
}

/**
 * A change of the newest request in a accessTarget: still the one that was decided on, and its time not over (but for the change that
 * says so). A review is besides somebody else's than subject's and requester's, and their first.
 */
export function changeInput(tableName: string, { before, next, events, at, reviewer }: Change): UpdateItemCommandInput {
  const end = before.status === "pending" ? "pendingUntil" : "expiresAt";
  const isNext = `#id = :id AND #status = :before AND #sequence = :previous AND #${end} ${next.status === "expired" ? "<=" : ">"} :at`;
  const isReviewers =
    reviewer === undefined
      ? ""
      : " AND #status = :pending AND #subject <> :reviewer AND #requestedBy <> :reviewer AND NOT contains(#reviewers, :reviewer)";
  const set = Object.entries(changedAttributes(next, events)).filter(([, value]) => value !== undefined);
  const due = [indexes.due.partition, indexes.due.sort];
  const hasEnded = endOf(next) === undefined;
  return {
    TableName: tableName,
    Key: marshall(currentAccessKey(accessTargetIdOf(before))),
    UpdateExpression: `SET ${set.map(([name]) => `#${name} = :set_${name}`)}${hasEnded ? ` REMOVE ${due.map((name) => `#${name}`)}` : ""}`,
    ConditionExpression: `(${isNext}${isReviewers}) OR (${isTheSame})`,
    ExpressionAttributeNames: {
      ...sameNames,
      ...named("status", "sequence", end, ...set.map(([name]) => name), ...(hasEnded ? due : [])),
      ...(reviewer !== undefined && named("subject", "requestedBy", "reviewers")),
    },
    ExpressionAttributeValues: marshalled({
      ...sameValues(events[0]),
      ...Object.fromEntries(set.map(([name, value]) => [`:set_${name}`, value])),
      ":id": before.id,
      ":before": before.status,
      ":previous": before.sequence,
      ":at": at.toISOString(),
      ...(reviewer !== undefined && { ":reviewer": reviewer, ":pending": "pending" }),
    }),
    ReturnValues: "ALL_NEW",
  };
}

/**
 * Notes that a connection is carried by a request, for as long as it is active: its push is not begun later than `pushBy`. A
 * later one that an other connection has noted stays: then the write proves only that the request is active.
 */
export function reservationInput(
  tableName: string,
  request: AccessRequest,
  pushBy: string,
  now: Date,
): UpdateItemCommandInput {
  const hasLater = request.pushBy !== undefined && request.pushBy > pushBy;
  const isLatest = hasLater ? "#pushBy > :pushBy" : "(attribute_not_exists(#pushBy) OR #pushBy <= :pushBy)";
  return {
    TableName: tableName,
    Key: marshall(currentAccessKey(accessTargetIdOf(request))),
    UpdateExpression: `SET #pushBy = ${hasLater ? "#pushBy" : ":pushBy"}`,
    ConditionExpression: `#id = :id AND #status = :active AND #expiresAt > :now AND ${isLatest}`,
    ExpressionAttributeNames: named("id", "status", "expiresAt", "pushBy"),
    ExpressionAttributeValues: marshall({
      ":id": request.id,
      ":active": "active",
      ":now": now.toISOString(),
      ":pushBy": pushBy,
    }),
    ReturnValues: "ALL_NEW",
  };
}

const marshalled = (value: Record<string, unknown>) => marshall(value, { removeUndefinedValues: true });
