import { describe, expect, test } from "@jest/globals";
import type { Caller } from "../../../contract/caller.ts";
import type { Requirements } from "../../../contract/requirements.ts";
import type { PolicyQuestion } from "../../../lambda/policy/engine.ts";
import { mostApprovals } from "../../../lambda/policy/known-approvals.ts";
import { bothRequired, requirementsToConnect, requirementsToRequest } from "../../../lambda/policy/requirements.ts";
import { routeOptions } from "../../../lambda/resolve/route-options.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { engineWith } from "../../support/policy-engine.ts";
import { alice, unreachable, web } from "../../support/samples.ts";

const night = { epoch: 1_767_323_045, hour: 3, weekday: 5 };
const noon = { ...night, hour: 12 };
const proposed = { scope: "instance" as const, reason: "a disk is full", expiresAt: night.epoch + 3600 };
const connect = (condition: string, effect: "permit" | "forbid" = "permit") =>
  `${effect} (principal, action == Latchkey::Action::"connect", resource) when { ${condition} };`;
const approvals = (condition: string) => connect(`context has access && ${condition}`);
const access = "context.access";

const needs = (count: number, reason = false): Requirements => ({ approvals: count, reason });
const none = undefined;

describe("to connect", () => {
  const through = { osUser: "root", connectionType: "eice", address: "10.0.1.10", hostKeyTrust: 1, time: night };
  const search = (policies: Record<string, string>, context = through, asked = proposed) =>
    requirementsToConnect(engineWith(policies), alice, web, { contexts: [context], access: asked });
  const two = approvals(`${access}.approvals >= 2`);

  test.each<[sentence: string, policies: Record<string, string>]>([
    ["if nothing permits it", {}],
    ["if a policy permits somebody else", { two: two.replace("principal,", 'principal == Latchkey::Person::"bob",') }],
    ["if a policy forbids it with access", { all: connect("true"), never: connect("context has access", "forbid") }],
    ["if a forbid applies regardless of approvals", { two, never: connect('context.osUser == "root"', "forbid") }],
    [
      "if a policy errs regardless of approvals",
      { two, unsure: connect('resource.getTag("absent") == "x"', "forbid") },
    ],
    ["if break-glass alone would help", { emergency: approvals(`${access}.breakGlass`) }],
    ["if more approvals are asked for than are tried", { many: approvals(`${access}.approvals > ${mostApprovals}`) }],
    ["if fewer than none are", { less: approvals(`${access}.approvals < 0`) }],
    ["if it is not the hour", { day: approvals("context.time.hour >= 9 && context.time.hour < 17") }],
    ["if the host key is not trusted enough", { trusted: approvals("context.hostKeyTrust >= 2") }],
    ["if it is not the way", { direct: approvals('context.connectionType == "direct"') }],
    ["if access would be too long", { short: approvals(`${access}.expiresAt - context.time.epoch <= 1800`) }],
    ["if the reason is not one that policy takes", { ticket: approvals(`${access}.reason like "INC-*"`) }],
  ])("nothing helps %s", (_, policies) => {
    expect(search(policies)).toBe(none);
  });

  test.each<[sentence: string, policies: Record<string, string>, requirements: Requirements]>([
    ["an access request alone, where that is enough", { any: connect("context has access") }, needs(0)],
    ["two approvals, where two are asked for", { two }, needs(2)],
    ["the most that are tried", { ten: approvals(`${access}.approvals >= ${mostApprovals}`) }, needs(mostApprovals)],
    ["the least, where several policies permit", { two, one: approvals(`${access}.approvals >= 1`) }, needs(1)],
    ["as many as a number that has to be met exactly", { three: approvals(`${access}.approvals == 3`) }, needs(3)],
    [
      "the first of those between which a gap lies",
      { gap: approvals(`[2, 5].contains(${access}.approvals)`) },
      needs(2),
    ],
    [
      "past those that a forbid rules out, though fewer are permitted",
      { any: connect("context has access"), few: connect(`context has access && ${access}.approvals < 4`, "forbid") },
      needs(4),
    ],
    [
      "fewer than what a forbid rules out",
      { two, many: connect(`context has access && ${access}.approvals > 2`, "forbid") },
      needs(2),
    ],
    [
      "past those at which a policy errs",
      {
        two,
        unsure: connect(`context has access && ${access}.approvals < 3 && resource.getTag("absent") == ""`, "forbid"),
      },
      needs(3),
    ],
    ["a reason", { why: approvals(`${access}.reason != ""`) }, needs(0, true)],
    [
      "a reason and approvals",
      { why: approvals(`${access}.reason != "" && ${access}.approvals >= 2`) },
      needs(2, true),
    ],
    [
      "no reason, where one policy does without at the same number",
      {
        why: approvals(`${access}.reason != "" && ${access}.approvals >= 1`),
        one: approvals(`${access}.approvals >= 1`),
      },
      needs(1),
    ],
    [
      "a reason and fewer approvals, before more without",
      { why: approvals(`${access}.reason != "" && ${access}.approvals >= 1`), two },
      needs(1, true),
    ],
  ])("%s", (_, policies, requirements) => {
    expect(search(policies)).toEqual(requirements);
  });

  test("a missing reason is assumed to be given", () => {
    const policies = { why: approvals(`${access}.reason != "" && ${access}.approvals >= 1`) };
    expect(search(policies, through, { ...proposed, reason: "" })).toEqual(needs(1, true));
  });

  test("only the requested route counts", () => {
    const policies = { direct: approvals('context.connectionType == "direct"') };
    expect(search(policies, { ...through, connectionType: "direct" })).toEqual(needs(0));
  });

  test("policy is evaluated without break-glass, with each number of approvals in turn, and then without a reason", () => {
    const engine = fakePolicy({ connect: (question) => accessOf(question).approvals >= 2 });
    requirementsToConnect(engine, alice, web, { contexts: [through], access: proposed });
    expect(engine.questions.map(accessOf)).toEqual([
      { ...proposed, integrations: [], breakGlass: false, approvals: 0 },
      { ...proposed, integrations: [], breakGlass: false, approvals: 1 },
      { ...proposed, integrations: [], breakGlass: false, approvals: 2 },
      { ...proposed, integrations: [], breakGlass: false, approvals: 2, reason: "" },
    ]);
  });
});

