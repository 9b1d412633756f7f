import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "@jest/globals";
import { accessRequestPage, accessRequestQuery } from "../../../../contract/access-request.ts";
import { accessTargetIdOf, accessTargetIdOfRequest } from "../../../../lambda/access/access-target.ts";
import { type AccessListPorts, listAccessRequests } from "../../../../lambda/access/list.ts";
import { accessAttributes } from "../../../../lambda/aws/dynamodb/access-item.ts";
import { accessIndex } from "../../../../lambda/aws/dynamodb/access-list.ts";
import { currentAccessKey, endedAccessKey } from "../../../../lambda/aws/dynamodb/table-keys.ts";
import { everything } from "../../../../lambda/lists/index-key.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { activeAccess } from "../../../support/fake-access-table.ts";
import { walk } from "../../../support/fake-index.ts";
import { fakePolicy } from "../../../support/fake-policy.ts";
import { fullTargets } from "../../../support/fake-targets.ts";
import { alice, place, web } from "../../../support/samples.ts";
import { jsonError } from "../../../support/scripted-server.ts";
import { testContext } from "../../../support/test-context.ts";

const signal = new AbortController().signal;
/** Milliseconds: dozens of reads of a slow table. */
const longWalk = 60_000;
const now = new Date("2026-01-02T03:30:00.000Z");

/** One a second, each for an access target of its own; every other one has been cancelled. */
const requests = Array.from({ length: 120 }, (_, n) => {
  const accessTarget = { subject: `person-${n}`, ...place, instanceId: "i-00000001", osUser: "ec2-user" };
  const at = new Date(now.getTime() - 3600_000 + n * 1000).toISOString();
  const isOpen = n % 2 === 0;
  return activeAccess({
    ...accessTarget,
    id: `ar-${accessTargetIdOf(accessTarget)}-${n.toString(16).padStart(12, "0")}`,
    requestedBy: accessTarget.subject,
    createdAt: at,
    status: isOpen ? "active" : "cancelled",
    ...(!isOpen && { endedAt: at }),
  });
});

const current = requests.map((one) => ({
  ...currentAccessKey(accessTargetIdOfRequest(one)),
  ...accessAttributes(one),
}));
// As between the two writes that archive a request: stored under its id, and still as the current one.
const copies = requests
  .filter(({ status }) => status === "cancelled")
  .map((one) => ({ ...endedAccessKey(accessTargetIdOfRequest(one), one.id), ...accessAttributes(one) }));
const table = useEmbeddedTable([...current, ...copies].map((item) => JSON.parse(JSON.stringify(item))));

const ports: AccessListPorts = {
  policy: fakePolicy(),
  ...accessIndex(boundTable),
  ...fullTargets(web),
};

const settings = { policyTime: () => ({ epoch: 0, hour: 0, weekday: 1 }) };

const list = (query: object) => {
  const { reviewable, ...filters } = accessRequestQuery.parse(query);
  const input = { caller: alice, ...filters, reviewable: reviewable === "true" };
  return listAccessRequests(ports, settings, input, testContext({ clock: () => now }));
};

test.each<[query: object, fits: (one: (typeof requests)[number]) => boolean]>([
  [{}, () => true],
  [{ status: "active" }, ({ status }) => status === "active"],
  [{ status: "cancelled" }, ({ status }) => status === "cancelled"],
  [{ subject: "person-7" }, ({ subject }) => subject === "person-7"],
  [{ instanceId: "i-00000001" }, () => true],
  [{ instanceId: "i-00000002" }, () => false],
])(
  "120 access requests in pages of seven, each match once, newest first: %j",
  async (query, fits) => {
    table.service.respondAlways(table.applied);
    const pages = await walk((cursor) => list({ ...query, limit: "7", ...(cursor && { cursor }) }));
    const expected = requests.filter(fits).reverse();
    expect(pages.flat().map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  },
  longWalk,
);

test("a response matches the contract", async () => {
  table.service.respondAlways(table.applied);
  const page = JSON.parse(JSON.stringify(await list({ limit: "100" })));
  expect(accessRequestPage.parse(page)).toEqual(page);
});

describe("a read", () => {
  const read = () => accessIndex(boundTable).listAccessItems([{ by: "all" }], everything, signal);

  test("that fails is not the caller's fault", async () => {
    table.service.respondAlways(jsonError("AccessDeniedException", 400));
    await expect(read()).rejects.toMatchObject({ code: "aws-refused" });
  });

  const [request] = requests;
  if (!request) throw new Error("There are requests");
  const item = JSON.parse(
    JSON.stringify({ ...currentAccessKey(accessTargetIdOfRequest(request)), ...accessAttributes(request) }),
  );
  const readWith = async (change: object) => {
    const items = [{ ...item, ...change }, item].map((each) => marshall(each, { removeUndefinedValues: true }));
    table.service.respond({ body: JSON.stringify({ Items: items }) });
    const { entries } = await read();
    return entries.map(({ value: { id, status } }) => [id, status]);
  };

  test.each<[sentence: string, change: object]>([
    ["reviews that are none", { reviews: "two" }],
    ["an end that is no time", { expiresAt: "tomorrow" }],
    ["a duration that is too long", { durationSeconds: 1e9 }],
    ["no sequence", { sequence: undefined }],
  ])("shows a request with %s as unknown, and the rest as ever", async (_, change) => {
    await expect(readWith(change)).resolves.toEqual([
      [request.id, "unknown"],
      [request.id, request.status],
    ]);
  });

  test.each<[sentence: string, change: object]>([
    ["a subject", { subject: undefined }],
    ["an instance that there can be", { scope: { ...place, instanceId: "i-none" } }],
    ["a time", { createdAt: "yesterday" }],
  ])("leaves out a request without %s, as nobody can be shown to be allowed to see it", async (_, change) => {
    await expect(readWith(change)).resolves.toEqual([[request.id, request.status]]);
  });

  test("starts at the newest", async () => {
    table.service.respond(table.applied);
    const { entries, hasMore } = await read();
    expect([entries.length, hasMore]).toEqual([100, true]);
    expect(JSON.parse(table.service.requests[0]?.body ?? "")).toMatchObject({
      TableName: "latchkey",
      IndexName: "access-requests",
      ScanIndexForward: false,
      Limit: 100,
    });
  });
});
