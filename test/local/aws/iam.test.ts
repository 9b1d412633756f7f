import { describe, expect, test } from "@jest/globals";
import {
  type IamRequest,
  isAllowed,
  isAllowedBySession,
  type PolicyDocument,
  type Statement,
} from "../../../local/aws/iam.ts";

const ACTION = "ec2-instance-connect:SendSSHPublicKey";
const WEB_1 = "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0";
const DB_1 = "arn:aws:ec2:us-east-1:111122223333:instance/i-0d0000000000000a1";

type Context = IamRequest["context"];
type Condition = NonNullable<Statement["Condition"]>;

const policy = (...statements: Statement[]): PolicyDocument => ({ Version: "2012-10-17", Statement: statements });
const allow = (parts: Partial<Statement> = {}): Statement => ({
  Effect: "Allow",
  Action: ACTION,
  Resource: WEB_1,
  ...parts,
});
const deny = (parts: Partial<Statement> = {}): Statement => ({ ...allow(parts), Effect: "Deny" });
const request = (parts: Partial<IamRequest> = {}): IamRequest => ({
  action: ACTION,
  resource: WEB_1,
  context: {},
  ...parts,
});

/** Rows: sentence, statements, what differs from the request of ACTION on WEB_1. */
type StatementRow = [sentence: string, statements: Statement[], differs?: Partial<IamRequest>];

const DENIED: StatementRow[] = [
  ["no statement at all", []],
  ["an action that no statement names", [allow({ Action: "ec2-instance-connect:OpenTunnel" })]],
  ["an action of which the pattern is only a beginning", [allow({ Action: "ec2-instance-connect:Send" })]],
  ["an action one character longer than its ?", [allow({ Action: "ec2-instance-connect:SendSSHPublicK?" })]],
  ["an action one character shorter than its ?", [allow({ Action: "ec2-instance-connect:SendSSHPublicKey?" })]],
  ["another service's actions under the same wildcard", [allow({ Action: "ec2:*" })]],
  ["a resource that no statement names", [allow({ Resource: DB_1 })]],
  ["a resource in another case", [allow({ Resource: WEB_1.replace("instance", "Instance") })]],
  ["a resource of which the pattern is only a beginning", [allow({ Resource: WEB_1.slice(0, -1) })]],
  [
    "a resource where a dot of the pattern would be any character",
    [allow({ Resource: "arn:aws:s3:::a.b" })],
    { resource: "arn:aws:s3:::axb" },
  ],
  ["no resource, when the statement names some", [allow({ Resource: "arn:aws:ec2:*" })], { resource: "*" }],
  ["action of one statement, resource of another", [allow({ Resource: DB_1 }), allow({ Action: "ec2:*" })]],
  ["a Deny beside an Allow", [allow(), deny()]],
  ["a Deny before an Allow", [deny(), allow()]],
  ["a Deny of everything", [allow(), deny({ Action: "*", Resource: "*" })]],
  ["a Deny alone", [deny()]],
  [
    "a Deny unless the tag is there, to a request without the tag",
    [allow(), deny({ Condition: { StringNotEquals: { "aws:ResourceTag/env": "dev" } } })],
  ],
];

const ALLOWED: StatementRow[] = [
  ["the action and resource named", [allow()]],
  ["an action in another case", [allow({ Action: ACTION.toUpperCase() })]],
  ["an action by *", [allow({ Action: "ec2-instance-connect:Send*Key" })]],
  ["an action by ?", [allow({ Action: "ec2-instance-connect:SendSSHPublicKe?" })]],
  ["any action by a lone *", [allow({ Action: "*" })]],
  ["one action of several", [allow({ Action: ["ec2:DescribeInstances", ACTION] })]],
  ["a resource by *, over its slash", [allow({ Resource: "arn:aws:ec2:*:111122223333:*" })]],
  ["one resource of several", [allow({ Resource: [DB_1, WEB_1] })]],
  ["no resource under a lone *", [allow({ Resource: "*" })], { resource: "*" }],
  ["a Deny of another resource", [allow(), deny({ Resource: DB_1 })]],
  ["a Deny whose condition does not hold", [allow(), deny({ Condition: { StringEquals: { k: "v" } } })]],
  ["a statement with Sid and Principal, which say nothing here", [allow({ Sid: "Push", Principal: "*" })]],
];

/** Rows: sentence, condition of the only Allow, the request's context. */
type ConditionRow = [sentence: string, condition: Condition, context: Context];