describe("to make a request", () => {
  const requested = { osUser: "root", time: night };
  const search = (policies: Record<string, string>, principals = [alice], instance = web, asked = requested) =>
    requirementsToRequest(engineWith(policies), principals, instance, {
      contexts: routeOptions(instance, asked.osUser).map((route) => ({ ...asked, ...route })),
      access: proposed,
    });
  const as = (group: string): Caller => ({ ...alice, groups: [`111122223333/${group}`] });
  const inGroup = (group: string, count: number) =>
    approvals(`principal in Latchkey::Group::"111122223333/${group}" && ${access}.approvals >= ${count}`);
  const roles = { engineers: inGroup("Engineer", 2), onCall: inGroup("OnCall", 1) };
  const officeHours = {
    day: approvals(`context.time.hour >= 9 && context.time.hour < 17 && ${access}.approvals >= 1`),
  };

  test.each<[sentence: string, policies: Record<string, string>, principals?: Caller[]]>([
    ["if nothing permits it", {}],
    ["if another OS user may", { other: approvals('context.osUser == "ec2-user"') }],
    ["if break-glass alone would help", { emergency: approvals(`${access}.breakGlass`) }],
    ["outside working hours", officeHours],
    [
      "at an address that is not the instance's",
      { net: approvals('context has address && context.address == "10.9.9.9"') },
    ],
    ["if the subject may come as nobody", roles, []],
    ["if nobody that the subject may come as can connect", roles, [as("Guest"), as("ChatBot")]],
  ])("nothing helps %s", (_, policies, ...[principals]) => {
    expect(search(policies, principals)).toBe(none);
  });

  const [one, two] = [`${access}.approvals >= 1`, `${access}.approvals >= 2`];
  const endpointOnly = { eice: approvals(`context.connectionType == "eice" && ${one}`) };
  test.each<[sentence: string, policies: Record<string, string>, requirements: Requirements, principals?: Caller[]]>([
    ["none, where access alone is enough", { any: connect("true") }, needs(0)],
    ["what the one way needs that there is: through an endpoint", endpointOnly, needs(1)],
    [
      "what the one way needs that there is: directly",
      { direct: approvals(`context.connectionType != "eice" && ${two}`) },
      needs(2),
    ],
    [
      "the least over the ways",
      { ...endpointOnly, direct: approvals(`context.connectionType == "direct" && ${two}`) },
      needs(1),
    ],
    [
      "a reason, only where every way asks for one",
      {
        direct: approvals(`context.connectionType == "direct" && ${access}.reason != ""`),
        eice: approvals('context.connectionType == "eice"'),
      },
      needs(0),
    ],
    [
      "what an address of the instance needs",
      { net: approvals(`context has address && context.address like "10.*" && ${one}`) },
      needs(1),
    ],
    ["what the caller's own group needs", roles, needs(1), [as("OnCall")]],
    ["the most over those whom the subject may come as", roles, needs(2), [as("OnCall"), as("Engineer")]],
    ["the most among those that can connect at all", roles, needs(1), [as("Guest"), as("OnCall")]],
    [
      "a reason, where any of them needs one",
      { ...roles, why: inGroup("Guest", 1).replace(" };", ` && ${access}.reason != "" };`) },
      needs(2, true),
      [as("Engineer"), as("Guest")],
    ],
  ])("%s", (_, policies, requirements, ...[principals]) => {
    expect(search(policies, principals)).toEqual(requirements);
  });

  test("one approval, within working hours", () => {
    expect(search(officeHours, [alice], web, { ...requested, time: noon })).toEqual(needs(1));
  });

  describe("for the serial console, as its user only", () => {
    const console = { ...requested, osUser: `${web.instanceId}.port0` };
    const serial = { serial: approvals(`context.connectionType == "serial" && ${two}`) };

    test.each<[sentence: string, policies: Record<string, string>, asked: typeof requested]>([
      ["another OS user does not get there", serial, requested],
      ["nor does the user of another console", serial, { ...requested, osUser: `${unreachable.instanceId}.port0` }],
      ["its user gets there in no other way", endpointOnly, console],
      ["nor by a policy about an address", { net: approvals("context has address") }, console],
    ])("nothing helps: %s", (_, policies, asked) => {
      expect(search(policies, [alice], web, asked)).toBe(none);
    });

    test("the console's requirements count, even if another route would need less", () => {
      const policies = { ...serial, others: approvals(`context.connectionType != "serial" && ${one}`) };
      expect(search(policies, [alice], web, console)).toEqual(needs(2));
    });
  });

  test("the host key is assumed trusted, because it may be registered by then", () => {
    const policies = { trusted: approvals(`context.hostKeyTrust >= 3 && ${one}`) };
    expect(search(policies)).toEqual(needs(1));
    expect(search(policies, [alice], unreachable)).toEqual(needs(1));
  });

  test.each([
    ["public", "203.0.113.10"],
    ["private", "10.0.1.10"],
    ["IPv6", "2001:db8::1"],
  ])("the instance's %s address is among the routes", (_, address) => {
    const dual = { ...web, ipv6Address: "2001:db8::1" };
    const policies = { here: approvals(`context has address && context.address == "${address}"`) };
    expect(search(policies, [alice], dual)).toEqual(needs(0));
  });

  test("an instance without an address is evaluated too", () => {
    expect(search(endpointOnly, [alice], unreachable)).toEqual(needs(1));
  });
});

