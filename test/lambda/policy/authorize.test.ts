import { describe, expect, test } from "@jest/globals";
import type { Caller } from "../../../contract/caller.ts";
import {
  type Access,
  type ConnectContext,
  mayConnect,
  mayDelegate,
  mayManageHostKeys,
  mayReadAudit,
  mayRequest,
  mayReview,
  mayRevoke,
  maySuspend,
  mayView,
} from "../../../lambda/policy/authorize.ts";
import { defaultBounds } from "../../../lambda/policy/bounds.ts";
import type { PolicyEngine, PolicyQuestion, Verdict } from "../../../lambda/policy/engine.ts";
import type { Instance } from "../../../lambda/shared/instance.ts";
import { engineWith } from "../../support/policy-engine.ts";

const alice: Caller = {
  id: "alice",
  kind: "person",
  groups: ["Engineer"],
  frontDoor: "iam",
  sources: ["iam:111122223333/Engineer"],
};
const engineerBot: Caller = { ...alice, id: "111122223333/Engineer", kind: "machine" };
const stranger: Caller = { ...alice, groups: [] };
const web: Instance = {
  instanceId: "i-0123456789abcdef0",
  accountId: "111122223333",
  region: "us-east-1",
  availabilityZone: "us-east-1a",
  state: "running",
  tags: { env: "dev" },
  addresses: [],
};
const context: ConnectContext = {
  osUser: "ec2-user",
  connectionType: "direct",
  address: "203.0.113.10",
  hostKeyTrust: 2,
  time: { epoch: 1_767_323_045, hour: 3, weekday: 5 },
};

const access: Access = {
  scope: "instance",
  approvals: 2,
  breakGlass: false,
  reason: "a disk is full",
  expiresAt: 1_767_326_645,
};

/** Whether a policy that permits only under this condition permits the connection. */
const connects = (condition: string, caller = alice, instance = web, asked = context) =>
  mayConnect(
    engineWith({ only: `permit (principal, action, resource) when { ${condition} };` }),
    caller,
    instance,
    asked,
  ).allowed;

describe("view", () => {
  const everybody = engineWith({ all: "permit (principal, action, resource);" });

  test("an absent instance is not visible, even if everything is permitted", () => {
    expect(mayView(everybody, alice, undefined)).toBe(false);
  });

  test("policy is evaluated for an absent instance too, so that both responses take the same time", () => {
    const questions: PolicyQuestion[] = [];
    const engine: PolicyEngine = {
      digest: "",
      decide: (question) => {
        questions.push(question);
        return { allowed: false, policies: [] };
      },
      tagKeys: new Set(),
      mostApprovals: 0,
      boundsOf: () => defaultBounds,
      policies: {},
      derive: () => engine,
    };
    mayView(engine, alice, undefined);
    mayView(engine, alice, web);
    expect(questions.map(({ action }) => action)).toEqual(["view", "view"]);
  });

  test("an instance that policy does not permit is not visible", () => {
    expect(mayView(engineWith({}), alice, web)).toBe(false);
  });

  test("an instance that policy permits is visible", () => {
    expect(mayView(everybody, alice, web)).toBe(true);
  });

  test("a permit to view is not a permit to connect", () => {
    const engine = engineWith({ look: 'permit (principal, action == Latchkey::Action::"view", resource);' });
    expect(mayConnect(engine, alice, web, context)).toEqual({ allowed: false, policies: [] });
  });
});

