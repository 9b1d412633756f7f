import { policyToJson } from "@cedar-policy/cedar-wasm/nodejs";
import { describe, expect, test } from "@jest/globals";
import { unknownNames } from "../../../lib/build/check-names.ts";
import { readSettings } from "../../../lib/settings.ts";

const settings = readSettings({
  identities: {
    nameDomain: "example.com",
    iam: { people: [{ role: "111122223333/Engineer" }, { role: "111122223333/OnCall", idPattern: "*@example.com" }] },
    oidc: [
      {
        name: "corp",
        issuer: "https://login.example.com",
        audience: "api",
        jwksUri: "https://login.example.com/jwks",
        algorithm: "RS256",
        machines: [{ name: "robot", id: ["tenant", "client_id"] }],
      },
    ],
  },
  groups: {
    Engineer: ["iam:111122223333/Engineer"],
    OnCall: ["iam:111122223333/OnCall"],
    ChatBot: ["iam:111122223333/ChatBot"],
  },
});
const withRoster = { ...settings, integrations: [{ name: "roster", identities: ["111122223333/Roster"] }] };
const contractorsOnly = readSettings({
  identities: { iam: { people: [{ role: "111122223333/Contractor", idPattern: "*@contractor.example" }] } },
});

function messagesFor(text: string, known = settings): string[] {
  const parsed = policyToJson(text);
  if (parsed.type === "failure") throw new Error(parsed.errors.map(({ message }) => message).join());
  return unknownNames(parsed.json, known);
}
const when = (condition: string) => `forbid (principal, action, resource) when { ${condition} };`;
const instanceId = "i-0123456789abcdef0";
const instanceForm = "an instance's is <account>/<region>/<instance id>";
const personForm = "a person's is 2 to 64 of a-z, 0-9 and ._+=,@-";

test.each([
  [
    'context has access && context.access.integrations.contains("rooster")',
    ['the setting integrations has no "rooster" (did you mean "roster"?)'],
  ],
  [
    'context has access && context.access.integrations.containsAny(["roster", "x"])',
    ['the setting integrations has no "x"'],
  ],
  ['context has access && context.access.integrations == ["y"]', ['the setting integrations has no "y"']],
  ['context has access && context.access.integrations.containsAll(["roster"])', []],
])("an integration that settings do not have is refused: %s", (condition, messages) => {
  expect(messagesFor(when(condition), withRoster)).toEqual(messages);
});