const NOW = "2026-01-02T03:04:05Z";
const UNMET: ConditionRow[] = [
  ["StringEquals of another value", { StringEquals: { "ec2:osuser": "ec2-user" } }, { "ec2:osuser": "root" }],
  ["StringEquals in another case", { StringEquals: { "ec2:osuser": "root" } }, { "ec2:osuser": "Root" }],
  ["StringEquals takes * literally", { StringEquals: { "ec2:osuser": "*" } }, { "ec2:osuser": "root" }],
  ["StringEquals of a missing key", { StringEquals: { "ec2:osuser": "root" } }, {}],
  ["a key that only every JavaScript object has", { StringLike: { constructor: "*" } }, {}],
  ["StringEqualsIgnoreCase of another value", { StringEqualsIgnoreCase: { k: "env" } }, { k: "envs" }],
  ["StringEqualsIgnoreCase takes * literally", { StringEqualsIgnoreCase: { k: "e*" } }, { k: "env" }],
  ["StringEqualsIgnoreCase of a missing key", { StringEqualsIgnoreCase: { k: "env" } }, {}],
  ["StringNotEquals of one of its values", { StringNotEquals: { k: ["a", "b"] } }, { k: "b" }],
  ["StringLike of another beginning", { StringLike: { k: "prod-*" } }, { k: "dev-1" }],
  ["StringLike of a missing key", { StringLike: { k: "*" } }, {}],
  [
    "NumericEquals of another port",
    { NumericEquals: { "ec2-instance-connect:remotePort": "22" } },
    { "ec2-instance-connect:remotePort": 3389 },
  ],
  ["NumericEquals of no number", { NumericEquals: { k: 22 } }, { k: "22 " }],
  ["NumericLessThan of an equal number", { NumericLessThan: { k: "300" } }, { k: 300 }],
  ["NumericLessThanEquals of a larger number", { NumericLessThanEquals: { k: "300" } }, { k: 301 }],
  [
    "NumericLessThanEquals of a missing key",
    { NumericLessThanEquals: { "ec2-instance-connect:maxTunnelDuration": "300" } },
    {},
  ],
  ["NumericGreaterThan of an equal number", { NumericGreaterThan: { k: "300" } }, { k: 300 }],
  ["NumericGreaterThanEquals of a smaller number", { NumericGreaterThanEquals: { k: "300" } }, { k: 299 }],
  ["NumericLessThan compares numbers, not text", { NumericLessThan: { k: "9" } }, { k: "10" }],
  ["DateLessThan at the very moment", { DateLessThan: { "aws:CurrentTime": NOW } }, { "aws:CurrentTime": NOW }],
  [
    "DateLessThan a millisecond after",
    { DateLessThan: { "aws:CurrentTime": NOW } },
    { "aws:CurrentTime": "2026-01-02T03:04:05.001Z" },
  ],
  ["DateLessThan of no date", { DateLessThan: { "aws:CurrentTime": NOW } }, { "aws:CurrentTime": "yesterday" }],
  ["DateGreaterThan at the very moment", { DateGreaterThan: { "aws:CurrentTime": NOW } }, { "aws:CurrentTime": NOW }],
  ["DateGreaterThan epoch seconds a second ahead", { DateGreaterThan: { k: 1767323046 } }, { k: NOW }],
  ["Bool of the other value", { Bool: { k: "true" } }, { k: "false" }],
  ["Bool false of a missing key", { Bool: { k: "false" } }, {}],
  ["Null true of a key that is there", { Null: { k: "true" } }, { k: "" }],
  ["Null false of a missing key", { Null: { k: "false" } }, {}],
  ["IpAddress outside the range", { IpAddress: { k: "10.0.0.0/24" } }, { k: "10.0.1.0" }],
  ["IpAddress beside a bare address", { IpAddress: { k: "10.0.0.5" } }, { k: "10.0.0.6" }],
  ["IpAddress of IPv4 under an IPv6 range", { IpAddress: { k: "::/0" } }, { k: "10.0.0.5" }],
  ["IpAddress of IPv6 outside the range", { IpAddress: { k: "2600:1f10::/32" } }, { k: "2600:1f11::1" }],
  ["NotIpAddress in one of two ranges", { NotIpAddress: { k: ["10.0.0.0/8", "fd00::/8"] } }, { k: "10.0.0.5" }],
  ["IpAddress of no address", { IpAddress: { k: "0.0.0.0/0" } }, { k: "10.0.0" }],
  [
    "ArnLike whose * would have to reach over a colon",
    { ArnLike: { k: "arn:aws:iam::*:role/push" } },
    { k: "arn:aws:iam::1:2:role/push" },
  ],
  ["ArnLike of no ARN", { ArnLike: { k: "arn:*:*:*:*:*" } }, { k: "role/push" }],
  [
    "ArnNotLike of one of its values",
    { ArnNotLike: { k: ["arn:aws:iam::1:role/pull", "arn:aws:iam::1:role/push*"] } },
    { k: "arn:aws:iam::1:role/push-1" },
  ],
  ["ArnEquals of another role", { ArnEquals: { k: "arn:aws:iam::1:role/push" } }, { k: "arn:aws:iam::1:role/pull" }],
  [
    "ArnEquals of a resource that goes on after a colon",
    { ArnEquals: { k: "arn:aws:lambda::1:fn" } },
    { k: "arn:aws:lambda::1:fn:a" },
  ],
  ["IfExists of another value", { StringEqualsIfExists: { k: "v" } }, { k: "w" }],
  ["ForAllValues when one value is not listed", { "ForAllValues:StringEquals": { k: ["a", "b"] } }, { k: ["a", "c"] }],
  [
    "ForAllValues of StringNotEquals when one value is listed",
    { "ForAllValues:StringNotEquals": { k: ["a", "b"] } },
    { k: ["a", "c"] },
  ],
  ["ForAnyValue when no value is listed", { "ForAnyValue:StringEquals": { k: ["a", "b"] } }, { k: ["c"] }],
  ["ForAnyValue of a missing key", { "ForAnyValue:StringEquals": { k: "a" } }, {}],
  ["ForAnyValue of StringNotEquals, of a missing key", { "ForAnyValue:StringNotEquals": { k: "a" } }, {}],
  ["ForAnyValue of an empty list", { "ForAnyValue:StringLike": { k: "*" } }, { k: [] }],
  ["one of two keys of an operator", { StringEquals: { a: "1", b: "2" } }, { a: "1", b: "3" }],
  ["one of two operators", { StringEquals: { a: "1" }, NumericEquals: { b: 2 } }, { a: "1", b: 3 }],
];

