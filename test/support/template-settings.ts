import type { Settings } from "../../lib/settings.ts";
import type { Targets } from "../../lib/target-settings.ts";

export const everyTarget: Targets = {
  hub: { account: "111122223333", region: "us-east-1" },
  externalId: "latchkey",
  organization: "o-a1b2c3d4e5",
  accounts: [{ account: "444455556666", regions: ["eu-west-1", "us-east-1"] }],
  organizationalUnits: [{ id: "ou-ab12-cdefgh34", regions: ["eu-west-1"] }],
  stackSets: true,
};

/** Every setting with a value other than its default, except `fips`, which excludes `serialConsole`. */
export const everySetting: Required<Settings> = {
  identities: {
    iam: {
      people: [
        { role: "111122223333/Engineer", idPattern: "*@example.com" },
        { role: "111122223333/AWSReservedSSO_OnCall_*", acceptSsoPattern: true },
      ],
    },
    oidc: [
      {
        name: "corp",
        issuer: "https://login.example.com",
        audience: "urn:latchkey:api",
        jwksUri: "https://login.example.com/jwks",
        algorithm: "RS256",
        people: { id: "email", idPattern: "*@example.com", groups: "groups" },
      },
    ],
    directories: [["iam", "corp"]],
  },
  groups: {
    Engineer: ["iam:111122223333/Engineer", "corp:engineering"],
    OnCall: ["iam:111122223333/AWSReservedSSO_OnCall_*"],
  },
  defaultOsUser: "ubuntu",
  timeZone: "Europe/Berlin",
  maxTunnelSeconds: 900,
  dualStackTunnels: true,
  callerThrottle: { burst: 10, perSecond: 0.5 },
  callerQuotas: { openRequests: 50, openRequestsPerSubject: 5, denials: 30, pushes: 300 },
  serialConsole: true,
  pushTag: { key: "latchkey:push", value: "yes" },
  scopeTags: ["team", "service"],
  integrations: [{ name: "roster", identities: ["111122223333/Roster"] }],
  stageThrottle: { burst: 50, perSecond: 10 },
  concurrencyQuota: 3000,
  waitThrottle: { burst: 20, perSecond: 4 },
  reservedConcurrency: { connect: 200, projector: 20, sweep: 2, capture: 10, sync: 2 },
  otherAccounts: { accounts: ["444455556666"], organization: "o-a1b2c3d4e5" },
  doors: {
    iam: {
      vpcEndpoints: ["vpce-0123456789abcdef0", "vpce-0a1b2c3d"],
      sourceCidrs: ["10.1.0.0/16", "fd00:1::/48"],
      domain: {
        name: "latchkey.corp.example",
        certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000001",
      },
      webAcl: "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/company/00000000-0000-4000-8000-000000000002",
      routeThrottles: { createConnection: { burst: 30, perSecond: 3 } },
    },
    oidc: {
      corsOrigin: "https://console.example.com",
      sourceCidrs: ["203.0.113.0/24", "2001:db8::/32"],
      domain: {
        name: "latchkey.example.com",
        certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000003",
      },
      webAcl: { requestsPerAddress: 500 },
      routeThrottles: { whoAmI: { burst: 5, perSecond: 1 }, health: { burst: 2, perSecond: 1 } },
    },
  },
  console: {
    issuer: "corp",
    clientId: "latchkey-console",
    scope: "openid",
    resource: "urn:latchkey:api",
    providerOrigins: ["https://tokens.example.com"],
    terminal: false,
  },
  slack: {
    appId: "A012ABCDE",
    clientId: "1234567890.1234567890",
    workspaces: ["T012ABCDE"],
    enterprises: ["E012ABCDE"],
    channels: [
      { channel: "C012ABCDE", tags: { env: "prod" } },
      { channel: "C034FGHIJ", group: "OnCall" },
    ],
    signIn: { issuer: "corp", clientId: "latchkey-link", scope: "openid email" },
  },
  webhooks: {
    hosts: ["siem.example.com", "hooks.example.org"],
    subscriptions: [
      { name: "siem", url: "https://siem.example.com/latchkey?key=1", events: ["*"] },
      {
        name: "tickets",
        url: "https://hooks.example.org:8443/",
        events: ["latchkey.access-request.created", "latchkey.review.submitted"],
      },
    ],
  },
  encryption: "own",
  logRetentionDays: 3653,
  apiGatewayLogRole: true,
  alarmTopicArn: "arn:aws:sns:us-east-1:111122223333:alarms",
  rolePath: "/latchkey/",
  permissionsBoundary: "company/LatchkeyBoundary",
  targets: everyTarget,
  fips: false,
};

/** The browser console on the internet, at a door that has AWS's own host name, and endpoints in several regions. */
export const withCloudFront = {
  identities: { iam: { people: [] }, oidc: everySetting.identities.oidc },
  console: {
    clientId: "latchkey-console",
    cloudFront: {
      domain: {
        name: "console.example.com",
        certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000004",
      },
      webAclArn: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/company/00000000-0000-4000-8000-000000000005",
    },
  },
  targets: { ...everyTarget, organizationalUnits: [], stackSets: false },
  dualStackTunnels: true,
  encryption: "own",
  logRetentionDays: everySetting.logRetentionDays,
  rolePath: everySetting.rolePath,
  permissionsBoundary: everySetting.permissionsBoundary,
};