const accessOf = ({ context }: PolicyQuestion) => context["access"] as { approvals: number };

describe("what two require together", () => {
  type Enough = readonly [approvals: number, ...integrations: string[]];
  const required = (...all: readonly Enough[]): Requirements => {
    const alternatives = all.map(([approvals, ...integrations]) => ({ approvals, integrations }));
    const isPeoples = alternatives.every(({ integrations }) => integrations.length === 0);
    return { approvals: all[0]?.[0] ?? 0, reason: false, ...(!isPeoples && { alternatives }) };
  };
  test.each<[one: readonly Enough[], other: readonly Enough[], both: readonly Enough[]]>([
    [[[1]], [[2]], [[2]]],
    [[[1]], [[0, "roster"]], [[1, "roster"]]],
    [[[0, "roster"]], [[0, "ticket"]], [[0, "roster", "ticket"]]],
    [
      [[1], [0, "roster"]],
      [[1], [0, "roster"]],
      [[1], [0, "roster"]],
    ],
    [
      [[2], [1, "roster"]],
      [[1], [0, "ticket"]],
      [[2], [1, "roster"]],
    ],
    [
      [[2], [0, "roster"]],
      [[1], [0, "ticket"]],
      [[2], [1, "roster"], [0, "roster", "ticket"]],
    ],
    [[[0]], [[1], [0, "roster"]], [[1], [0, "roster"]]],
  ])("%j and %j are %j, in either order", (one, other, both) => {
    for (const [a, b] of [
      [one, other],
      [other, one],
    ] as const) {
      const { alternatives, ...rest } = bothRequired(required(...a), required(...b));
      const sorted = alternatives?.map((each) => ({ ...each, integrations: each.integrations.toSorted() }));
      expect({ ...rest, ...(sorted && { alternatives: sorted }) }).toEqual(required(...both));
    }
  });
});
