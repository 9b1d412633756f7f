import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { readSettings } from "../../lib/settings.ts";
import { waitingAtMost, waitThrottleOf } from "../../lib/wait-throttle.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { everySetting, withCloudFront } from "../support/template-settings.ts";
import { SigningKey } from "../support/token-issuer.ts";

const people = (...people: unknown[]) => ({ identities: { iam: { people } } });
const roleWords = "<12-digit account>/<role name>, and a role of IAM Identity Center ends in its 16 hex digits";
const roleIs = (complaint: string) => `latchkey.identities.iam.people.0.role: ${complaint}`;

const corp = {
  name: "corp",
  issuer: "https://login.example.com",
  audience: "urn:latchkey:api",
  jwksUri: "https://login.example.com/jwks",
  algorithm: "RS256",
  people: { id: "upn", idPattern: "*@example.com", groups: "groups" },
};
const gitHub = { ...corp, name: "github", issuer: "https://token.actions.githubusercontent.com", people: undefined };
const workflow = {
  name: "deploy",
  id: ["repository_owner_id", "repository_id"],
  require: { repository_owner_id: ["12"] },
  groups: ["deploy"],
};
const issuers = (...oidc: unknown[]) => ({ identities: { iam: { people: [] }, oidc } });

/** What settings of issuers are refused, each with the beginning of the message, below `latchkey.identities.oidc.`. */
function issuerComplaints() {
  const robots = (require?: object) => ({ name: "robots", id: ["sub"], require });
  const ofKind = (...kind: string[]) => ({ kind });
  const people = { ...corp.people, require: ofKind("user") };
  const rows: readonly [sentence: string, issuers: readonly object[], complaint: string][] = [
    ["no issuer at all, in words", [], ": Too small"],
    ["an issuer named like IAM", [{ ...corp, name: "iam" }], ".0.name: must be another name than iam"],
    ["an issuer whose name starts like an account", [{ ...corp, name: "1corp" }], ".0.name: must be a short name"],
    [
      "an issuer by plain HTTP: the message says what to write",
      [{ ...corp, issuer: "http://login.example.com" }],
      '.0.issuer: must be an https URL without query or fragment (http only on this machine): write "https://login.example.com"',
    ],
    [
      "an issuer by its host: the message says what to write",
      [{ ...corp, issuer: "login.example.com" }],
      '.0.issuer: must be an https URL without query or fragment (http only on this machine): write "https://login.example.com"',
    ],
    ["keys behind a query", [{ ...corp, jwksUri: "https://login.example.com/?k" }], ".0.jwksUri: must be an https URL"],
    ["keys nowhere", [{ ...corp, jwksUri: undefined }], ".0.jwksUri: must say where the issuer's keys are"],
    [
      "keys at two places",
      [{ ...corp, jwks: { keys: [{ kty: "RSA", kid: "a" }] } }],
      ".0.jwksUri: must say where the issuer's keys are, or jwks what they are: one of the two",
    ],
    [
      "a private key",
      [{ ...corp, jwksUri: undefined, jwks: { keys: [{ kty: "RSA", kid: "a", d: "x" }] } }],
      ".0.jwks.keys.0: must be a public key: leave out the private one, and replace it",
    ],
    [
      "a private key without its exponent",
      [{ ...corp, jwksUri: undefined, jwks: { keys: [{ kty: "RSA", kid: "a", p: "x" }] } }],
      ".0.jwks.keys.0: must be a public key: leave out the private one, and replace it",
    ],
    [
      "a secret key",
      [{ ...corp, jwksUri: undefined, jwks: { keys: [{ kty: "oct", kid: "a" }] } }],
      ".0.jwks.keys.0.kty: Invalid option",
    ],
    [
      "a key for another algorithm",
      [{ ...corp, jwksUri: undefined, jwks: { keys: [{ kty: "EC", kid: "a", crv: "P-256" }] } }],
      ".0.jwks.keys.0: is no key for RS256",
    ],
    ["an algorithm with a shared secret", [{ ...corp, algorithm: "HS256" }], ".0.algorithm: Invalid option"],
    ["two algorithms", [{ ...corp, algorithm: ["RS256", "ES256"] }], ".0.algorithm: Invalid option"],
    ["no audience", [{ ...corp, audience: undefined }], ".0.audience: Invalid input"],
    ["an issuer without mappings", [{ ...corp, people: undefined }], ".0: must have people, machines, or both"],
    [
      "two issuers with one name",
      [corp, { ...corp, issuer: "https://b.example", people: { ...corp.people, idPattern: "*@b.example" } }],
      ".1.name: repeats corp: give each issuer one entry",
    ],
    [
      "one issuer twice",
      [corp, { ...corp, name: "b", people: { ...corp.people, idPattern: "*@b.example" } }],
      ".1.issuer: repeats https://login.example.com",
    ],
    [
      "two mappings without require: the message says what to write",
      [{ ...corp, machines: [robots(ofKind("app"))] }],
      '.0.people.require: is missing, and corp has several mappings: write which claim tells this one, such as { "client_id": ["…"] }',
    ],
    ["an empty require", [{ ...corp, people: { ...people, require: {} } }], ".0.people.require: must name a claim"],
    [
      "two mappings that one token can match: the message says what to write",
      [{ ...corp, people, machines: [robots(ofKind("app", "user"))] }],
      ".0.machines.0.require: can match a token of people too: name one claim in both, with different values",
    ],
    [
      "two mappings that require different claims",
      [{ ...corp, people, machines: [robots({ client_id: ["ci"] })] }],
      ".0.machines.0.require: can match a token of people too",
    ],
    [
      "two mappings with one name",
      [{ ...corp, people: undefined, machines: [robots(ofKind("a")), robots(ofKind("b"))] }],
      ".0.machines.1.name: repeats robots: give each mapping a name of its own",
    ],
    [
      "ids that no person can have",
      [{ ...corp, people: { ...corp.people, idPattern: ".*" } }],
      ".0.people.idPattern: no person can have such an id",
    ],
    [
      "people with any id, unless the settings say so: the message says what to write",
      [{ ...corp, people: { ...corp.people, idPattern: undefined, require: ofKind("user") } }],
      '.0.people.idPattern: is missing: write which ids of people the source may assert, such as "*@example.com". With "*", everybody who can sign in is a person',
    ],
    [
      "people of GitHub Actions",
      [{ ...gitHub, people: corp.people, machines: undefined }],
      ".0.people: must be left out: workflows are machines",
    ],
    [
      "workflows by their sub",
      [{ ...gitHub, machines: [{ ...workflow, require: { ...workflow.require, sub: ["repo:o/r:ref:main"] } }] }],
      ".0.machines.0: must not use sub, whose form GitHub changes",
    ],
    [
      "workflows without the repository's id",
      [{ ...gitHub, machines: [{ ...workflow, id: ["repository_owner_id"] }] }],
      ".0.machines.0.id: must have repository_owner_id and repository_id",
    ],
    ...["https://token.actions.octocorp.ghe.com/octocorp", "https://github.example.com/_services/token"].map(
      (issuer): [string, object[], string] => [
        `workflows of every repository at ${issuer}`,
        [{ ...gitHub, issuer, machines: [{ ...workflow, require: { ref: ["refs/heads/main"] } }] }],
        ".0.machines.0.require: must name repository_owner_id or repository_id",
      ],
    ),
    [
      "workflows of every repository on GitHub",
      [{ ...gitHub, machines: [{ ...workflow, require: { ref: ["refs/heads/main"] } }] }],
      ".0.machines.0.require: must name repository_owner_id or repository_id",
    ],
    [
      "two issuers that can assert one person: the message says what to write",
      [corp, { ...corp, name: "b", issuer: "https://b.example", people: { id: "sub", idPattern: "alice@*" } }],
      '.1.people.idPattern: lets b assert a person of corp: make the two patterns exclude each other, or, if both have the same people, set "directories": [["corp", "b"]]',
    ],
  ];
  return rows.map(([sentence, oidc, complaint]): [string, unknown, string] => [
    sentence,
    issuers(...oidc),
    `latchkey.identities.oidc${complaint}`,
  ]);
}

