import { describe, expect, test } from "@jest/globals";
import type { Decider, PolicyEngine, PolicyQuestion } from "../../../lambda/policy/engine.ts";
import {
  canBeApproved,
  type PossibleReviewers,
  possibleReviewers,
  withReviewers,
} from "../../../lambda/policy/possible-reviewers.ts";
import type { PeopleSource, ReviewingMachine } from "../../../lambda/shared/people.ts";
import { engineWith } from "../../support/policy-engine.ts";
import { machine, web } from "../../support/samples.ts";

// People of example.com have names: engineWith says so.

const source = (groupSets: string[][], idPattern?: string, isComplete = true): PeopleSource => ({
  idPattern,
  groupSets,
  isComplete,
});
const request = {
  scope: "instance" as const,
  osUser: "root",
  subject: "alice@example.com",
  requestedBy: "alice@example.com",
  breakGlass: false,
  time: { epoch: 1_767_323_045, hour: 3, weekday: 5 },
};
const see = 'permit (principal, action == Latchkey::Action::"view", resource);';
const review = (condition: string, effect = "permit") =>
  `${effect} (principal, action == Latchkey::Action::"review", resource) when { ${condition} };`;
const group = (name: string) => `principal in Latchkey::Group::"${name}"`;
const person = (id: string) => `principal == Latchkey::Person::"${id}"`;

/** As the settings would: only groups that count. */
const sourcesOf = (sources: readonly PeopleSource[]) => (counted: ReadonlySet<string>) =>
  sources.map((each) => ({
    ...each,
    groupSets: each.groupSets.map((names) => names.filter((name) => counted.has(name))),
  }));
const everybody = [source([[], ["SRE"], ["OnCall"], ["SRE", "OnCall"], ["Guest"], ["SRE", "Guest"]])];

function found(policies: Record<string, string>, sources: readonly PeopleSource[] = everybody, instance = web) {
  const { reviewers, most, obstacles } = possibleReviewers(engineWith({ see, ...policies }), {
    instance,
    request,
    askers: [request.subject],
    sources: { peopleSources: sourcesOf(sources), reviewingMachines: [] },
  });
  return { names: reviewers.map(({ kind, name }) => `${kind} ${name}`), most, obstacles: obstacles() };
}
const nobody = { names: [], most: 0, obstacles: [] };

describe("nobody can review", () => {
  test.each<[sentence: string, policies: Record<string, string>, sources?: readonly PeopleSource[]]>([
    ["if no policy permits it", {}],
    ["if policy permits machines alone", { a: review("principal is Latchkey::Machine") }],
    ["if nobody can come with the group", { a: review(group("Ghosts")) }],
    ["if nobody can come with both groups", { a: review(`${group("OnCall")} && ${group("Guest")}`) }],
    ["on an instance with other tags", { a: review(`${group("OnCall")} && resource.hasTag("no-such-tag")`) }],
    ["for another OS user", { a: review(`${group("OnCall")} && context.osUser == "ec2-user"`) }],
    ["if only the subject may", { a: review(person("alice@example.com")) }],
    ["if only the subject may, by the name", { a: review('principal has name && principal.name == "alice"') }],
    [
      "if only a person may whom no source asserts",
      { a: review(person("bob@example.org")) },
      [source([[]], "*@example.com")],
    ],
    [
      "if only people with a name may, and nobody has one",
      { a: review("principal has name") },
      [source([[]], "*@example.org")],
    ],
    ["if nobody is asserted", { a: review("true") }, []],
    [
      "if reviewers cannot see the instance",
      { see: `forbid (principal, action, resource);`, a: review(group("OnCall")) },
    ],
  ])("%s", (_, policies, sources = everybody) => {
    expect(found(policies, sources)).toMatchObject({ names: [], most: 0 });
  });

  test("says nothing of policies that forbid what none permits", () => {
    expect(found({ a: review(group("Guest"), "forbid") })).toEqual(nobody);
  });

  test("because a policy forbids it to those whom another permits it, and that one is named", () => {
    const policies = {
      a: review(group("OnCall")),
      freeze: review("true", "forbid"),
      guests: review(group("Guest"), "forbid"),
    };
    expect(found(policies)).toEqual({ ...nobody, obstacles: ["freeze"] });
  });

  test("because a policy hides the instance from reviewers, and that one is named", () => {
    const hidden = `forbid (principal, action == Latchkey::Action::"view", resource) when { ${group("OnCall")} };`;
    expect(found({ a: review(group("OnCall")), hidden })).toEqual({ ...nobody, obstacles: ["hidden"] });
  });
});