const MET: ConditionRow[] = [
  ["an empty condition", {}, {}],
  ["StringEquals", { StringEquals: { "ec2:osuser": "root" } }, { "ec2:osuser": "root" }],
  ["one of several values", { StringEquals: { "ec2:osuser": ["ubuntu", "root"] } }, { "ec2:osuser": "root" }],
  ["a key in another case", { StringEquals: { "EC2:OSUser": "root" } }, { "ec2:osuser": "root" }],
  ["StringEqualsIgnoreCase in another case", { StringEqualsIgnoreCase: { k: "Env" } }, { k: "eNV" }],
  ["StringNotEquals of none of its values", { StringNotEquals: { k: ["a", "b"] } }, { k: "c" }],
  ["StringNotEquals of a missing key", { StringNotEquals: { k: "a" } }, {}],
  ["StringLike by * and ?", { StringLike: { k: "w?b-*" } }, { k: "web-1" }],
  ["NumericEquals of text and number", { NumericEquals: { k: "22" } }, { k: 22 }],
  ["NumericEquals of decimals", { NumericEquals: { k: "22.0" } }, { k: "22" }],
  ["NumericLessThan", { NumericLessThan: { k: 300 } }, { k: "299" }],
  ["NumericLessThanEquals", { NumericLessThanEquals: { k: 300 } }, { k: 300 }],
  ["NumericGreaterThan", { NumericGreaterThan: { k: -1 } }, { k: 0 }],
  ["NumericGreaterThanEquals", { NumericGreaterThanEquals: { k: 300 } }, { k: 300 }],
  [
    "DateLessThan a second before",
    { DateLessThan: { "aws:CurrentTime": NOW } },
    { "aws:CurrentTime": "2026-01-02T03:04:04Z" },
  ],
  [
    "DateLessThan in another zone",
    { DateLessThan: { k: "2026-01-02T04:04:05+01:00" } },
    { k: "2026-01-02T03:04:04.999Z" },
  ],
  ["DateGreaterThan epoch seconds", { DateGreaterThan: { k: 1767323044 } }, { k: NOW }],
  ["Bool without quotation marks", { Bool: { k: true } }, { k: "true" }],
  ["Null true of a missing key", { Null: { k: true } }, {}],
  ["Null false of a key that is there", { Null: { k: "false" } }, { k: "v" }],
  ["NotIpAddress outside both ranges", { NotIpAddress: { k: ["10.0.0.0/8", "fd00::/8"] } }, { k: "11.0.0.5" }],
  ["NotIpAddress of a request without the key", { NotIpAddress: { k: "10.0.0.0/8" } }, {}],
  ["IpAddress in the range", { IpAddress: { k: "10.0.0.0/24" } }, { k: "10.0.0.255" }],
  ["IpAddress of a bare address", { IpAddress: { k: "10.0.0.5" } }, { k: "10.0.0.5" }],
  ["IpAddress in one of two ranges", { IpAddress: { k: ["10.0.0.0/8", "fd00::/8"] } }, { k: "fd12::1" }],
  ["IpAddress of IPv6 in another spelling", { IpAddress: { k: "2600:1f10::1" } }, { k: "2600:1F10:0:0:0:0:0:1" }],
  [
    "ArnLike by *, over colons in the resource",
    { ArnLike: { k: "arn:aws:*:*:1:fn*" } },
    { k: "arn:aws:lambda:us-east-1:1:fn:a:b" },
  ],
  ["ArnEquals by * as well", { ArnEquals: { k: "arn:aws:iam::*:role/push" } }, { k: "arn:aws:iam::1:role/push" }],
  [
    "ArnNotLike of none of its values",
    { ArnNotLike: { k: ["arn:aws:iam::1:role/pull", "arn:aws:iam::2:role/push*"] } },
    { k: "arn:aws:iam::1:role/push-1" },
  ],
  ["ArnNotLike of a missing key, as AWS defines for negated operators", { ArnNotLike: { k: "arn:aws:iam::1:*" } }, {}],
  ["ArnNotLike of no ARN", { ArnNotLike: { k: "arn:aws:iam::1:role/push" } }, { k: "role/push" }],
  ["IfExists of a missing key", { NumericLessThanEqualsIfExists: { k: 300 } }, {}],
  ["IfExists of the value", { StringEqualsIfExists: { k: "v" } }, { k: "v" }],
  ["ForAllValues when each value is listed", { "ForAllValues:StringEquals": { k: ["a", "b"] } }, { k: ["b", "a"] }],
  ["ForAllValues of a missing key", { "ForAllValues:StringEquals": { k: "a" } }, {}],
  ["ForAllValues of an empty list", { "ForAllValues:StringEquals": { k: "a" } }, { k: [] }],
  ["ForAnyValue when one value is listed", { "ForAnyValue:StringLike": { k: "a*" } }, { k: ["c", "ab"] }],
  ["ForAnyValue of a single-valued key", { "ForAnyValue:StringEquals": { k: ["a", "b"] } }, { k: "b" }],
  ["all keys of all operators", { StringEquals: { a: "1" }, NumericEquals: { b: 2, c: 3 } }, { a: "1", b: 2, c: 3 }],
];

