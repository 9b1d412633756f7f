import { expect, test } from "@jest/globals";
import type { AccessRequest } from "../../../../lambda/access/access-request.ts";
import { accessTargetIdOf } from "../../../../lambda/access/access-target.ts";
import { type ListAccessRequestsInput, listAccessRequests } from "../../../../lambda/access/list.ts";
import { accessAttributes } from "../../../../lambda/aws/dynamodb/access-item.ts";
import { accessIndex } from "../../../../lambda/aws/dynamodb/access-list.ts";
import { currentAccessKey } from "../../../../lambda/aws/dynamodb/table-keys.ts";
import { boundTable } from "../../../support/bound-table.ts";
import { useEmbeddedTable } from "../../../support/embedded-table.ts";
import { activeAccess, targetOf } from "../../../support/fake-access-table.ts";
import { fakePolicy } from "../../../support/fake-policy.ts";
import { fullTargets } from "../../../support/fake-targets.ts";
import { alice, web } from "../../../support/samples.ts";
import { testContext } from "../../../support/test-context.ts";

const now = new Date("2026-01-02T03:30:00.000Z");
const pending = withoutTimes(activeAccess({ status: "pending", subject: "carol", requestedBy: "carol" }));

const ended = Array.from({ length: 485 }, (_, n) => {
  const createdAt = new Date(now.getTime() + n).toISOString();
  return activeAccess({ subject: `ended-${n}`, status: "cancelled", createdAt, endedAt: createdAt });
});
const items = [...ended, activeAccess({ createdAt: now.toISOString() }), pending].map((one) => ({
  ...currentAccessKey(accessTargetIdOf(targetOf(one))),
  ...accessAttributes(one),
}));
// A file of its own: seeding them takes a second, and every test with a list would have to read past them.
const table = useEmbeddedTable(items.map((item) => JSON.parse(JSON.stringify(item))));

/** As it was before it was approved. */
function withoutTimes({ activatedAt: _activatedAt, expiresAt: _expiresAt, ...one }: AccessRequest): AccessRequest {
  return { ...one, reviews: [], createdAt: now.toISOString(), pendingUntil: "2026-01-02T03:59:00.000Z" };
}

const list = async (query: Partial<ListAccessRequestsInput>) => {
  const ports = {
    policy: Promise.resolve(fakePolicy()),
    ...accessIndex(boundTable),
    ...fullTargets(web),
  };
  const settings = { policyTime: () => ({ epoch: 0, hour: 0, weekday: 1 }) };
  const input = { caller: alice, limit: 50, ...query };
  const { items } = await listAccessRequests(ports, settings, input, testContext({ clock: () => now }));
  return items.map(({ subject }) => subject);
};

test("485 ended requests do not empty page 1 of those that are reviewable, or of any status that is open, of one subject or one instance", async () => {
  expect(await list({ reviewable: true })).toEqual(["carol"]);
  expect(await list({ status: "pending" })).toEqual(["carol"]);
  expect(await list({ status: "active" })).toEqual(["alice"]);
  expect(await list({ status: "pending", subject: "carol" })).toEqual(["carol"]);
  expect(await list({ status: "pending", instanceId: targetOf(pending).instanceId })).toEqual(["carol"]);
  // Three partitions for what may be reviewed, four for what may be active (scheduled access may have started), one for each of the others.
  expect(table.service.requests).toHaveLength(10);
});
