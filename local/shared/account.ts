import { type TargetKey, targetKey } from "../../lambda/shared/target.ts";
import { readSettings, type Settings } from "../../lib/settings.ts";

/** The account and region of the local stack. */
export const region = "us-east-1";
export const account = "111122223333";

export const ownTarget: TargetKey = { accountId: account, region };

/** The target of the sample fleet besides the stack's own. */
export const secondTarget: TargetKey = { accountId: "444455556666", region: "eu-west-1" };

/** Of all accounts here. */
export const organization = "o-a1b2c3d4e5";

/** The ARN of a resource of EC2's, such as `instance/i-0123456789abcdef0`. */
export const ec2Arn = ({ accountId, region }: TargetKey, resource: string): string =>
  `arn:aws:ec2:${region}:${accountId}:${resource}`;

export const instanceArn = (target: TargetKey, instanceId: string): string => ec2Arn(target, `instance/${instanceId}`);

/** The role of each sample caller. Access key id and secret access key are both the caller's name. */
const roles: Readonly<Record<string, string>> = {
  alice: "Engineer",
  dave: "Engineer",
  bob: "OnCall",
  erin: "OnCall",
  carol: "Guest",
  chatbot: "ChatBot",
  roster: "Roster",
  ticket: "Ticket",
  incident: "Incident",
  ivan: "Contractor",
};

/** ChatBot is not a role of people: the bot chooses its own session names. */
const personRoles = ["Engineer", "OnCall", "Guest"];

/** The groups of each sample person, by name: what the OpenID provider says of them. */
export const people: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(roles).flatMap(([name, role]) => (personRoles.includes(role) ? [[name, [role]]] : [])),
);

/** The console at the OpenID provider. */
export const consoleClient = { clientId: "latchkey-console", scope: "openid offline_access latchkey" };

/** What links Slack users, at the OpenID provider. */
export const slackClient = { clientId: "latchkey-slack", scope: "openid latchkey" };

/** Not named in settings: IAM does not let it invoke the API, so Latchkey never hears of it. */
const uninvitedRole = "Contractor";

export interface SampleCaller {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly userArn: string;
  /** Whether the role has the policy that lets callers invoke the API. */
  readonly isInvited: boolean;
}

export function findCaller(accessKeyId: string): SampleCaller | undefined {
  const role = Object.hasOwn(roles, accessKeyId) ? roles[accessKeyId] : undefined;
  return role === undefined
    ? undefined
    : {
        accessKeyId,
        secretAccessKey: accessKeyId,
        userArn: `arn:aws:sts::${account}:assumed-role/${role}/${accessKeyId}`,
        isInvited: role !== uninvitedRole,
      };
}

const namedRoles = [...personRoles, "ChatBot"];

const source = (role: string) => `iam:${account}/${role}`;

export const settings = readSettings({
  identities: {
    nameDomain: "example.com",
    iam: { people: personRoles.map((role) => ({ role: `${account}/${role}` })) },
  },
  groups: Object.fromEntries(namedRoles.map((role) => [role, [source(role)]])),
  integrations: [{ name: "roster", identities: [`${account}/Roster`] }],
  // More than the default: one process does the work of many here, and no account has a budget to lose.
  callerThrottle: { burst: 300, perSecond: 50 },
  callerQuotas: { openRequests: 1000, openRequestsPerSubject: 500, denials: 10_000, pushes: 10_000 },
});

/** The settings of a stack that serves these targets, its own among them or not. */
export function withTargets(of: Settings, targets: readonly TargetKey[]): Settings {
  const others = targets.filter((target) => targetKey(target) !== targetKey(ownTarget));
  if (others.length === 0) return of;
  const accounts = Object.entries(Object.groupBy(others, ({ accountId }) => accountId));
  return readSettings({
    ...of,
    targets: {
      hub: { account, region },
      externalId: "latchkey-local",
      organization,
      accounts: accounts.map(([id, found = []]) => ({ account: id, regions: found.map((one) => one.region) })),
    },
  });
}

/** The settings of a stack with this OpenID provider too: its people are those of IAM. */
export function withIssuer(of: Settings, { issuer, jwksUri }: { issuer: string; jwksUri: string }): Settings {
  const withSource = ([name, sources]: [string, string[]]): [string, string[]] => [name, [...sources, `local:${name}`]];
  const isOfPeople = ([name]: [string, string[]]) => personRoles.includes(name);
  return readSettings({
    ...of,
    identities: {
      ...of.identities,
      oidc: [
        {
          ...{ name: "local", issuer, jwksUri, audience: "urn:latchkey:api", algorithm: "ES256", tokenType: "at+jwt" },
          people: {
            id: "sub",
            idPattern: "*",
            groups: "groups",
            require: { client_id: ["latchkey-cli", consoleClient.clientId, slackClient.clientId] },
          },
          machines: [{ name: "ci", id: ["client_id"], require: { client_id: ["ci-robot"] } }],
        },
      ],
      directories: [["iam", "local"]],
    },
    groups: Object.fromEntries(Object.entries(of.groups).map((each) => (isOfPeople(each) ? withSource(each) : each))),
  });
}

/** The settings of a stack whose OIDC door pages of this origin may call. */
export const withCorsOrigin = (of: Settings, corsOrigin: string): Settings =>
  readSettings({ ...of, doors: { oidc: { corsOrigin } } });