// biome-ignore lint/suspicious/noTemplateCurlyInString: the literal text of a policy
const VARIABLE = "${aws:username}";

/** Rows: sentence, a statement as it might come out of JSON, what the error says. */
const UNKNOWN: [sentence: string, statement: object, error: RegExp][] = [
  ["NotAction", { ...allow(), NotAction: "ec2:*" }, /element NotAction/],
  ["NotResource", { ...allow(), NotResource: DB_1 }, /element NotResource/],
  ["NotPrincipal", { ...allow(), NotPrincipal: "*" }, /element NotPrincipal/],
  ["a misspelt element", { ...allow(), Conditions: {} }, /element Conditions/],
  ["a missing Action", { Effect: "Allow", Resource: "*" }, /Action cannot be/],
  ["a missing Resource", { Effect: "Allow", Action: "*" }, /Resource cannot be/],
  ["an Effect in lower case", { ...allow(), Effect: "allow" }, /Effect/],
  ["an action without its service", { ...allow(), Action: "SendSSHPublicKey" }, /Action cannot be/],
  ["a resource that is no ARN", { ...allow(), Resource: "instance/*" }, /Resource cannot be/],
  ["a policy variable in Resource", { ...allow(), Resource: `arn:aws:s3:::${VARIABLE}` }, /policy variables/],
  [
    "a policy variable in a condition",
    { ...allow(), Condition: { StringEquals: { k: VARIABLE } } },
    /policy variables/,
  ],
  ["an unknown operator", { ...allow(), Condition: { BinaryEquals: { k: "QQ==" } } }, /operator BinaryEquals/],
  [
    "an unknown operator's IfExists",
    { ...allow(), Condition: { StringSameIfExists: { k: "" } } },
    /StringSameIfExists/,
  ],
  ["an operator in another case", { ...allow(), Condition: { stringequals: { k: "v" } } }, /operator stringequals/],
  ["an unknown set operator", { ...allow(), Condition: { "ForSomeValues:StringEquals": { k: "v" } } }, /ForSomeValues/],
  ["NullIfExists, which AWS has not", { ...allow(), Condition: { NullIfExists: { k: "true" } } }, /NullIfExists/],
  ["a condition without values", { ...allow(), Condition: { StringEquals: { k: [] } } }, /no value/],
  ["a number that is none", { ...allow(), Condition: { NumericEquals: { k: "many" } } }, /a number/],
  ["a date that is none", { ...allow(), Condition: { DateLessThan: { k: "soon" } } }, /a date|ISO 8601/],
  ["a CIDR range too long", { ...allow(), Condition: { IpAddress: { k: "10.0.0.0/33" } } }, /CIDR/],
  ["a truth value that is none", { ...allow(), Condition: { Bool: { k: "yes" } } }, /true or false/],
  ["an ARN of three components", { ...allow(), Condition: { ArnLike: { k: "arn:aws:iam" } } }, /an ARN/],
];

