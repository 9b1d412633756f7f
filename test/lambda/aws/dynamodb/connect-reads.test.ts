import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "@jest/globals";
import { accessTargetIdOf } from "../../../../lambda/access/access-target.ts";
import { connectReads } from "../../../../lambda/aws/dynamodb/connect-reads.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { activeAccess } from "../../../support/fake-access-table.ts";
import { place } from "../../../support/samples.ts";
import { jsonError, type ScriptedResponse, useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("DYNAMODB");
const signal = new AbortController().signal;
const bodies = () => service.requests.map(({ body }) => JSON.parse(body));

const accessTarget = { subject: "alice", ...place, instanceId: "i-0123456789abcdef0", osUser: "ec2-user" };
const hostKey = { key: "ssh-ed25519 AAAA", source: "registered", observedAt: "2026-01-02T03:04:05.000Z" };
const hostKeys = {
  pk: `instance#${place.accountId}/${place.region}/${accessTarget.instanceId}`,
  sk: "host-keys",
  hostKeys: [hostKey],
};
const accessItem = { pk: `access#${accessTargetIdOf(accessTarget)}`, sk: "current", ...activeAccess() };
const scheduledItem = {
  ...accessItem,
  pk: `access#${accessTargetIdOf(accessTarget, { isScheduled: true })}`,
  status: "scheduled",
  startsAt: "2026-01-02T05:00:00.000Z",
};
const keyOf = ({ pk, sk }: { pk: string; sk: string }) => ({ pk: { S: pk }, sk: { S: sk } });

const scheduledKey = keyOf(scheduledItem);

function batch(items: readonly object[], left: readonly object[] = []): ScriptedResponse {
  const UnprocessedKeys = left.length > 0 ? { latchkey: { Keys: left, ConsistentRead: true } } : {};
  return { body: JSON.stringify({ Responses: { latchkey: items.map((item) => marshall(item)) }, UnprocessedKeys }) };
}

const reads = {
  readForConnection: () => connectReads(boundTable).readForConnection(accessTarget, signal),
  readCurrentAccess: () => connectReads(boundTable).readCurrentAccess(accessTarget, signal),
};

describe.each(Object.entries(reads))("%s", (_, read) => {
  test.each<[string, object]>([
    ["without a status", { ...accessItem, status: undefined }],
    ["whose reviews are not a list", { ...accessItem, reviews: "bob" }],
    ["with an invalid expiry", { ...accessItem, expiresAt: "tomorrow" }],
    ["without a subject", { ...accessItem, subject: undefined }],
  ])("an access request %s is a fault of ours, and gives nothing", async (_, item) => {
    service.respond(batch([JSON.parse(JSON.stringify(item))]));
    await expect(read()).rejects.toMatchObject({ code: "internal" });
  });

  test("a table that cannot be read returns nothing", async () => {
    service.respondAlways(jsonError("AccessDeniedException", 400));
    await expect(read()).rejects.toMatchObject({ code: "aws-refused" });
  });
});

test("host keys that Latchkey does not write are an internal fault", async () => {
  service.respond(batch([{ ...hostKeys, hostKeys: "ssh-ed25519 AAAA" }, accessItem]));
  await expect(reads.readForConnection()).rejects.toMatchObject({ code: "internal" });
});

const suspension = { pk: "suspension#alice", sk: "suspension" };
const bobs = keyOf({ pk: "suspension#bob", sk: "suspension" });

describe("a connection reads", () => {
  const both = { hostKeys: [hostKey], accessRequests: [activeAccess()], isSuspended: false };
  test.each<[string, object[], object]>([
    ["nothing, if there is nothing", [], { ...both, hostKeys: [], accessRequests: [] }],
    ["host keys alone", [hostKeys], { ...both, accessRequests: [] }],
    ["an access request alone", [accessItem], { ...both, hostKeys: [] }],
    ["both", [hostKeys, accessItem], both],
    ["both, in either order", [accessItem, hostKeys], both],
    [
      "a scheduled access request, too",
      [hostKeys, scheduledItem, accessItem],
      { ...both, accessRequests: [activeAccess(), expect.objectContaining({ status: "scheduled" })] },
    ],
  ])("%s, by one consistent read, and one of the reviewers' suspensions", async (_, items, stored) => {
    // Bob has reviewed it, who may be suspended.
    const reviewers = items.includes(accessItem) ? [[bobs]] : [];
    service.respond(batch(items), ...reviewers.map(() => batch([])));
    await expect(reads.readForConnection()).resolves.toEqual(stored);
    expect(bodies()).toEqual([
      {
        RequestItems: {
          latchkey: {
            Keys: [keyOf(hostKeys), keyOf(accessItem), scheduledKey, keyOf(suspension)],
            ConsistentRead: true,
          },
        },
      },
      ...reviewers.map((Keys) => ({ RequestItems: { latchkey: { Keys, ConsistentRead: true } } })),
    ]);
  });

  test("an access request that DynamoDB leaves unprocessed at first", async () => {
    service.respond(batch([hostKeys], [keyOf(accessItem)]), batch([accessItem]), batch([]));
    await expect(reads.readForConnection()).resolves.toEqual(both);
  });
});

test("one access target is read alone, consistently, and its request is returned in any status", async () => {
  service.respond(batch([{ ...accessItem, status: "revoked", endedAt: "2026-01-02T03:04:05.000Z" }]), batch([]));
  await expect(reads.readCurrentAccess()).resolves.toMatchObject([{ status: "revoked" }]);
  await expect(reads.readCurrentAccess()).resolves.toEqual([]);
  expect(bodies()[0]).toEqual({
    RequestItems: { latchkey: { Keys: [keyOf(accessItem), scheduledKey, keyOf(suspension)], ConsistentRead: true } },
  });
});