const many = Number.POSITIVE_INFINITY;

describe("those who can review are", () => {
  test.each<
    [
      sentence: string,
      names: string[],
      most: number,
      policies: Record<string, string>,
      sources?: readonly PeopleSource[],
    ]
  >([
    ["a group", ["group OnCall"], many, { a: review(group("OnCall")) }],
    ["each of two groups", ["group OnCall", "group SRE"], many, { a: review(`${group("OnCall")} || ${group("SRE")}`) }],
    ["people in two groups", ["group OnCall and SRE"], many, { a: review(`${group("OnCall")} && ${group("SRE")}`) }],
    ["a group without another", ["group SRE"], many, { a: review(`${group("SRE")} && !(${group("Guest")})`) }],
    [
      "those whom no forbid names",
      ["group SRE"],
      many,
      { a: review(group("SRE")), b: review(group("Guest"), "forbid") },
    ],
    [
      "those whom a forbid spares",
      ["group OnCall and SRE"],
      many,
      {
        a: review(group("SRE")),
        b: `forbid (principal, action == Latchkey::Action::"review", resource) unless { ${group("OnCall")} };`,
      },
    ],
    [
      "those who also see the instance",
      ["group Guest and SRE"],
      many,
      {
        see: `permit (principal in Latchkey::Group::"Guest", action == Latchkey::Action::"view", resource);`,
        a: review(group("SRE")),
      },
    ],
    ["anybody", ["person *"], many, { a: review("principal is Latchkey::Person") }],
    ["a person", ["person bob"], 1, { a: review(person("bob")) }],
    ["two persons", ["person bob", "person eve"], 2, { a: review(person("eve")), b: review(person("bob")) }],
    [
      "a person, not twice by their groups",
      ["person bob"],
      1,
      { a: review(`${person("bob")} && !(${group("Guest")})`) },
    ],
    [
      "a group, not also a person in it",
      ["group SRE"],
      many,
      { a: review(`${group("SRE")} || (${person("bob")} && ${group("SRE")})`) },
    ],
    [
      "a person by the name",
      ["person bob@example.com"],
      1,
      { a: review('principal has name && principal.name == "bob"') },
    ],
    [
      "people by their names",
      ["person ad-*@example.com"],
      many,
      { a: review('principal has name && principal.name like "ad-*"') },
    ],
    [
      "the person whose OS user it is",
      ["person root@example.com"],
      1,
      { a: review("principal has name && principal.name == context.osUser") },
    ],
    [
      "the person whom a tag names",
      ["person web-1@example.com"],
      1,
      {
        a: review('principal has name && resource.hasTag("Name") && principal.name == resource.getTag("Name")'),
      },
    ],
    [
      "the person whom settings name",
      ["person bob"],
      1,
      { a: review("principal is Latchkey::Person") },
      [source([[]], "bob")],
    ],
    [
      "only in the morning, whenever it is",
      ["group OnCall"],
      many,
      { a: review(`${group("OnCall")} && context.time.hour < 2`) },
    ],
    [
      "only from a network, wherever they are",
      ["group OnCall"],
      many,
      {
        a: review(group("OnCall")),
        b: 'forbid (principal, action, resource) unless { context has sourceIp && context.sourceIp.isInRange(ip("10.0.0.0/8")) };',
      },
    ],
    [
      "only outside a freeze",
      ["group OnCall"],
      many,
      { a: review(group("OnCall")), b: review("context.time.weekday >= 5", "forbid") },
    ],
    [
      "by either branch of a condition on the time",
      ["group OnCall", "group SRE"],
      many,
      {
        a: review(`if context.time.hour < 2 then ${group("SRE")} else ${group("OnCall")}`),
      },
    ],
    [
      "by neither branch of a forbid on the time",
      ["group OnCall"],
      many,
      {
        a: review(`${group("OnCall")} || ${group("SRE")}`),
        b: review(`if context.time.hour < 2 then ${group("SRE")} else !(${group("OnCall")})`, "forbid"),
      },
    ],
  ])("%s", (_, names, most, policies, sources = everybody) => {
    // A forbid without an action would hide the instance too.
    const ofReviews = Object.entries(policies).map(([id, text]) => [
      id,
      text.replace("principal, action, resource", 'principal, action == Latchkey::Action::"review", resource'),
    ]);
    expect(found(Object.fromEntries(ofReviews), sources)).toMatchObject({ names, most });
  });

  test("unknown, not too few, if settings have too many groups to combine", () => {
    expect(found({ a: review(person("bob")) }, [source([[]], undefined, false)])).toMatchObject({
      names: ["person bob"],
      most: many,
    });
  });

  test("found by at most 242 evaluations, with any number of policies and groups", () => {
    const all = Array.from({ length: 90 }, (_, index) => [`Reviews${index}`, `Sees${index}`, `Else${index}`]);
    const anyOf = (place: number) =>
      `principal in [${all.map((names) => `Latchkey::Group::"${names[place]}"`).join()}]`;
    const engine = engineWith({
      review: review(anyOf(0)),
      see: `permit (principal, action == Latchkey::Action::"view", resource) when { ${anyOf(1)} };`,
      else: review(`${anyOf(2)} && ${group("Ghosts")}`),
    });
    let evaluations = 0;
    const counting = <Of extends Decider>(of: Of): Of => ({
      ...of,
      decide: (question: PolicyQuestion) => {
        evaluations += 1;
        return of.decide(question);
      },
    });
    const counted = { ...counting(engine), derive: (...by) => counting(engine.derive(...by)) } satisfies PolicyEngine;
    const sources = { peopleSources: sourcesOf([source(all)]), reviewingMachines: [] };
    const { reviewers } = possibleReviewers(counted, { instance: web, request, askers: [], sources });
    expect(reviewers).toHaveLength(20);
    expect(evaluations).toBeLessThanOrEqual(242);
  });

  test("twenty at most, of whom all count; and beyond a hundred they are unknown", () => {
    const ids = (count: number) =>
      review(
        `[${Array.from({ length: count }, (_, index) => `Latchkey::Person::"p${index}"`).join()}].contains(principal)`,
      );
    const [thirty, many] = [found({ a: ids(30) }, [source([[]])]), found({ a: ids(130) }, [source([[]])])];
    expect([thirty.names.length, thirty.most, many.most]).toEqual([20, 30, Number.POSITIVE_INFINITY]);
  });
});