describe("what policy knows of the caller", () => {
  const person = "principal is Latchkey::Person";
  const group = 'principal in Latchkey::Group::"Engineer"';
  const named = "principal has name";
  const ownOsUser = "principal has name && context has osUser && principal.name == context.osUser";
  const atExample = { ...alice, id: "alice@example.com" };
  test.each<[sentence: string, allowed: boolean, condition: string, caller: Caller]>([
    ["a machine is no person, though its role is the same", false, person, engineerBot],
    ["a person is no machine", false, "principal is Latchkey::Machine", alice],
    ["a machine's id is not a person's", false, 'principal == Latchkey::Person::"111122223333/Engineer"', engineerBot],
    ["a role of the same name in another account is not in the group", false, group, stranger],
    ["an id without the domain is no name", false, named, alice],
    ["an id of another domain is no name", false, named, { ...alice, id: "alice@example.org" }],
    ["an id of a domain that ends alike is no name", false, named, { ...alice, id: "alice@evil.example.com" }],
    ["an id with another @ before the domain is no name", false, named, { ...alice, id: "root@evil@example.com" }],
    ["an id with another @ behind the domain is no name", false, named, { ...alice, id: "root@example.com@evil" }],
    ["a machine has no name", false, named, { ...engineerBot, id: "alice@example.com" }],
    ["a name is not the OS user of somebody else", false, ownOsUser, { ...alice, id: "ec2-users@example.com" }],
    ["a caller is in no group but its own", false, 'principal in Latchkey::Group::"OnCall"', alice],
    ["a person is a person", true, person, alice],
    ["a person has the session's name", true, 'principal == Latchkey::Person::"alice"', alice],
    ["a machine is a machine", true, 'principal == Latchkey::Machine::"111122223333/Engineer"', engineerBot],
    [
      "a machine's role may end like the domain",
      true,
      "principal is Latchkey::Machine",
      { ...engineerBot, id: "111122223333/a@example.com" },
    ],
    ["a person of the domain has a name", true, 'principal has name && principal.name == "alice"', atExample],
    ["a name can be the OS user", true, ownOsUser, { ...alice, id: "ec2-user@example.com" }],
    ["a caller is in its group", true, group, alice],
  ])("%s", (_, allowed, condition, caller) => {
    expect(connects(condition, caller)).toBe(allowed);
  });
});

describe("what policy knows of a connection", () => {
  const { address: _, ...unresolved } = context;
  const withAccess = { ...context, access };
  test.each<[sentence: string, condition: string, instance?: Instance, asked?: ConnectContext]>([
    ["the instance", 'resource == Latchkey::Instance::"111122223333/us-east-1/i-0123456789abcdef0"'],
    ["its account and region", 'resource.account == "111122223333" && resource.region == "us-east-1"'],
    ["its tags", 'resource.getTag("env") == "dev"'],
    ["its VPC", 'resource.vpc == "vpc-1"', { ...web, vpcId: "vpc-1" }],
    ["that it is in none", "!(resource has vpc)"],
    ["its platform", 'resource.platform == "windows"', { ...web, platform: "windows" }],
    ["that EC2 names none", "!(resource has platform)"],
    ["the OS user", 'context.osUser == "ec2-user"'],
    ["what it resolved to", 'context.connectionType == "direct" && context.address == "203.0.113.10"'],
    ["how far the host key is trusted", "context.hostKeyTrust == 2"],
    ["that it resolved to nothing", "!(context has address)", web, unresolved],
    ["the time", "context.time.epoch == 1767323045 && context.time.hour == 3 && context.time.weekday == 5"],
    ["that no access request is active", "!(context has access)"],
    ["that one is, and who approved it", "context has access && context.access.approvals == 2", web, withAccess],
    ["that it is no emergency", "context has access && !context.access.breakGlass", web, withAccess],
    ["its reason", 'context has access && context.access.reason == "a disk is full"', web, withAccess],
    ["when it ends", "context has access && context.access.expiresAt == 1767326645", web, withAccess],
  ])("%s", (_, condition, ...[instance, asked]) => {
    expect(connects(condition, alice, instance, asked)).toBe(true);
    expect(connects(`!(${condition})`, alice, instance, asked)).toBe(false);
  });
});

describe("without a domain in the settings, nobody has a name", () => {
  test("not even a person with one in the id", () => {
    const engine = { ...engineWith({ only: "permit (principal, action, resource) when { principal has name };" }) };
    const caller = { ...alice, id: "alice@example.com" };
    expect(mayConnect(engine, caller, web, context).allowed).toBe(true);
    expect(mayConnect({ ...engine, nameDomain: undefined }, caller, web, context).allowed).toBe(false);
  });
});

