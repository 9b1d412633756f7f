import { describe, expect, test } from "@jest/globals";
import { accessTargetIdIn } from "../../../lambda/access/access-target.ts";
import { changeOf } from "../../../lambda/access/change.ts";
import { isEndedBySuspension, partiesOf } from "../../../lambda/access/suspension.ts";
import { approvalsOn } from "../../../lambda/connect/covering-access.ts";
import { AccessWorld, accessSettings, callers, type Who } from "../../support/access-world.ts";
import { useEmbeddedTable } from "../../support/embedded-table.ts";
import { engineWith, samplePolicies, schema } from "../../support/policy-engine.ts";
import { problemFrom } from "../../support/problems.ts";

useEmbeddedTable();
const { signal } = new AbortController();

/** A world in which `connect` needs this of the access, and everybody may do everything else. */
function world(needed: string): AccessWorld {
  const policies = {
    all: 'permit (principal, action, resource) unless { action == Latchkey::Action::"connect" };',
    needed: `permit (principal is Latchkey::Person, action == Latchkey::Action::"connect", resource)
      when { context has access && (${needed}) };`,
  };
  return new AccessWorld(engineWith(policies, schema, ["roster", "ticket"]));
}

const person = "context.access.approvals >= 1";
const roster = 'context.access.integrations.contains("roster")';
const both = 'context.access.integrations.containsAll(["roster", "ticket"])';
const ask = async (given: AccessWorld, who: Who = "alice") => (await given.create(who, { subject: "alice" })).id;

describe("what is enough is found by policy:", () => {
  test.each<[needed: string, requirements: object]>([
    [person, { approvals: 1, reason: false }],
    [roster, { approvals: 0, alternatives: [{ approvals: 0, integrations: ["roster"] }] }],
    [both, { approvals: 0, alternatives: [{ approvals: 0, integrations: ["roster", "ticket"] }] }],
    [`${person} && ${roster}`, { approvals: 1, alternatives: [{ approvals: 1, integrations: ["roster"] }] }],
    [
      `${person} || ${roster}`,
      {
        approvals: 1,
        alternatives: [
          { approvals: 1, integrations: [] },
          { approvals: 0, integrations: ["roster"] },
        ],
      },
    ],
  ])("%s", async (needed, requirements) => {
    const created = await world(needed).create("alice");
    expect(created).toMatchObject({ status: "pending", requirements });
    expect("alternatives" in created.requirements).toBe("alternatives" in requirements);
  });

  test("no approval of an integration helps if policy takes none", async () => {
    const code = "access-denied";
    expect(await problemFrom(() => ask(world('context.access.integrations.contains("other")')))).toMatchObject({
      code,
    });
  });
});

describe("an integration's approval leaves a request pending", () => {
  test.each<[sentence: string, needed: string, reviewers: readonly Who[]]>([
    ["if policy needs a person's", person, ["roster"]],
    ["if policy needs another integration's", 'context.access.integrations.contains("ticket")', ["roster"]],
    ["if policy needs a person's too", `${person} && ${roster}`, ["roster"]],
    ["and so does a person's, if policy needs an integration's", roster, ["bob", "erin"]],
    ["of two that policy needs", both, ["ticket"]],
  ])("%s", async (_, needed, reviewers) => {
    const given = world(needed);
    const id = await ask(given);
    for (const who of reviewers) expect(await given.review(who, id)).toMatchObject({ status: "pending" });
  });
});

describe("a request is active once enough have approved", () => {
  test.each<[needed: string, reviewers: readonly Who[]]>([
    [roster, ["roster"]],
    [roster, ["roster by the other door"]],
    [`${person} || ${roster}`, ["roster"]],
    [`${person} || ${roster}`, ["bob"]],
    [`${person} && ${roster}`, ["roster", "bob"]],
    [`${person} && ${roster}`, ["bob", "roster"]],
    [both, ["roster", "ticket"]],
  ])("%s: by %j", async (needed, reviewers) => {
    const given = world(needed);
    const id = await ask(given);
    const statuses: string[] = [];
    for (const who of reviewers) statuses.push((await given.review(who, id)).status);
    expect(statuses.at(-1)).toBe("active");
    const stored = await given.store.read(id, signal);
    const names = reviewers.flatMap((who) => (callers[who].kind === "machine" ? [who.split(" ")[0]] : []));
    const counted = stored && approvalsOn(samplePolicies, given.prod, stored, new Map());
    expect(counted).toMatchObject({ approvals: reviewers.length - names.length, integrations: names });
  });
});

