import { expect, test } from "@jest/globals";
import { filterOf, queryOf, reviewOrder, sectionsOf } from "../../../web/access/request-list.ts";
import { accessLink } from "../../../web/ui/links.ts";
import { activeRequest, sampleExtension, sampleRequest } from "./sample-request.ts";

test.each([
  ["", { isAll: false }],
  ["whose=all&status=active&instanceId=+i-1+", { isAll: true, status: "active", instanceId: "i-1" }],
  ["whose=mine&status=archived&instanceId=", { isAll: false }],
  ["status=__proto__", { isAll: false }],
])("the query %j filters by %j", (query, filter) => {
  expect(filterOf(new URLSearchParams(query))).toEqual(filter);
});

test("a filter is the query of its link", () => {
  const filter = { isAll: true, status: "denied", instanceId: "i-1" } as const;
  const [, search] = accessLink(queryOf(filter)).split("?");
  expect(filterOf(new URLSearchParams(search))).toEqual(filter);
});

test("what ends or starts next comes first, and what has ended last; nothing twice, nothing lost", () => {
  const past = ["denied", "cancelled", "expired", "revoked", "unknown", "archived"].map((status, index) =>
    sampleRequest({ id: status, status, createdAt: `2026-01-0${index + 1}T00:00:00.000Z` }),
  );
  const requests = [
    ...past,
    sampleRequest({ id: "later", status: "scheduled", startsAt: "2026-03-03T00:00:00.000Z" }),
    sampleRequest({ id: "sooner", status: "scheduled", startsAt: "2026-03-02T00:00:00.000Z" }),
    sampleRequest({ id: "waiting" }),
    activeRequest({ id: "long", expiresAt: "2026-03-01T20:00:00.000Z" }),
    activeRequest({ id: "short" }),
    activeRequest({ id: "short" }),
  ];
  expect(sectionsOf(requests).map(({ title, requests: each }) => [title, each.map(({ id }) => id)])).toEqual([
    ["Active", ["short", "long"]],
    ["Pending", ["waiting"]],
    ["Scheduled", ["sooner", "later"]],
    ["Past", ["archived", "unknown", "revoked", "expired", "cancelled", "denied"]],
  ]);
});

test("there is no section without requests", () => {
  expect(sectionsOf([])).toEqual([]);
});

test("what has waited longest is reviewed first, and last what nobody waits for", () => {
  const requests = [
    activeRequest({ id: "further", scope: { tags: { env: "prod" } }, createdAt: "2026-02-01T00:00:00.000Z" }),
    sampleRequest({ id: "second", createdAt: "2026-03-01T12:45:00.000Z" }),
    activeRequest({ id: "first", extension: sampleExtension(), createdAt: "2026-03-01T11:00:00.000Z" }),
  ];
  expect(reviewOrder(requests).map(({ id }) => id)).toEqual(["first", "second", "further"]);
});