describe("integrations", () => {
  const integrations: readonly ReviewingMachine[] = [
    { name: "pager", callers: [machine("Pager"), machine("PagerToo")] },
    { name: "ticket", callers: [machine("Ticket")] },
  ];
  const needed = (...integrations: string[][]) => ({
    approvals: 0,
    reason: false,
    alternatives: integrations.map((names) => ({ approvals: 0, integrations: names })),
  });
  const search = (policies: Record<string, string>, requestedBy = request.requestedBy) =>
    possibleReviewers(engineWith({ see, ...policies }), {
      instance: web,
      request: { ...request, requestedBy },
      askers: [request.subject, requestedBy],
      sources: { peopleSources: () => [], reviewingMachines: integrations },
    });
  const byPager = review('principal == Latchkey::Machine::"111122223333/PagerToo"');

  test.each<[sentence: string, can: boolean, found: PossibleReviewers, alternatives: string[][]]>([
    ["that policy does not let review give no approval", false, search({}), [["pager"]]],
    ["give none if another must, too", false, search({ a: byPager }), [["pager", "ticket"]]],
    ["give none for what they asked for themselves", false, search({ a: byPager }, "111122223333/Pager"), [["pager"]]],
    ["are not people", false, search({ a: byPager }), []],
    ["that policy lets review by one identity can approve", true, search({ a: byPager }), [["pager"]]],
    ["can approve as one of two ways", true, search({ a: byPager }), [["ticket"], ["pager"]]],
  ])("%s", (_, can, found, alternatives) => {
    const requirements = alternatives.length > 0 ? needed(...alternatives) : { approvals: 1, reason: false };
    expect(canBeApproved(requirements, found)).toBe(can);
  });

  test("are named if policy takes their approval", () => {
    const found = search({ a: review("true") });
    expect(withReviewers(needed(["ticket"]), found).reviewers).toEqual([{ kind: "integration", name: "ticket" }]);
    expect(withReviewers({ approvals: 1, reason: false }, found).reviewers).toEqual([]);
  });
});
