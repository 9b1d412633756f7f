import { describe, expect, test } from "@jest/globals";
import type { AccessRequest } from "../../../sdk/types.ts";
import { actsOn } from "../../../web/access/request-acts.ts";
import { activeRequest, approval, sampleExtension, sampleRequest } from "./sample-request.ts";

const alice = { id: "alice", groups: ["Engineer"] };
const dave = { id: "dave", groups: ["Engineer"] };
const bob = { id: "bob", groups: ["OnCall"] };
const erin = { id: "erin", groups: ["OnCall"] };
const nothing = { canConnect: false, canExtend: false };

const extending = activeRequest({ extension: sampleExtension() });
const forAlice = { subject: "alice", requestedBy: "dave" };
const tags = { scope: { tags: { env: "prod" } }, instanceId: undefined };
const reviewedBy = (reviewers: AccessRequest["requirements"]["reviewers"]) =>
  sampleRequest({ requirements: { approvals: 1, reason: true, reviewers } });

describe("nothing is offered", () => {
  test.each([
    ["that is denied", { status: "denied" }],
    ["that is cancelled", { status: "cancelled" }],
    ["that has expired", { status: "expired" }],
    ["that is revoked", { status: "revoked" }],
    ["whose status is unknown", { status: "unknown" }],
    ["whose status is newer than the console", { status: "archived" }],
  ])("on a request %s, to its subject or to reviewers", (_, changes) => {
    for (const viewer of [alice, bob]) expect(actsOn(activeRequest(changes), viewer)).toEqual(nothing);
  });
});

describe("no review is offered", () => {
  test.each([
    ["of one's own request", sampleRequest({ subject: "bob", requestedBy: "bob" })],
    ["of a request for oneself", sampleRequest({ subject: "bob", requestedBy: "alice" })],
    ["of a request that one made for somebody else", sampleRequest({ requestedBy: "bob" })],
    ["of an extension that one asked for", activeRequest({ extension: sampleExtension({ requestedBy: "bob" }) })],
    ["twice", sampleRequest({ reviews: [approval("bob")] })],
    ["of an extension twice", activeRequest({ extension: sampleExtension({ reviews: [approval("bob")] }) })],
    ["of active access to an instance", activeRequest({ reviews: [approval("erin")] })],
    ["of scheduled access", sampleRequest({ status: "scheduled" })],
    ["twice of active access by tags", activeRequest(tags)],
    ["to those who are not in all groups", reviewedBy([{ kind: "group", name: "OnCall and Leads" }])],
    ["to others than the person", reviewedBy([{ kind: "person", name: "erin" }])],
    ["to those whom a pattern does not match", reviewedBy([{ kind: "person", name: "b.b*" }])],
    ["to people in place of an integration", reviewedBy([{ kind: "integration", name: "bob" }])],
    ["if nobody can", reviewedBy([])],
  ])("%s", (_, request) => {
    expect(actsOn(request, bob).reviews).toBeUndefined();
  });
});

test.each([
  ["a pending request", sampleRequest(), "request"],
  ["a pending request with another's approval", sampleRequest({ reviews: [approval("erin")] }), "request"],
  ["a pending extension, by who approved the request", extending, "extension"],
  ["active access by tags", activeRequest({ ...tags, reviews: [approval("erin")] }), "further"],
  [
    "active access by tags again, after an extension",
    activeRequest({ ...tags, extension: sampleExtension({ status: "approved" }) }),
    "further",
  ],
  ["what all groups may", reviewedBy([{ kind: "group", name: "OnCall" }]), "request"],
  ["what a person may", reviewedBy([{ kind: "person", name: "bob" }]), "request"],
  ["what a pattern's people may", reviewedBy([{ kind: "person", name: "b*b" }]), "request"],
  ["what anyone may", reviewedBy([{ kind: "person", name: "*" }]), "request"],
  ["what nobody is named for", reviewedBy(undefined), "request"],
  ["what more may than are named", reviewedBy(Array(20).fill({ kind: "person", name: "x" })), "request"],
] as const)("a review of %s is offered", (_, request, reviewed) => {
  expect(actsOn(request, bob).reviews).toBe(reviewed);
});

test.each([
  ["the subject of a pending request cancels it", sampleRequest(), alice, { ...nothing, cancels: "request" }],
  ["who asked for another cancels it, too", sampleRequest(forAlice), dave, { ...nothing, cancels: "request" }],
  ["who only sees it does nothing", sampleRequest(), dave, nothing],
  ["the subject of scheduled access cancels it", sampleRequest({ status: "scheduled" }), alice, { cancels: "request" }],
  ["others revoke scheduled access", sampleRequest({ status: "scheduled" }), erin, { revokes: "other" }],
  [
    "the subject of active access connects, extends and ends it",
    activeRequest(),
    alice,
    { canConnect: true, canExtend: true, revokes: "own" },
  ],
  [
    "who asked for another extends it, and does not connect",
    activeRequest(forAlice),
    dave,
    { canConnect: false, canExtend: true, revokes: "other" },
  ],
  ["others revoke it, if policy lets them", activeRequest(), erin, { ...nothing, revokes: "other" }],
  [
    "a pending extension is cancelled, and is the only one",
    extending,
    alice,
    { canConnect: true, canExtend: false, cancels: "extension", revokes: "own" },
  ],
  [
    "break-glass is not extended",
    activeRequest({ breakGlass: true }),
    alice,
    { canConnect: true, canExtend: false, revokes: "own" },
  ],
])("%s", (_, request, viewer, acts) => {
  expect(actsOn(request, viewer)).toEqual({ ...nothing, ...acts });
});