describe("refused, with nothing changed:", () => {
  test.each<[sentence: string, asker: Who, before: readonly Who[], who: Who, code: string]>([
    [
      "a machine that is no integration, even if policy permits it",
      "alice",
      [],
      "a machine of OnCall",
      "reviewer-not-allowed",
    ],
    ["an integration's own request", "roster", [], "roster", "self-review"],
    ["an integration's own request, by its other door", "roster", [], "roster by the other door", "self-review"],
    ["the same, the other way round", "roster by the other door", [], "roster", "self-review"],
    ["an integration's second review", "alice", ["roster"], "roster", "already-reviewed"],
    [
      "an integration's second review, by its other door",
      "alice",
      ["roster"],
      "roster by the other door",
      "already-reviewed",
    ],
  ])("%s", async (_, asker, before, who, code) => {
    const given = world(`context.access.approvals >= 2 || ${both}`);
    const id = await ask(given, asker);
    for (const each of before) await given.review(each, id);
    const stored = await given.store.read(id, signal);
    expect(await problemFrom(() => given.review(who, id))).toMatchObject({ code });
    expect(await given.store.read(id, signal)).toEqual(stored);
  });

  test.each<[sentence: string, asker: Who, before: readonly Who[]]>([
    ["the write of a second review by the other door", "alice", ["roster"]],
    ["the write of a review of its own request", "roster by the other door", []],
  ])("%s", async (_, asker, before) => {
    const given = world(`context.access.approvals >= 2 || ${both}`);
    const id = await ask(given, asker);
    for (const each of before) await given.review(each, id);
    const stored = await given.store.readCurrent(accessTargetIdIn(id) ?? "", signal);
    if (!stored) throw new Error("There is no request");
    const [own] = accessSettings.integrations;
    const act = { actor: "github/roster/1", at: given.now, requestId: "request-9" };
    const change = changeOf(stored, stored, [{ type: "review.submitted" }], act);
    const reviewing = { ...change, reviewer: "integration/roster", own: own?.identities ?? [] };
    expect(await given.store.change(reviewing, signal)).toBeUndefined();
    expect(await given.store.change({ ...change, reviewer: "erin", own: ["erin"] }, signal)).toBeDefined();
  });

  test("a suspended integration's approval counts no more", async () => {
    const given = world(`${person} && ${roster}`);
    const id = await ask(given);
    await given.review("roster", id);
    given.now = new Date(given.now.getTime() + 1000);
    await given.suspend("erin", "111122223333/Roster");
    expect(await given.review("bob", id)).toMatchObject({ status: "pending" });
  });
});

describe("an extension takes what the request took:", () => {
  const extended = async (given: AccessWorld, before: readonly Who[], by: Who = "alice") => {
    const id = await ask(given);
    for (const who of before) await given.review(who, id);
    await given.extend(by, id);
    return id;
  };

  test("the approval of an integration, which policies then see", async () => {
    const given = world(`${person} || ${roster}`);
    const id = await extended(given, ["bob"]);
    expect(await given.review("roster", id)).toMatchObject({ extension: { status: "approved" } });
    const stored = await given.store.read(id, signal);
    const counted = stored && approvalsOn(samplePolicies, given.prod, stored, new Map());
    expect(counted).toEqual({ approvals: 0, integrations: ["roster"] });
  });

  test("and both, if the policy of then and that of now differ", async () => {
    const given = world(roster);
    const id = await ask(given);
    await given.review("roster", id);
    const since = world(person);
    since.fleet = given.fleet;
    const { extension } = await since.extend("alice", id);
    expect(extension?.requirements).toMatchObject({ alternatives: [{ approvals: 1, integrations: ["roster"] }] });
    expect(await since.review("bob", id)).toMatchObject({ extension: { status: "pending" } });
    expect(await since.review("roster by the other door", id)).toMatchObject({ extension: { status: "approved" } });
  });

  test.each<[sentence: string, by: Who, code: string]>([
    ["not that of the integration that asked for it, by its other door", "roster by the other door", "self-review"],
    ["not a second of the same integration", "alice", "already-reviewed"],
  ])("%s", async (_, by, code) => {
    const given = world(`context.access.approvals >= 2 || ${both}`);
    const id = await extended(given, ["roster", "ticket"], by);
    if (by === "alice") await given.review("roster by the other door", id);
    const stored = await given.store.read(id, signal);
    expect(await problemFrom(() => given.review("roster", id))).toMatchObject({ code });
    const [own] = accessSettings.integrations;
    if (!stored) throw new Error("There is no request");
    const act = { actor: "111122223333/Roster", at: given.now, requestId: "request-9" };
    const change = changeOf(stored, stored, [{ type: "review.submitted" }], act);
    const reviewing = { ...change, reviewer: "integration/roster", own: own?.identities ?? [] };
    expect(await given.store.change(reviewing, signal)).toBeUndefined();
  });

  test("not that of a suspended one: access that it extended counts no more", async () => {
    const given = world(`${person} || ${roster}`);
    const id = await extended(given, ["bob"]);
    await given.review("roster", id);
    given.now = new Date(given.now.getTime() + 1000);
    await given.suspend("erin", "111122223333/Roster");
    const stored = await given.store.read(id, signal);
    const suspensions = await given.suspensions.readSuspensions(stored ? partiesOf(stored) : [], signal);
    expect(stored && isEndedBySuspension(stored, suspensions)).toBe(true);
  });
});