describe("where the caller calls from", () => {
  const inside = 'context has sourceIp && context.sourceIp.isInRange(ip("192.0.2.0/24"))';
  test.each<[sentence: string, sourceIp: string | undefined]>([
    ["nowhere", undefined],
    ["an address outside", "198.51.100.1"],
    ["an IPv6 address", "2001:db8::1"],
    ["a test of API Gateway's console", "test-invoke-source-ip"],
    ["text that only begins like the range", "192.0.2.1.evil.example"],
    ["the range itself", "192.0.2.0/24"],
    ["an IPv4 address within an IPv6 one", "::ffff:192.0.2.1"],
  ])("is not within a range: %s", (_, sourceIp) => {
    expect(connects(inside, alice, web, { ...context, sourceIp })).toBe(false);
  });

  test.each([
    ["the first of it", "192.0.2.0"],
    ["the last of it", "192.0.2.255"],
  ])("is within a range: %s", (_, sourceIp) => {
    expect(connects(inside, alice, web, { ...context, sourceIp })).toBe(true);
  });

  test.each(["2001:DB8::1", "::", "1:2:3:4:5:6:7:8"])("is an IPv6 address too: %s", (sourceIp) => {
    const condition = "context has sourceIp && context.sourceIp.isIpv6()";
    expect(connects(condition, alice, web, { ...context, sourceIp })).toBe(true);
  });

  test.each([
    "",
    " ",
    "test-invoke-source-ip",
    "::ffff:1.2.3.4",
    "fe80::1%eth0",
    "01.2.3.4",
    "1.2.3.4:80",
    "[::1]",
    "1.2.3.4/0",
    "1:2",
    "\u0661.2.3.4",
    "\ud800",
  ])("is left out if Cedar cannot read it, and policy still decides: %j", (sourceIp) => {
    expect(connects("!(context has sourceIp)", alice, web, { ...context, sourceIp })).toBe(true);
  });
});

const { time } = context;
const bob: Caller = { ...alice, id: "bob", groups: ["OnCall"] };
const scope = "instance" as const;
const wanted = { scope, osUser: "root", durationSeconds: 3600, time, sourceIp: "192.0.2.1" };
const from = { scope, time, sourceIp: wanted.sourceIp };
const request = { ...wanted, breakGlass: true };
const delegation = { ...wanted, subject: "bob" };
const reviewed = { osUser: "root", subject: "bob", requestedBy: "111122223333/ChatBot", breakGlass: false, ...from };

type Asking = (engine: PolicyEngine) => Verdict;
const asking = {
  connect: (engine) => mayConnect(engine, alice, web, { ...context, access }),
  request: (engine) => mayRequest(engine, alice, web, request),
  delegate: (engine) => mayDelegate(engine, alice, web, delegation),
  review: (engine) => mayReview(engine, alice, web, reviewed),
  revoke: (engine) => mayRevoke(engine, alice, web, reviewed),
  readAudit: (engine) => mayReadAudit(engine, alice, web),
  manageHostKeys: (engine) => mayManageHostKeys(engine, alice, web),
  suspend: (engine) => maySuspend(engine, alice, [bob], { restore: true, ...from }),
} satisfies Record<string, Asking>;
type Asked = keyof typeof asking;
const actions = Object.keys(asking) as Asked[];
const onlyFor = (action: string, condition = "true") =>
  `permit (principal, action == Latchkey::Action::"${action}", resource) when { ${condition} };`;

describe.each(actions)("%s", (action) => {
  test("is denied if nothing permits it", () => {
    expect(asking[action](engineWith({}))).toEqual({ allowed: false, policies: [] });
  });

  test("is denied if any policy errs", () => {
    const engine = engineWith({
      all: "permit (principal, action, resource);",
      unsure: 'forbid (principal, action, resource) when { resource.getTag("absent") == "x" };',
    });
    expect(asking[action](engine)).toEqual({ allowed: false, policies: [] });
  });

  test("is denied if a policy forbids it, which is named", () => {
    const engine = engineWith({ all: "permit (principal, action, resource);", no: onlyForbid(action) });
    expect(asking[action](engine)).toEqual({ allowed: false, policies: ["no"] });
  });

  test("is not permitted by a policy that permits every other action", () => {
    const others = [...actions, "view"].filter((other) => other !== action);
    const engine = engineWith(Object.fromEntries(others.map((other) => [other, onlyFor(other)])));
    expect(asking[action](engine)).toEqual({ allowed: false, policies: [] });
  });

  test("is permitted by its own policy, which is named", () => {
    expect(asking[action](engineWith({ only: onlyFor(action) }))).toEqual({ allowed: true, policies: ["only"] });
  });
});