/** What settings of a front door are refused, each with the beginning of the message, below `latchkey.doors.iam.`. */
function doorComplaints() {
  const throttle = { burst: 1, perSecond: 1 };
  const rows: readonly [sentence: string, door: object, complaint: string][] = [
    [
      "a throttle of a route that there is not: the message says which is meant",
      { routeThrottles: { createConection: throttle } },
      'routeThrottles.createConection: is no route (did you mean "createConnection"?)',
    ],
    [
      "a throttle of a route like no other: the message lists them",
      { routeThrottles: { constructor: throttle } },
      "routeThrottles.constructor: is no route: there are createConnection, listInstances, ",
    ],
    [
      "a second throttle of the route that waits",
      { routeThrottles: { getAccessRequest: throttle } },
      "routeThrottles.getAccessRequest: is left out: waitThrottle is its throttle, at each door",
    ],
    [
      "a VPC in place of its endpoint",
      { vpcEndpoints: ["vpc-0123456789abcdef0"] },
      "vpcEndpoints.0: must be the id of a VPC endpoint, such as vpce-0123456789abcdef0",
    ],
    [
      "an address in place of a range: the message says what to write",
      { sourceCidrs: ["2001:db8::1"] },
      'sourceCidrs.0: must be a range of addresses, such as 203.0.113.0/24 or 2001:db8::/32: write "2001:db8::1/128"',
    ],
    ["a range of more bits than an address has", { sourceCidrs: ["10.0.0.0/33"] }, "sourceCidrs.0: must be a range"],
    [
      "a domain by its URL",
      { domain: { name: "https://x.example", certificateArn: "" } },
      "domain.name: must be a host",
    ],
    [
      "a certificate of IAM",
      { domain: { name: "x.example", certificateArn: "arn:aws:iam::111122223333:server-certificate/x" } },
      "domain.certificateArn: must be the ARN of a certificate of AWS Certificate Manager",
    ],
    [
      "a web ACL of CloudFront",
      { webAcl: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/company/0a1b" },
      'webAcl: must be true, false, { "requestsPerAddress": 10 or more }, or the ARN of a regional web ACL',
    ],
    [
      "a rate that AWS WAF does not take",
      { webAcl: { requestsPerAddress: 9 } },
      "webAcl.requestsPerAddress: Too small",
    ],
    [
      "a VPC endpoint twice",
      { vpcEndpoints: ["vpce-0a1b2c3d", "vpce-0a1b2c3d"] },
      "vpcEndpoints.1: repeats vpce-0a1b2c3d: leave it out",
    ],
    [
      "a range twice",
      { sourceCidrs: ["203.0.113.0/24", "203.0.113.0/24"] },
      "sourceCidrs.1: repeats 203.0.113.0/24: leave it out",
    ],
    ["every address, in words", { sourceCidrs: ["2001:db8::/32", "::/0"] }, "sourceCidrs.1: takes every address"],
    ...["10.1.0.0/16", "100.64.0.0/10", "172.31.0.0/16", "192.168.1.1/32", "fd00::/8"].map(
      (cidr): [string, object, string] => [
        `${cidr} at a door on the internet: the message says what to write`,
        { sourceCidrs: [cidr] },
        "sourceCidrs.0: matches nobody: what comes over the internet has a public address. Name that of the NAT gateway",
      ],
    ),
  ];
  const ofIam = rows.map(([sentence, iam, complaint]): [string, unknown, string] => [
    sentence,
    { doors: { iam } },
    `latchkey.doors.iam.${complaint}`,
  ]);
  const named = { iam: everySetting.doors.iam, oidc: { domain: everySetting.doors.iam?.domain } };
  return [
    ...ofIam,
    [
      "an OIDC door without an issuer",
      { doors: { oidc: {} } },
      "latchkey.doors.oidc: has no door: identities.oidc lists no issuer",
    ] as const,
    [
      "one host name for two doors",
      { ...issuers(corp), doors: named },
      "latchkey.doors.oidc.domain.name: repeats latchkey.corp.example: each door needs a name of its own",
    ] as const,
  ].map(([sentence, settings, complaint]): [string, unknown, string] => [sentence, settings, complaint]);
}

/** What settings of the browser console are refused, each with the beginning of the message, below `latchkey.`. */
function consoleComplaints() {
  const own = { clientId: "latchkey-console" };
  const certificateArn = "arn:aws:acm:us-east-1:111122223333:certificate/x";
  const at = (name: string) => ({ ...own, cloudFront: { domain: { name, certificateArn } } });
  const other = {
    ...corp,
    name: "other",
    issuer: "https://other.example",
    people: { id: "sub", idPattern: "*@b.example" },
  };
  const rows: readonly [sentence: string, settings: object, complaint: string][] = [
    ["a console without an issuer", { console: own }, "console: has no door: identities.oidc lists no issuer"],
    ["a console without a client", { ...issuers(corp), console: {} }, "console.clientId: Invalid input"],
    [
      "an issuer that there is not: the message lists them",
      { ...issuers(corp), console: { ...own, issuer: "okta" } },
      "console.issuer: must name an issuer of identities.oidc that has people: there are corp",
    ],
    [
      "one of two issuers, which it does not name",
      { ...issuers(corp, other), console: own },
      "console.issuer: must name an issuer of identities.oidc that has people: there are corp, other",
    ],
    [
      "an issuer of machines",
      { ...issuers({ ...gitHub, machines: [workflow] }), console: { ...own, issuer: "github" } },
      "console.issuer: must name an issuer of identities.oidc that has people: no issuer of identities.oidc has people",
    ],
    [
      "a client whose tokens the issuer's setting refuses: the message says what to do",
      { ...issuers(other, { ...corp, clientIds: ["cli"] }), console: { ...own, issuer: "corp" } },
      "console.clientId: is missing in identities.oidc.1.clientIds: add it there",
    ],
    [
      "scopes with a comma between them, which is part of a name, and a space at the end",
      { ...issuers(corp), console: { ...own, scope: "openid, " } },
      "console.scope: must be names with one space between them",
    ],
    [
      "an endpoint in place of its origin: the message says what to write",
      { ...issuers(corp), console: { ...own, providerOrigins: ["https://auth.example.com/token"] } },
      'console.providerOrigins.0: must be an origin, such as https://auth.example.com: write "https://auth.example.com"',
    ],
    [
      "an origin twice",
      { ...issuers(corp), console: { ...own, providerOrigins: ["https://a.example", "https://a.example"] } },
      "console.providerOrigins.1: repeats https://a.example: leave it out",
    ],
    [
      "a certificate of another region than CloudFront's",
      {
        ...issuers(corp),
        console: {
          ...own,
          cloudFront: {
            domain: { name: "a.example", certificateArn: certificateArn.replace("us-east-1", "eu-west-1") },
          },
        },
      },
      "console.cloudFront.domain.certificateArn: must be the ARN of a certificate of AWS Certificate Manager in us-east-1",
    ],
    [
      "a web ACL of a region",
      {
        ...issuers(corp),
        console: {
          ...own,
          cloudFront: { ...at("a.example").cloudFront, webAclArn: String(everySetting.doors.iam?.webAcl) },
        },
      },
      "console.cloudFront.webAclArn: must be the ARN of a web ACL for CloudFront",
    ],
    [
      "the host name of a door",
      { ...issuers(corp), console: at("latchkey.corp.example"), doors: { iam: everySetting.doors.iam } },
      "console.cloudFront.domain.name: repeats latchkey.corp.example: the console needs a name of its own",
    ],
    [
      "an origin of other pages beside a console of another origin than the door's",
      { ...issuers(corp), console: at("a.example"), doors: { oidc: { corsOrigin: "https://a.example" } } },
      "doors.oidc.corsOrigin: is left out: pages of console.cloudFront.domain may call this door, and no others",
    ],
    [
      "a console on the internet for a door in a private network: the message says what happens without it",
      { ...issuers(corp), console: at("a.example"), doors: { oidc: { vpcEndpoints: ["vpce-0a1b2c3d"] } } },
      "console.cloudFront: is left out: the OIDC door has vpcEndpoints, and browsers keep public pages from private addresses. Without it the door itself serves the console",
    ],
  ];
  return rows.map(([sentence, settings, complaint]): [string, unknown, string] => [
    sentence,
    settings,
    `latchkey.${complaint}`,
  ]);
}

/** What settings of the Slack app are refused, each with the beginning of the message, below `latchkey.slack.`. */
function slackComplaints() {
  const { channels: _, ...own } = everySetting.slack ?? {};
  const channel = (more: object) => ({ channels: [{ channel: "C012ABCDE", ...more }] });
  const rows: readonly [sentence: string, slack: object, complaint: string, settings?: object][] = [
    ["no workspace, which would serve nobody", { workspaces: [] }, "workspaces: Too small"],
    ["a workspace's name", { workspaces: ["acme"] }, "workspaces.0: must be a workspace's id in Slack"],
    ["a workspace twice", { workspaces: ["T012ABCDE", "T012ABCDE"] }, "workspaces.1: repeats T012ABCDE"],
    ["a channel's name", channel({ channel: "#on-call" }), "channels.0.channel: must be a channel's id in Slack"],
    ["a group that there is not", channel({ group: "OnCall" }), "channels.0.group: no group of groups is named OnCall"],
    ["a group by a name that every object has", channel({ group: "toString" }), "channels.0.group: no group of groups"],
    ["a client's secret for its id", { clientId: "8f742231b10e8888" }, "clientId: must be the app's client id"],
    ["a secret itself", { secretArn: "xoxb-1" }, "secretArn: must be the ARN of a secret in Secrets Manager"],
    ["nobody to sign in with", {}, "signIn.issuer: must name an issuer of identities.oidc that has people", {}],
    [
      "a client whose tokens are not taken",
      {},
      "signIn.clientId: is missing in identities.oidc.0.clientIds: add it there",
      issuers({ ...corp, clientIds: ["cli"] }),
    ],
  ];
  return rows.map(([sentence, slack, complaint, settings = issuers(corp)]): [string, unknown, string] => [
    `a Slack app with ${sentence}`,
    { ...settings, slack: { ...own, ...slack } },
    `latchkey.slack.${complaint}`,
  ]);
}

const engineers = { iam: { people: [{ role: "111122223333/Engineer" }] }, oidc: [corp] };

describe("refused, the setting named", () => {
  const tag = { key: "latchkey", value: "yes" };
  test.each<[sentence: string, context: unknown, complaint: string]>([
    ["settings that are text, as `-c latchkey=…` gives", '{"fips":true}', "latchkey: Invalid input: expected object"],
    ["settings that are a list", [], "latchkey: Invalid input: expected object, received array"],
    ["an unknown key", { personRole: [] }, 'latchkey: Unrecognized key: "personRole"'],
    [
      "the former setting of people's roles",
      { personRoles: ["111122223333/A"] },
      'latchkey: Unrecognized key: "personRoles": list the roles of people in identities.iam.people',
    ],
    [
      "a role as text",
      people("111122223333/A"),
      "latchkey.identities.iam.people.0: Invalid input: expected object, received string",
    ],
    ["a role without its account", people({ role: "Engineer" }), roleIs("must be <12-digit account>")],
    ["a role with a short account", people({ role: "1/A" }), roleIs("must be <12-digit account>")],
    ...[
      ["a role by its ARN", "arn:aws:iam::111122223333:role/A"],
      ["a role by its ARN in another partition", "arn:aws-us-gov:iam::111122223333:role/team/A"],
      ["a role by the ARN of a session", "arn:aws:sts::111122223333:assumed-role/A/alice@example.com"],
      ["a role with a path", "111122223333/team/path/A"],
      ["a role as a source", "iam:111122223333/A"],
    ].map(([sentence = "", role]): [string, unknown, string] => [
      `${sentence}: the message says what to write`,
      people({ role }),
      roleIs(`must be ${roleWords}: write "111122223333/A"`),
    ]),
    [
      "a role of Identity Center by its ARN: the message says what to write",
      people({
        role: "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef",
      }),
      roleIs(`must be ${roleWords}: write "111122223333/AWSReservedSSO_Ops_0123456789abcdef"`),
    ],
    [
      "a role listed twice: the message says what to write",
      people({ role: "111122223333/A" }, { role: "111122223333/A", idPattern: "*@example.com" }),
      "latchkey.identities.iam.people.1.role: repeats 111122223333/A: leave out one of the two entries, or give each an idPattern",
    ],
    [
      "a role listed twice with one pattern",
      people({ role: "111122223333/A", idPattern: "a*" }, { role: "111122223333/A", idPattern: "a*" }),
      "latchkey.identities.iam.people.1.role: repeats 111122223333/A",
    ],
    [
      "a source listed twice in a group",
      { groups: { A: ["iam:111122223333/A", "iam:111122223333/B", "iam:111122223333/A"] } },
      "latchkey.groups.A.2: repeats iam:111122223333/A: leave it out",
    ],
    ...["a", ".alice", "latchkey", "*-0123456789abcdef01234567", "chatbot-0123456789abcdef01234567"].map(
      (idPattern): [string, unknown, string] => [
        `the pattern ${idPattern}, which no person's id can match`,
        people({ role: "111122223333/A", idPattern }),
        "latchkey.identities.iam.people.0.idPattern: no person can have such an id: a person's is 2 to 64",
      ],
    ),
    ["two roles in one", people({ role: "111122223333/A,111122223333/B" }), roleIs("must be")],
    ["every role of an account", people({ role: "111122223333/*" }), roleIs("must be")],
    [
      "a wrong role after a right one",
      people({ role: "111122223333/A" }, { role: "" }),
      "latchkey.identities.iam.people.1.role: must",
    ],
    [
      "a role of Identity Center without digits",
      people({ role: "111122223333/AWSReservedSSO_Ops" }),
      roleIs(`must be ${roleWords}`),
    ],
    ["a role of Identity Center with few digits", people({ role: "111122223333/AWSReservedSSO_Ops_0a1b" }), roleIs("")],
    [
      "a role of Identity Center with a * that nobody accepts",
      people({ role: "111122223333/AWSReservedSSO_Ops_*" }),
      "latchkey.identities.iam.people.0.acceptSsoPattern: must be true if the role ends in _*",
    ],
    [
      "an accepted pattern that there is not",
      people({ role: "111122223333/Ops", acceptSsoPattern: true }),
      "latchkey.identities.iam.people.0.acceptSsoPattern: must be true if the role ends in _*",
    ],
    [
      "a pattern of ids in capitals",
      people({ role: "111122223333/A", idPattern: "*@Example.com" }),
      "latchkey.identities.iam.people.0.idPattern: must be an id in lower case",
    ],
    [
      "a pattern of ids with two *",
      people({ role: "111122223333/A", idPattern: "*@*.example.com" }),
      "latchkey.identities.iam.people.0.idPattern: must be an id in lower case, with one *",
    ],
    ...issuerComplaints(),
    ...consoleComplaints(),
    ...slackComplaints(),
    ["a group with a slash", { groups: { "a/b": ["iam:111122223333/A"] } }, "latchkey.groups.a/b: "],
    ["a group of nobody", { groups: { A: [] } }, "latchkey.groups.A: Too small"],
    [
      "a group of a role without a source",
      { groups: { A: ["111122223333/A"] } },
      `latchkey.groups.A.0: must be iam:${roleWords}: write "iam:111122223333/A"`,
    ],
    [
      "a group of an issuer that there is not",
      { groups: { A: ["corp:engineering"] } },
      "latchkey.groups.A: no issuer of identities.oidc is named corp, as in corp:engineering",
    ],
    [
      "a group of a pattern that people do not have",
      { groups: { A: ["iam:111122223333/AWSReservedSSO_Ops_*"] } },
      "latchkey.groups.A: iam:111122223333/AWSReservedSSO_Ops_* ends in _*, and identities.iam.people has no such role",
    ],
    [
      "a group that no mapping of the issuer asserts",
      { ...issuers({ ...gitHub, machines: [workflow] }), groups: { A: ["github:admins"] } },
      "latchkey.groups.A: github:admins has no members: name the groups of people or machines of github",
    ],
    [
      "an issuer and a role that can assert one person: the message says what to write",
      { identities: engineers },
      'latchkey.identities.oidc.0.people.idPattern: lets corp assert a person of iam: make the two patterns exclude each other, or, if both have the same people, set "directories": [["iam", "corp"]]',
    ],
    [
      "a directory of a source that there is not",
      {
        identities: {
          ...engineers,
          directories: [
            ["iam", "corp"],
            ["iam", "okta"],
          ],
        },
      },
      "latchkey.identities.directories.1: no source is named okta: there are iam, corp",
    ],
    [
      "a domain in capitals",
      { identities: { ...engineers, nameDomain: "Example.com" } },
      "latchkey.identities.nameDomain: must be a domain in lower case",
    ],
    [
      "a domain with its @",
      { identities: { ...engineers, nameDomain: "@example.com" } },
      "latchkey.identities.nameDomain: must be",
    ],
    ["an OS user with a space", { defaultOsUser: "ec2 user" }, "latchkey.defaultOsUser: "],
    ["an empty OS user", { defaultOsUser: "" }, "latchkey.defaultOsUser: "],
    ["a zone that there is not", { timeZone: "Mars/Olympus" }, "latchkey.timeZone: must be an IANA time zone"],
    ["an empty zone", { timeZone: "" }, "latchkey.timeZone: must be an IANA time zone"],
    ["tunnels of no time", { maxTunnelSeconds: 0 }, "latchkey.maxTunnelSeconds: Too small"],
    ["tunnels longer than an endpoint's", { maxTunnelSeconds: 3601 }, "latchkey.maxTunnelSeconds: Too big"],
    [
      "tunnels of a part of a second",
      { maxTunnelSeconds: 1.5 },
      "latchkey.maxTunnelSeconds: Invalid input: expected int",
    ],
    ["a number as text", { maxTunnelSeconds: "900" }, "latchkey.maxTunnelSeconds: Invalid input: expected number"],
    ["a tag without a value", { pushTag: { key: "latchkey" } }, "latchkey.pushTag.value: Invalid input"],
    ["a tag without a key", { pushTag: { ...tag, key: "" } }, "latchkey.pushTag.key: Too small"],
    ["a tag with a third thing", { pushTag: { ...tag, or: "no" } }, 'latchkey.pushTag: Unrecognized key: "or"'],
    [
      "a variable of IAM's as a tag's value",
      { pushTag: { ...tag, value: `\${aws:PrincipalTag/x}` } },
      "latchkey.pushTag.value: must be letters",
    ],
    [
      "a tag's value that IAM takes in no policy",
      { pushTag: { ...tag, value: "\u0142ask" } },
      "latchkey.pushTag.value: must have no character beyond U+00FF",
    ],
    [
      "a tag's key that IAM takes in no policy",
      { pushTag: { ...tag, key: "\u0100" } },
      "latchkey.pushTag.key: must have no character beyond U+00FF",
    ],
    [
      "a scope's tag that AWS writes",
      { scopeTags: ["AWS:autoscaling:groupName"] },
      "latchkey.scopeTags.0: must not start with aws:",
    ],
    ["a scope's tag without a name", { scopeTags: [""] }, "latchkey.scopeTags.0: Too small"],
    ["a wildcard as a scope's tag", { scopeTags: ["team*"] }, "latchkey.scopeTags.0: must be letters"],
    ["a scope's tag as text", { scopeTags: "team" }, "latchkey.scopeTags: Invalid input: expected array"],
    [
      "an integration whose callers are people",
      {
        identities: { iam: { people: [{ role: "111122223333/Engineer" }] } },
        integrations: [{ name: "roster", identities: ["111122223333/Engineer"] }],
      },
      'latchkey.integrations.0.identities: no machine can have the id "111122223333/Engineer"',
    ],
    [
      "an identity of two integrations",
      {
        integrations: ["roster", "ticket"].map((name) => ({ name, identities: ["111122223333/Roster"] })),
      },
      "latchkey.integrations.1: repeats 111122223333/Roster",
    ],
    ["a scope's tag twice", { scopeTags: ["team", "team"] }, "latchkey.scopeTags.1: repeats team: leave it out"],
    ["a wildcard as a tag's value", { pushTag: { ...tag, value: "*" } }, "latchkey.pushTag.value: must be letters"],
    [
      "a throttle with no burst",
      { callerThrottle: { burst: 0, perSecond: 5 } },
      "latchkey.callerThrottle.burst: Too small",
    ],
    [
      "a throttle that never lets go",
      { callerThrottle: { burst: 1, perSecond: 0 } },
      "latchkey.callerThrottle.perSecond: ",
    ],
    [
      "more open requests than an item has room for",
      { callerQuotas: { openRequests: 1001, openRequestsPerSubject: 1, denials: 1, pushes: 1 } },
      "latchkey.callerQuotas.openRequests: Too big",
    ],
    ["a half throttle", { callerThrottle: { burst: 1 } }, "latchkey.callerThrottle.perSecond: Invalid input"],
    [
      "a stage that no request passes",
      { stageThrottle: { burst: 0, perSecond: 20 } },
      "latchkey.stageThrottle.burst: ",
    ],
    ["a stage's throttle of text", { stageThrottle: "20" }, "latchkey.stageThrottle: Invalid input: expected object"],
    ["a quota that no account has", { concurrencyQuota: 0 }, "latchkey.concurrencyQuota: Too small"],
    [
      "long polls that take more than half of the account's executions",
      { concurrencyQuota: 1000, waitThrottle: { burst: 100, perSecond: 20 } },
      "latchkey.waitThrottle: lets 600 requests wait at once, more than half of the 1000 executions",
    ],
    [
      "long polls that take more than half of what is not reserved",
      { waitThrottle: { burst: 100, perSecond: 10 }, reservedConcurrency: { connect: 400 } },
      "latchkey.waitThrottle: lets 350 requests wait at once, more than half of the 600 executions",
    ],
    [
      "reserved concurrency under the quota of a new account",
      { concurrencyQuota: 50, reservedConcurrency: { sweep: 1 } },
      "latchkey.reservedConcurrency: must leave 100 executions of concurrencyQuota, as Lambda requires, and leaves 49",
    ],
    [
      "reserved concurrency of a function that is not connect and no worker",
      { reservedConcurrency: { wait: 1 } },
      'latchkey.reservedConcurrency: Unrecognized key: "wait"',
    ],
    [
      "no other accounts, in words",
      { otherAccounts: {} },
      'latchkey.otherAccounts: must have "accounts" or "organization", or be left out',
    ],
    [
      "another account by its ARN",
      { otherAccounts: { accounts: ["arn:aws:iam::444455556666:root"] } },
      "latchkey.otherAccounts.accounts.0: must be an account's 12 digits",
    ],
    [
      "another account twice",
      { otherAccounts: { accounts: ["444455556666", "444455556666"] } },
      "latchkey.otherAccounts.accounts.1: repeats 444455556666: leave it out",
    ],
    [
      "an organization by its root",
      { otherAccounts: { organization: "r-a1b2" } },
      "latchkey.otherAccounts.organization: must be an organization's id, such as o-a1b2c3d4e5",
    ],
    ...doorComplaints(),
    ["logs kept for ever", { logRetentionDays: 9999 }, "latchkey.logRetentionDays: Invalid option"],
    ["logs kept for days that CloudWatch does not know", { logRetentionDays: 366 }, "latchkey.logRetentionDays: "],
    ["logs kept for a number as text", { logRetentionDays: "365" }, "latchkey.logRetentionDays: Invalid option"],
    [
      "an owner of the log role",
      { apiGatewayLogRole: "us" },
      "latchkey.apiGatewayLogRole: Invalid input: expected bool",
    ],
    ["a topic by its name", { alarmTopicArn: "alarms" }, "latchkey.alarmTopicArn: must be the ARN of an SNS topic"],
    [
      "a queue for a topic",
      { alarmTopicArn: "arn:aws:sqs:us-east-1:111122223333:alarms" },
      "latchkey.alarmTopicArn: must be the ARN",
    ],
    ["serial consoles of some", { serialConsole: ["i-1"] }, "latchkey.serialConsole: Invalid input: expected boolean"],
    [
      "serial consoles where only FIPS names will do",
      { serialConsole: true, fips: true },
      "latchkey.serialConsole: cannot be on while fips is",
    ],
    ...(
      [
        ["every origin", "*"],
        ["every origin of a domain", "https://*.example.com"],
        ["an origin without TLS", "http://console.example.com"],
        [
          "an origin with a path: the message says what to write",
          "https://console.example.com/",
          "https://console.example.com",
        ],
        ["an origin in upper case", "https://Console.example.com", "https://console.example.com"],
        ["an origin with the usual port, which browsers leave out", "https://a.example:443", "https://a.example"],
        ["two origins", "https://a.example https://b.example"],
        ["no origin at all", "null"],
      ] as [string, string, string?][]
    ).map(([sentence, corsOrigin, meant]): [string, unknown, string] => [
      sentence,
      { doors: { oidc: { corsOrigin } } },
      `latchkey.doors.oidc.corsOrigin: must be the one origin of your pages, such as https://pages.example.com${meant ? `: write "${meant}"` : ""}`,
    ]),
    [
      "an origin at the IAM door",
      { doors: { iam: { corsOrigin: "https://a.example" } } },
      'latchkey.doors.iam: Unrecognized key: "corsOrigin"',
    ],
    ["a key by its alias", encryptedBy("alias/mine"), "latchkey.encryption.keyArn: must be the ARN of a key"],
    [
      "a key by its id alone",
      encryptedBy("1234abcd-12ab-34cd-56ef-1234567890ab"),
      "latchkey.encryption.keyArn: must be",
    ],
    ["a key that AWS makes", { encryption: "aws" }, 'latchkey.encryption: must be "own" or {"keyArn":'],
    ...[
      ["a path without slashes: the message says what to write", "latchkey", "/latchkey/"],
      ["a path without its last slash: the message says what to write", "/company/latchkey", "/company/latchkey/"],
      ["a path with an empty part: the message says what to write", "//latchkey/", "/latchkey/"],
    ].map(([sentence = "", rolePath, meant]): [string, unknown, string] => [
      sentence,
      { rolePath },
      `latchkey.rolePath: must be a path: write "${meant}"`,
    ]),
    [
      "a path of AWS's own",
      { rolePath: "/aws-service-role/x/" },
      "latchkey.rolePath: must not start with /aws-, where only AWS makes roles",
    ],
    [
      "a boundary by its ARN, which would be of one account: the message says what to write",
      { permissionsBoundary: "arn:aws:iam::111122223333:policy/company/Boundary" },
      'latchkey.permissionsBoundary: must be the name of a managed policy of the account: write "company/Boundary"',
    ],
    [
      "a boundary with a slash before its path: the message says what to write",
      { permissionsBoundary: "/company/Boundary" },
      'latchkey.permissionsBoundary: must be the name of a managed policy of the account: write "company/Boundary"',
    ],
    ["no boundary, in words", { permissionsBoundary: "" }, "latchkey.permissionsBoundary: must be the name"],
    ["a truth as text", { fips: "true" }, "latchkey.fips: Invalid input: expected boolean"],
  ])("%s", (_, context, complaint) => {
    expect(() => readSettings(context)).toThrow(`Latchkey's settings are not valid:\n  ${complaint}`);
  });

  test("a user by their ARN, without words about what to write: no role is meant", () => {
    const user = people({ role: "arn:aws:iam::111122223333:user/A" });
    expect(() => readSettings(user)).toThrow(/ends in its 16 hex digits$/);
  });

  test("each wrong one is named, not the first alone", () => {
    expect(() => readSettings({ timeZone: "", fips: 1 })).toThrow(/latchkey\.timeZone: [^\n]+\n {2}latchkey\.fips: /);
  });
});

describe("taken", () => {
  const console = { clientId: "latchkey-console" };

  test("none at all: then nobody is a person", () => {
    const defaults = {
      identities: { iam: { people: [] } },
      groups: {},
      defaultOsUser: "ec2-user",
      timeZone: "UTC",
      maxTunnelSeconds: 3600,
      dualStackTunnels: false,
      callerThrottle: { burst: 30, perSecond: 5 },
      callerQuotas: { openRequests: 200, openRequestsPerSubject: 20, denials: 100, pushes: 1000 },
      serialConsole: false,
      scopeTags: [],
      integrations: [],
      stageThrottle: { burst: 100, perSecond: 20 },
      concurrencyQuota: 1000,
      reservedConcurrency: {},
      doors: {},
      logRetentionDays: 365,
      apiGatewayLogRole: false,
      rolePath: "/",
      fips: false,
    };
    expect(readSettings(undefined)).toEqual(defaults);
    expect(readSettings({})).toEqual(defaults);
  });

  test("all of them, as they are", () => {
    const settings = {
      ...everySetting,
      doors: { iam: everySetting.doors.iam },
      console: undefined, // needs an issuer
      ...people(
        { role: "111122223333/AWSReservedSSO_Engineer_0123456789abcdef" },
        { role: "444455556666/a.b+c=d@e-f", idPattern: "alice" },
        { role: "111122223333/Deploy,Prod", idPattern: "*@example.com" },
        { role: "111122223333/Deploy,Prod", idPattern: "*@example.org" },
        { role: "111122223333/AWSReservedSSO_Ops_*", acceptSsoPattern: true },
      ),
      groups: {
        Engineer: ["iam:111122223333/AWSReservedSSO_Engineer_0123456789abcdef", "iam:444455556666/a.b+c=d@e-f"],
        Ops: ["iam:111122223333/AWSReservedSSO_Ops_*", "iam:111122223333/AWSReservedSSO_Ops_0123456789abcdef"],
        ChatBot: ["iam:111122223333/ChatBot"],
      },
      defaultOsUser: "ubuntu",
      timeZone: "Asia/Kathmandu",
      maxTunnelSeconds: 1,
      callerThrottle: { burst: 1, perSecond: 0.01 },
      pushTag: { key: "team:ssh", value: "größe 1/2" },
      serialConsole: false,
      fips: true,
      slack: undefined,
    };
    expect(readSettings(settings)).toEqual(settings);
    const withConsole = { ...settings, serialConsole: true, fips: false };
    expect(readSettings(withConsole)).toEqual(withConsole);
  });

  test.each([
    [
      "issuers whose people differ",
      issuers(corp, {
        ...corp,
        name: "b",
        issuer: "https://b.example",
        people: { id: "sub", idPattern: "*@b.example" },
      }),
    ],
    ["a domain for names", { identities: { iam: { people: [] }, nameDomain: "corp.example.com" } }],
    ["an issuer and a role of one directory", { identities: { ...engineers, directories: [["iam", "corp"]] } }],
    ["an issuer on this machine, by plain HTTP", issuers({ ...corp, issuer: "http://127.0.0.1:8082" })],
    [
      "keys in the settings",
      issuers({
        ...corp,
        algorithm: "ES256",
        jwksUri: undefined,
        jwks: { keys: [new SigningKey("a").jwk] },
      }),
    ],
    ["everybody who can sign in, if the settings say so", issuers({ ...corp, people: { id: "sub", idPattern: "*" } })],
    [
      "workflows of one owner",
      { ...issuers({ ...gitHub, machines: [workflow] }), groups: { Deploy: ["github:deploy"] } },
    ],
    ["a console at the one issuer with people", { ...issuers(corp, { ...gitHub, machines: [workflow] }), console }],
    ["a console in CloudFront", withCloudFront],
    [
      "a console whose client the issuer's setting has",
      { ...issuers({ ...corp, clientIds: ["cli", "latchkey-console"] }), console },
    ],
    [
      "other pages beside a console of the door's own",
      {
        ...issuers(corp),
        console,
        doors: { oidc: { corsOrigin: "https://a.example", vpcEndpoints: ["vpce-0a1b2c3d"] } },
      },
    ],
    ["groups of an issuer", { ...issuers(corp), groups: { A: ["corp:/a group:with marks"] } }],
  ])("%s", (_, settings) => {
    expect(readSettings(settings)).toMatchObject(settings);
  });

  test("every retention that CloudWatch Logs knows, and ends", () => {
    const known = synthesize({}).retentionDays;
    expect(known.length).toBeGreaterThan(20);
    for (const logRetentionDays of known)
      expect(readSettings({ logRetentionDays })).toMatchObject({ logRetentionDays });
  });

  test("those of the repository's own cdk.json", () => {
    const { context } = JSON.parse(readFileSync(new URL("../../cdk.json", import.meta.url), "utf8"));
    expect(readSettings(context.latchkey)).toMatchObject(context.latchkey);
  });
});

test.each([
  [10, { burst: 1, perSecond: 0.06 }],
  [50, { burst: 2, perSecond: 0.42 }],
  [1000, { burst: 41, perSecond: 8.36 }],
  [10_000, { burst: 416, perSecond: 83.36 }],
])("with a quota of %d, long polls can take a quarter of the account's executions", (concurrencyQuota, expected) => {
  const throttle = waitThrottleOf(readSettings({ concurrencyQuota }));
  expect(throttle).toEqual(expected);
  expect(waitingAtMost(throttle)).toBeLessThanOrEqual(concurrencyQuota / 4);
});

test("long polls can take a quarter of what is not reserved", () => {
  const settings = readSettings({ reservedConcurrency: { connect: 400, sweep: 100 } });
  expect(waitingAtMost(waitThrottleOf(settings))).toBeLessThanOrEqual((1000 - 500) / 4);
});

test("the guide's values for quotas of 1,000 and more are settings that the build takes", () => {
  const guide = readFileSync(new URL("../../docs/deploying.md", import.meta.url), "utf8");
  const rows = [...guide.matchAll(/^\| ([\d,]+) \| `(\{ "connect".+\})` \|$/gm)];
  expect(rows.map(([, quota]) => quota)).toEqual(["1,000", "5,000", "10,000"]);
  for (const [, quota = "", value = ""] of rows) {
    const [concurrencyQuota, reservedConcurrency] = [Number(quota.replace(",", "")), JSON.parse(value)];
    expect(readSettings({ concurrencyQuota, reservedConcurrency })).toMatchObject({ reservedConcurrency });
  }
});

test("no latchkey context, or no people at all, is a warning at synth", () => {
  expect(synthesize({}).warnings).toEqual([
    expect.stringContaining('The context "latchkey" of cdk.json is missing, or lists no role in identities.iam.people'),
  ]);
  expect(synthesize(everySetting).warnings).toEqual([]);
});

test("without apiGatewayLogRole, which is off by default, synth says what to set if the deployment fails", () => {
  expect(synthesize({}).hints).toEqual([
    expect.stringMatching(
      /^API Gateway needs a role for its logs.*"CloudWatch Logs role ARN must be set in account settings", set "apiGatewayLogRole": true/,
    ),
  ]);
  expect(synthesize(everySetting).hints).toEqual([]);
});

test("a key, certificate or web ACL of another region is refused at synthesis, if the stack's region is known", () => {
  expect(synthesize(everySetting).errorOfForeignKey).toContain(
    "latchkey.encryption.keyArn is in us-east-1, and the stack in eu-west-1",
  );
  expect(synthesize(everySetting).errorOfFipsIn["us-gov-west-1"]).toContain(
    "latchkey.doors.iam.webAcl is in us-east-1, and the stack in us-gov-west-1",
  );
});

test("targets that expect the main stack elsewhere are refused at synthesis", () => {
  expect(synthesize({}).errorOfOtherHub).toContain(
    "latchkey.targets.hub.region is us-east-1, and the stack's is eu-west-1",
  );
});

test("fips is refused at synthesis in a region without FIPS endpoints, and taken in others", () => {
  // As botocore 1.43.11 lists them; all of EC2 Instance Connect's are named by its rule.
  const six = ["ca-central-1", "ca-west-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"];
  const four = ["us-east-1", "us-east-2", "us-west-1", "us-west-2"];
  const government = ["us-gov-east-1", "us-gov-west-1"];
  const published = {
    ec2: [...six, ...government],
    dynamodb: [...six, ...government],
    sts: [...four, ...government],
    events: [...four, ...government],
  };
  const withEveryService = published.ec2.filter((region) =>
    Object.values(published).every((all) => all.includes(region)),
  );
  expect(synthesize({}).errorOfFipsIn).toEqual({
    "eu-west-1": expect.stringContaining(
      `latchkey.fips cannot be on in eu-west-1, only in ${withEveryService.join(", ")}`,
    ),
    "us-gov-west-1": "",
  });
});

function encryptedBy(key: string) {
  return { encryption: { keyArn: key.startsWith("alias/") ? `arn:aws:kms:us-east-1:111122223333:${key}` : key } };
}
