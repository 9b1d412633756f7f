import { describe, expect, test } from "@jest/globals";
import { accessTargetIdOf } from "../../../../lambda/access/access-target.ts";
import { accessAttributes } from "../../../../lambda/aws/dynamodb/access-item.ts";
import { accessReader } from "../../../../lambda/aws/dynamodb/access-reads.ts";
import { currentAccessKey, endedAccessKey } from "../../../../lambda/aws/dynamodb/table-keys.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { activeAccess, targetOf } from "../../../support/fake-access-table.ts";
import { jsonError } from "../../../support/scripted-server.ts";

const sample = activeAccess();
const accessTargetId = accessTargetIdOf(targetOf(sample));
const current = activeAccess({ id: `ar-${accessTargetId}-000000000002` });
const ended = activeAccess({ id: `ar-${accessTargetId}-000000000001`, status: "cancelled", endedAt: sample.createdAt });

const table = useEmbeddedTable([
  { ...currentAccessKey(accessTargetId), ...accessAttributes(current) },
  { ...endedAccessKey(accessTargetId, ended.id), ...accessAttributes(ended) },
]);

const read = (id: string, signal = new AbortController().signal) => accessReader(boundTable).read(id, signal);

describe("nothing is found", () => {
  test.each([
    ["for text", "x"],
    ["for an id in capitals", current.id.toUpperCase()],
    ["for an id with a suffix", `${current.id}0`],
    ["for an id with a trailing newline", `${current.id}\n`],
    ["for a key", `access#${accessTargetId}`],
  ])("%s, and nothing is read", async (_, id) => {
    expect(await read(id)).toBeUndefined();
  });

  test("for an id that was never issued, with an access target that is in use", async () => {
    table.service.respond(table.applied, table.applied);
    expect(await read(`ar-${accessTargetId}-000000000003`)).toBeUndefined();
  });

  test("for an id whose access target has never been in use", async () => {
    table.service.respond(table.applied, table.applied);
    expect(await read(`ar-${"0".repeat(32)}-000000000001`)).toBeUndefined();
  });
});

test("a read that fails is not the caller's fault", async () => {
  table.service.respondAlways(jsonError("AccessDeniedException", 400));
  await expect(read(current.id)).rejects.toMatchObject({ code: "aws-refused" });
});

test("a read that the deadline cuts is deadline-exceeded", async () => {
  await expect(read(current.id, AbortSignal.abort())).rejects.toMatchObject({ code: "deadline-exceeded" });
});

test.each([
  ["the newest request of its access target takes one read", current, 1],
  ["an archived request takes two", ended, 2],
])("%s, each consistent", async (_, request, reads) => {
  table.service.respond(...Array.from({ length: reads }, () => table.applied));
  expect(await read(request.id)).toEqual(request);
  for (const { body } of table.service.requests) expect(JSON.parse(body)).toMatchObject({ ConsistentRead: true });
});