describe("a policy is refused if it names", () => {
  test.each<[sentence: string, policy: string, message: string]>([
    [
      "a misspelt group in its scope",
      'permit (principal in Latchkey::Group::"Enginer", action, resource);',
      'the setting groups has no "Enginer" (did you mean "Engineer"?)',
    ],
    [
      "a group in another case, behind a type",
      'permit (principal is Latchkey::Person in Latchkey::Group::"oncall", action, resource);',
      'the setting groups has no "oncall" (did you mean "OnCall"?)',
    ],
    [
      "a group by the role that makes it",
      when('principal in Latchkey::Group::"111122223333/Engineer"'),
      'the setting groups has no "111122223333/Engineer" (did you mean "Engineer"?)',
    ],
    [
      "an unknown group among known ones",
      when('principal in [Latchkey::Group::"Engineer", Latchkey::Group::"Billing"]'),
      'the setting groups has no "Billing"',
    ],
    [
      "an unknown group in an unless, under !",
      'forbid (principal, action, resource) unless { !(principal in Latchkey::Group::"Billing") };',
      'the setting groups has no "Billing"',
    ],
    [
      "a person in capitals",
      'forbid (principal == Latchkey::Person::"Mallory@example.com", action, resource);',
      `no person can have the id "Mallory@example.com": ${personForm} (did you mean "mallory@example.com"?)`,
    ],
    [
      "a person with a letter beyond ASCII",
      when('principal == Latchkey::Person::"mallоry"'),
      `no person can have the id "mallоry": ${personForm}`,
    ],
    [
      "Latchkey as a person",
      when('principal == Latchkey::Person::"latchkey"'),
      `no person can have the id "latchkey": ${personForm}`,
    ],
    [
      "a machine by its role alone",
      when('principal == Latchkey::Machine::"ChatBot"'),
      'no machine can have the id "ChatBot": a machine\'s is <account>/<role>',
    ],
    [
      "a machine with a digit missing",
      when('principal == Latchkey::Machine::"11112222333/ChatBot"'),
      'no machine can have the id "11112222333/ChatBot": a machine\'s is <account>/<role>, or <issuer>/<mapping>/<claims> (did you mean "111122223333/ChatBot"?)',
    ],
    ...["corp/robots/a/b", "corp/robot/a", "corp/robot/a/b c", "okta/robot/a/b"].map((id): [string, string, string] => [
      `the machine ${id}, which no mapping of an issuer produces`,
      when(`principal == Latchkey::Machine::"${id}"`),
      `no machine can have the id "${id}"`,
    ]),
    [
      "a machine under a role of people",
      when('principal == Latchkey::Machine::"111122223333/Engineer"'),
      'no machine can have the id "111122223333/Engineer": identities.iam.people makes that role\'s callers people',
    ],
    [
      "a subject in capitals",
      when('context.subject == "Alice"'),
      `no person can have the id "Alice": ${personForm} (did you mean "alice"?)`,
    ],
    [
      "a subject in capitals, the other way round",
      when('"Alice" != context.subject'),
      'no person can have the id "Alice"',
    ],
    ["a requester in capitals", when('context["requestedBy"] == "Alice"'), 'no person can have the id "Alice"'],
    [
      "a requester of people's role",
      when('context.requestedBy == "111122223333/OnCall"'),
      "no machine can have the id",
    ],
    ["a subject in a list", when('["alice", "Bob"].contains(context.subject)'), 'no person can have the id "Bob"'],
    ["a list with a subject", when('[context.subject].containsAny(["Bob"])'), 'no person can have the id "Bob"'],
    [
      "a subject behind an if",
      when('(if context.breakGlass then context.subject else "none") == "Bob"'),
      'no person can have the id "Bob"',
    ],
    [
      "subjects like something in capitals",
      when('context.subject like "*@Example.com"'),
      `no caller's id is like "*@Example.com": ${personForm}, a machine's is <account>/<role>`,
    ],
    [
      "subjects like a name that machines have in CloudTrail",
      when('context.subject like "*-0123456789abcdef01234567"'),
      'no caller\'s id is like "*-0123456789abcdef01234567"',
    ],
    ["subjects like Latchkey itself", when('context.subject like "latchkey"'), 'no caller\'s id is like "latchkey"'],
    ["subjects like something too long", when(`context.subject like "*${"a".repeat(78)}"`), "no caller's id is like"],
    [
      "requesters like a role without an account",
      when('context.requestedBy like "ChatBot*"'),
      "no caller's id is like",
    ],
    [
      "an instance by its id alone, in its scope",
      `forbid (principal, action, resource == Latchkey::Instance::"${instanceId}");`,
      `no instance can have the id "${instanceId}": ${instanceForm} (did you mean "<account>/<region>/${instanceId}"?)`,
    ],
    [
      "an instance by its id alone, behind in",
      `forbid (principal, action, resource in Latchkey::Instance::"${instanceId}");`,
      `no instance can have the id "${instanceId}"`,
    ],
    [
      "an instance by its id alone, behind a type",
      `forbid (principal, action, resource is Latchkey::Instance in Latchkey::Instance::"${instanceId}");`,
      `no instance can have the id "${instanceId}"`,
    ],
    [
      "an instance by its id alone, among others in a condition",
      when(
        `[Latchkey::Instance::"111122223333/us-east-1/${instanceId}", Latchkey::Instance::"${instanceId}"].contains(resource)`,
      ),
      `no instance can have the id "${instanceId}"`,
    ],
    [
      "an instance by its ARN",
      when(`resource == Latchkey::Instance::"arn:aws:ec2:us-east-1:111122223333:instance/${instanceId}"`),
      `${instanceForm} (did you mean "111122223333/us-east-1/${instanceId}"?)`,
    ],
    [
      "an instance with the region before the account",
      when(`resource == Latchkey::Instance::"us-gov-west-1/111122223333/${instanceId}"`),
      `${instanceForm} (did you mean "111122223333/us-gov-west-1/${instanceId}"?)`,
    ],
    [
      "an instance in an availability zone",
      when(`resource == Latchkey::Instance::"111122223333/us-east-1a/${instanceId}"`),
      `${instanceForm} (did you mean "111122223333/us-east-1/${instanceId}"?)`,
    ],
    [
      "an instance in capitals",
      when('resource == Latchkey::Instance::"111122223333/us-east-1/I-0ABCDEF1"'),
      `${instanceForm} (did you mean "111122223333/us-east-1/i-0abcdef1"?)`,
    ],
    [
      "an instance in an account with a digit missing",
      when(`resource == Latchkey::Instance::"11112222333/us-east-1/${instanceId}"`),
      `${instanceForm} (did you mean "<account>/us-east-1/${instanceId}"?)`,
    ],
    [
      "an instance whose id has a digit too many",
      when(`resource == Latchkey::Instance::"111122223333/us-east-1/${instanceId}0"`),
      `no instance can have the id "111122223333/us-east-1/${instanceId}0": ${instanceForm}`,
    ],
    [
      "an instance with more behind it",
      when(`resource == Latchkey::Instance::"111122223333/us-east-1/${instanceId}/"`),
      `${instanceForm} (did you mean "111122223333/us-east-1/${instanceId}"?)`,
    ],
    [
      "an instance by its name",
      when('resource == Latchkey::Instance::"web-1"'),
      `no instance can have the id "web-1": ${instanceForm}`,
    ],
    [
      "a region by another word for it",
      when('resource.region == "eu-west"'),
      'resource.region is never "eu-west": it is a region\'s name, such as eu-west-1',
    ],
    [
      "a region in capitals",
      when('["us-east-1", "EU-WEST-1"].contains(resource.region)'),
      'resource.region is never "EU-WEST-1": it is a region\'s name, such as eu-west-1 (did you mean "eu-west-1"?)',
    ],
    [
      "an availability zone for a region",
      when('resource.region != "eu-west-1a"'),
      'resource.region is never "eu-west-1a"',
    ],
    ["regions like something in capitals", when('resource.region like "EU-*"'), 'resource.region is never like "EU-*"'],
    [
      "an account with hyphens",
      when('"1111-2222-3333" == resource.account'),
      'resource.account is never "1111-2222-3333": it is 12 digits',
    ],
    [
      "accounts like one that is too long",
      when('resource.account like "1111222233334*"'),
      "resource.account is never like",
    ],
    [
      "a VPC by its name",
      when('resource has vpc && resource.vpc == "main"'),
      'resource.vpc is never "main": it is vpc- and',
    ],
    [
      "a VPC in capitals",
      when('resource has vpc && resource.vpc == "vpc-0A1B2C3D"'),
      'resource.vpc is never "vpc-0A1B2C3D": it is vpc- and 8 or 17 lower-case hex digits (did you mean "vpc-0a1b2c3d"?)',
    ],
    [
      "VPCs like a subnet",
      when('resource has vpc && resource.vpc like "subnet-*"'),
      'resource.vpc is never like "subnet-*"',
    ],
    [
      "a platform that EC2 does not name",
      when('resource has platform && resource.platform == "linux"'),
      'resource.platform is never "linux": it is "windows"',
    ],
    [
      "a type of connection that there is not",
      when('context.connectionType == "ssm"'),
      'context.connectionType is never "ssm": it is "direct" or "eice" or "serial"',
    ],
    [
      "an OS user with a space",
      when('context.osUser == "ec2 user"'),
      'context.osUser is never "ec2 user": it is an OS user',
    ],
    [
      "an address with its length",
      when('context has address && context.address == "10.0.0.0/8"'),
      "context.address is never",
    ],
    [
      "a name in capitals",
      when('principal has name && principal.name == "Alice"'),
      'principal.name is never "Alice": no person can have the id "Alice@example.com"',
    ],
    [
      "a whole id as a name, among others",
      when('principal has name && ["alice", "bob@example.com"].contains(principal.name)'),
      'principal.name is never "bob@example.com": it is the part of an id before @example.com',
    ],
    [
      "a name longer than ids",
      when(`principal has name && principal.name == "${"a".repeat(53)}"`),
      'principal.name is never "aaa',
    ],
    [
      "names by a domain",
      when('principal has name && principal.name like "*@example.com"'),
      'principal.name is never like "*@example.com": it is the part',
    ],
    [
      "names by a capital",
      when('principal has name && principal.name like "Svc-*"'),
      'principal.name is never like "Svc-*"',
    ],
    [
      "a source by its range",
      when('context has sourceIp && context.sourceIp == ip("10.0.0.0/8")'),
      'context.sourceIp is never ip("10.0.0.0/8"), which is a range: use isInRange',
    ],
    [
      "a tag whose key is not a literal",
      when("resource.hasTag(context.osUser)"),
      "hasTag takes a string literal only, so that the build knows every tag that policies read",
    ],
    [
      "a tag by a chosen key",
      when('resource.getTag(if true then "a" else "b") == "c"'),
      "getTag takes a string literal",
    ],
  ])("%s", (_, policy, message) => {
    expect(messagesFor(policy)).toEqual([expect.stringContaining(message)]);
  });

  test("a person whose id no source may assert", () => {
    const policy = when('principal == Latchkey::Person::"alice"');
    expect(messagesFor(policy, contractorsOnly)).toEqual(['no source of identities may assert the id "alice"']);
    expect(messagesFor(policy)).toEqual([]);
  });

  test("a name that no source may assert", () => {
    const policy = when('principal has name && principal.name == "alice"');
    const settingsOf = (idPattern: string) =>
      readSettings({
        identities: { nameDomain: "example.com", iam: { people: [{ role: "111122223333/Engineer", idPattern }] } },
      });
    expect(messagesFor(policy, settingsOf("svc-*@example.com"))).toEqual([
      'principal.name is never "alice": no source of identities may assert the id "alice@example.com"',
    ]);
    expect(messagesFor(policy, settingsOf("a*@example.com"))).toEqual([]);
  });

  test("a name, if the settings name no domain", () => {
    const policy = when("principal has name && principal.name == context.osUser");
    expect(messagesFor(policy, contractorsOnly)).toEqual([
      "nobody has a principal.name without the setting identities.nameDomain",
    ]);
  });

  test.each([
    ["another domain", "*@contractor.example", false],
    ["a domain that ends alike", "*@my-example.com", false],
    ["a part of the domain", "*@corp.example.com", false],
    ["another domain before it", "*@contractor.example@example.com", false],
    ["a person of another domain", "ann@example.org", false],
    ["the domain", "*@example.com", true],
    ["some of the domain", "svc-*@example.com", true],
    ["the domain and longer ones", "*example.com", true],
    ["ids by their beginning", "svc-*", true],
    ["one person of the domain", "ann@example.com", true],
    ["everybody", "*", true],
  ])("a name of people whom no source may assert, if sources assert %s: %s", (_, idPattern, isTaken) => {
    const identities = { nameDomain: "example.com", iam: { people: [{ role: "111122223333/Engineer", idPattern }] } };
    expect(
      messagesFor(when("principal has name && principal.name == context.osUser"), readSettings({ identities })),
    ).toEqual(isTaken ? [] : ["nobody has a principal.name: no source of identities may assert an id of @example.com"]);
  });

  test("each name is reported, not the first alone", () => {
    const both =
      'principal in Latchkey::Group::"Billing" || context.subject == "Alice" || resource.hasTag(context.osUser)';
    expect(messagesFor(when(both))).toHaveLength(3);
  });
});