const onlyForbid = (action: string) => onlyFor(action).replace("permit", "forbid");

describe("what policy knows", () => {
  const source = 'context has sourceIp && context.sourceIp == ip("192.0.2.1")';
  const when = "context.time.epoch == 1767323045 && context.time.hour == 3 && context.time.weekday == 5";
  test.each<[action: Asked, sentence: string, condition: string]>([
    ["request", "who asks", 'principal == Latchkey::Person::"alice"'],
    ["request", "the instance and its tags", 'resource.getTag("env") == "dev"'],
    ["request", "the OS user", 'context.osUser == "root"'],
    ["request", "that it is an emergency", "context.breakGlass"],
    ["request", "for how long", "context.durationSeconds == 3600"],
    ["request", "the time", when],
    ["request", "from where", source],
    ["delegate", "who asks", 'principal == Latchkey::Person::"alice"'],
    ["delegate", "for whom", 'context.subject == "bob"'],
    ["delegate", "the OS user", 'context.osUser == "root"'],
    ["delegate", "for how long", "context.durationSeconds == 3600"],
    ["delegate", "the time", when],
    ["delegate", "from where", source],
    ...(["review", "revoke"] as const).flatMap((action): [Asked, string, string][] => [
      [action, "who would", 'principal == Latchkey::Person::"alice"'],
      [action, "the OS user", 'context.osUser == "root"'],
      [action, "for whom the request is", 'context.subject == "bob"'],
      [action, "who made it", 'context.requestedBy == "111122223333/ChatBot"'],
      [action, "that it is no emergency", "!context.breakGlass"],
      [action, "the time", when],
      [action, "from where", source],
    ]),
    ["readAudit", "who would", 'principal == Latchkey::Person::"alice"'],
    ["readAudit", "the instance and its tags", 'resource.getTag("env") == "dev"'],
    ["suspend", "who would", 'principal == Latchkey::Person::"alice"'],
    [
      "suspend",
      "whom, and their groups",
      'resource == Latchkey::Person::"bob" && resource in Latchkey::Group::"OnCall"',
    ],
    ["suspend", "that it ends a suspension", "context.restore"],
    ["suspend", "the time", when],
    ["suspend", "from where", source],
    ["manageHostKeys", "who would", 'principal == Latchkey::Person::"alice"'],
    ["manageHostKeys", "the instance and its tags", 'resource.getTag("env") == "dev"'],
  ])("of %s: %s", (action, _, condition) => {
    expect(asking[action](engineWith({ only: onlyFor(action, condition) })).allowed).toBe(true);
    expect(asking[action](engineWith({ only: onlyFor(action, `!(${condition})`) })).allowed).toBe(false);
  });
});

describe("extra fields of the objects do not reach policy, which would deny them", () => {
  const all = engineWith({ all: "permit (principal, action, resource);" });
  const more = { accessRequestId: "ar-1", time: { ...time, zone: "UTC" } };
  test.each<[sentence: string, verdict: Verdict]>([
    ["connect", mayConnect(all, alice, web, { ...context, ...more, access: Object.assign({}, access, more) })],
    ["request", mayRequest(all, alice, web, { ...request, ...more })],
    ["delegate", mayDelegate(all, alice, web, { ...delegation, ...more })],
    ["review", mayReview(all, alice, web, { ...reviewed, ...more })],
    ["revoke", mayRevoke(all, alice, web, { ...reviewed, ...more })],
  ])("%s", (_, verdict) => {
    expect(verdict.allowed).toBe(true);
  });
});
