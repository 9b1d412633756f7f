import type { Settings } from "../../lib/settings.ts";

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
  callerThrottle: { burst: 10, perSecond: 0.5 },
  callerQuotas: { openRequests: 50, openRequestsPerSubject: 5, denials: 30, pushes: 300 },
  serialConsole: true,
  pushTag: { key: "latchkey:push", value: "yes" },
  stageThrottle: { burst: 50, perSecond: 10 },
  concurrencyQuota: 3000,
  waitThrottle: { burst: 20, perSecond: 4 },
  reservedConcurrency: { connect: 200, projector: 20, sweep: 2, capture: 10 },
  otherAccounts: { accounts: ["444455556666"], organization: "o-a1b2c3d4e5" },
  logRetentionDays: 3653,
  apiGatewayLogRole: true,
  alarmTopicArn: "arn:aws:sns:us-east-1:111122223333:alarms",
  fips: false,
};