describe("a policy is taken if it names", () => {
  test.each([
    ["a group of the settings", 'principal in Latchkey::Group::"Engineer"'],
    ["a person that a role may assert", 'principal == Latchkey::Person::"eve@example.com"'],
    ["a machine without a group", 'principal == Latchkey::Machine::"444455556666/Deploy"'],
    ["a machine of an issuer", 'principal == Latchkey::Machine::"corp/robot/a%2Fb/c"'],
    ["requesters of an issuer's mapping", 'context.requestedBy like "corp/robot/*"'],
    ["a subject", '["alice", "bob@example.com"].contains(context.subject)'],
    ["a machine that asked", 'context.requestedBy == "111122223333/ChatBot"'],
    ["an instance", `resource == Latchkey::Instance::"111122223333/us-east-1/${instanceId}"`],
    [
      "an instance with a short id, elsewhere",
      'resource in Latchkey::Instance::"444455556666/eusc-de-east-1/i-0abcdef1"',
    ],
    [
      "an account, a region and a VPC",
      'resource.account == "111122223333" && resource.region == "us-gov-west-1" && resource.vpc == "vpc-0123456789abcdef0"',
    ],
    [
      "regions, VPCs and accounts by their beginnings",
      'resource.region like "eu-*" && resource.vpc like "vpc-0a*" && resource.account like "1*"',
    ],
    ["Windows", 'resource.platform == "windows"'],
    ["types of connections", '["direct", "serial"].contains(context.connectionType)'],
    [
      "OS users",
      'context.osUser == "Administrator" || context.osUser like "*.port0" || context.osUser == "i-0a1b2c3d.port0"',
    ],
    ["addresses", 'context.address like "10.0.*" || context.address == "2001:db8::1"'],
    ["an attribute compared with another", "resource.region == resource.account"],
    ["subjects by their end", 'context.subject like "*@example.com"'],
    ["requesters of an account", 'context.requestedBy like "111122223333/*"'],
    ["requesters by the end of their role", 'context.requestedBy like "*/*Bot"'],
    ["everybody", 'context.subject like "*"'],
    ["a name", 'principal has name && principal.name == "alice"'],
    ["names by their beginning", 'principal has name && principal.name like "svc-*"'],
    ["a name compared with the OS user", "principal has name && principal.name == context.osUser"],
    ["sources", 'context.sourceIp.isInRange(ip("10.0.0.0/8")) || context.sourceIp == ip("2001:db8::1")'],
    ["other text in capitals", 'context.osUser == "Administrator" || resource.getTag("Team") == "Payments"'],
    ["other text beside a subject", 'context.subject == "alice" && context.osUser == "Administrator"'],
  ])("%s", (_, condition) => {
    expect(messagesFor(when(condition))).toEqual([]);
  });
});