describe("one set of policies", () => {
  test.each(DENIED)("denies: %s", (_, statements, differs = {}) => {
    expect(isAllowed([policy(...statements)], request(differs))).toBe(false);
  });
  test.each(ALLOWED)("allows: %s", (_, statements, differs = {}) => {
    expect(isAllowed([policy(...statements)], request(differs))).toBe(true);
  });
  test("denies without any policy", () => {
    expect(isAllowed([], request())).toBe(false);
  });
  test("lets a Deny in one policy beat an Allow in another", () => {
    expect(isAllowed([policy(allow()), policy(deny())], request())).toBe(false);
  });
  test("takes a single statement without its list", () => {
    expect(isAllowed([{ Version: "2012-10-17", Statement: allow() }], request())).toBe(true);
  });
});

describe("a condition", () => {
  test.each(UNMET)("does not hold: %s", (_, Condition, context) => {
    expect(isAllowed([policy(allow({ Condition }))], request({ context }))).toBe(false);
  });
  test.each(MET)("holds: %s", (_, Condition, context) => {
    expect(isAllowed([policy(allow({ Condition }))], request({ context }))).toBe(true);
  });
});

describe("what the stand-ins do not know throws, even in a statement that is about something else", () => {
  test.each(UNKNOWN)("%s", (_, statement, error) => {
    const fromJson: PolicyDocument = JSON.parse(JSON.stringify({ Version: "2012-10-17", Statement: [statement] }));
    expect(() => isAllowed([policy(allow()), fromJson], request({ action: "ec2:RunInstances" }))).toThrow(error);
  });
  test.each(["2008-10-17", undefined])("Version %s", (Version) => {
    const old: PolicyDocument = JSON.parse(JSON.stringify({ Version, Statement: [] }));
    expect(() => isAllowed([old], request())).toThrow(/Version/);
  });
  test("a multivalued key under an operator for single values", () => {
    const Condition = { StringEquals: { "aws:TagKeys": "env" } };
    const context = { "aws:TagKeys": ["env"] };
    expect(() => isAllowed([policy(allow({ Condition }))], request({ context }))).toThrow(/multivalued/);
  });
  test("a context that has one key in two spellings", () => {
    const Condition = { StringEquals: { "aws:ResourceTag/env": "dev" } };
    const context = { "aws:ResourceTag/env": "dev", "aws:ResourceTag/Env": "prod" };
    expect(() => isAllowed([policy(allow({ Condition }))], request({ context }))).toThrow(/twice/);
  });
});

describe("a session", () => {
  const everything = policy(allow({ Action: "*", Resource: "*" }));
  const SESSIONS: [string, boolean, PolicyDocument[], PolicyDocument | undefined][] = [
    ["denied by the identity under any session policy", false, [], everything],
    ["denied by the session policy for any identity", false, [everything], policy(allow({ Resource: DB_1 }))],
    ["denied by an empty session policy", false, [everything], policy()],
    ["denied by a Deny of the session policy", false, [everything], policy(allow(), deny())],
    ["denied by a Deny of the identity", false, [everything, policy(deny())], everything],
    ["denied without any policy", false, [], undefined],
    ["allowed by both", true, [everything], policy(allow())],
    ["allowed by the identity alone, where it was assumed under no session policy", true, [everything], undefined],
  ];
  test.each(SESSIONS)("is %s", (_, expected, identity, session) => {
    expect(isAllowedBySession(identity, session, request())).toBe(expected);
  });
  test("throws for a session policy it does not know, even where the identity denies", () => {
    const unknown = policy(allow({ Condition: { BinaryEquals: { k: "QQ==" } } }));
    expect(() => isAllowedBySession([], unknown, request())).toThrow(/BinaryEquals/);
  });
});
