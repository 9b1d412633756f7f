import * as z from "zod";
import { sharedSettings } from "../lambda/shared/settings.ts";
import { complaintsAboutSettings } from "./check-settings.ts";
import { consoleSettings } from "./console-settings.ts";
import { doors, throttle } from "./door-settings.ts";
import { accountId, organizationId, targets } from "./target-settings.ts";

/** Days: the retentions that CloudWatch Logs knows, but "for ever". */
const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const {
  identities,
  groups,
  callerThrottle,
  callerQuotas,
  defaultOsUser,
  timeZone,
  maxTunnelSeconds,
  dualStackTunnels,
  serialConsole,
  pushTag,
  scopeTags,
  integrations,
  slack,
  webhooks,
} = sharedSettings.shape;

const keyArn = z
  .string()
  .regex(
    /^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key\/(?:mrk-)?[0-9a-f-]{32,36}$/,
    "must be the ARN of a key, not an alias",
  );

const pathPart = /[\w+=,.@-]+/.source;

const rolePath = z
  .string()
  .max(512)
  .regex(new RegExp(`^/(?:${pathPart}/)*$`), {
    error: ({ input }) => `must be a path: write "/${String(input).split("/").filter(Boolean).join("/")}/"`,
  })
  .regex(/^\/(?!aws-)/, "must not start with /aws-, where only AWS makes roles");

const permissionsBoundary = z.string().regex(new RegExp(`^(?:${pathPart}/)*[\\w+=,.@-]{1,128}$`), {
  error: ({ input }) =>
    `must be the name of a managed policy of the account: write "${String(input).replace(/^(?:.*:policy)?\//, "")}"`,
});

const reservation = z.int().min(1).optional();

/** Everything that a deployment may choose: the value of `latchkey` in cdk.json's context. */
const eachSetting = z.strictObject({
  /**
   * Who is a person. `iam.people` lists roles whose trust policy pins the session name, as IAM Identity Center's do: `role`
   * is `<account>/<role>`; `idPattern` says which ids it may assert (`*@example.com`); `acceptSsoPattern: true` permits `_*`
   * instead of the 16 hex digits of a role of IAM Identity Center. The session name in lower case is the person's id. Under
   * every other role a caller is a machine.
   *
   * `oidc` lists the issuers of the OIDC front door, which exists only if there is one (docs/identity-providers.md).
   * `directories` lists the sources whose ids are of one directory: only these may assert the same people.
   * `nameDomain` is a domain such as `example.com`: policies know its people, such as `alice@example.com`, by
   * `principal.name` too.
   */
  identities: identities.default({ iam: { people: [] } }),
  /**
   * The short names that policies use, and the sources that make a caller a member: `iam:<account>/<role>`, or
   * `<issuer>:<group>`.
   */
  groups: groups.default({}),
  /**
   * Machines that may review access requests, if policy permits it: a name, and the ids under which they call. Their
   * approvals are not people's: policies see the names in `access.integrations`. Anyone who can call as one of the
   * machines can approve.
   */
  integrations: integrations.default([]),
  /** The OS user if neither the caller nor the instance's tag `latchkey:os-user` names one. */
  defaultOsUser: defaultOsUser.default("ec2-user"),
  /** IANA name of the zone in which policies read hours and weekdays. */
  timeZone: timeZone.default("UTC"),
  /** Longest life of a tunnel in seconds. A caller cannot ask for more. */
  maxTunnelSeconds: maxTunnelSeconds.default(3600),
  /**
   * Whether tunnels are opened at the dual-stack names of Instance Connect Endpoints, which clients with IPv6 alone can reach too.
   * An endpoint that has none goes by its IPv4 name.
   */
  dualStackTunnels: dualStackTunnels.default(false),
  /**
   * How fast one caller may call each instance of a function: requests at once, and per second in the long run. The
   * describe calls of a request come out of a budget that the whole account shares.
   */
  callerThrottle: callerThrottle.default({ burst: 30, perSecond: 5 }),
  /**
   * How much of the table and the trail one caller may take: access requests that are open at a time, or have been made within a
   * minute, in all and for one subject; denials, and requests for a push, in ten minutes. None of them holds back
   * break-glass, reviews, or the end of access.
   */
  callerQuotas: callerQuotas.default({ openRequests: 200, openRequestsPerSubject: 20, denials: 100, pushes: 1000 }),
  /**
   * Whether keys may also be pushed to serial consoles, if policy permits it. The account has a switch of its own
   * (`aws ec2 enable-serial-console-access`). A console bypasses the network and sshd and leads to the program on the port: a
   * login prompt, a boot loader.
   */
  serialConsole: serialConsole.default(false),
  /** Only instances with this tag can be pushed to, by IAM too. By default, every instance that policy permits. */
  pushTag,
  /**
   * Keys of tags that access requests may name as their scope, besides those that policies name. Anyone who may write such a tag
   * can widen access, so the service control policy covers them all (docs/service-control-policy.md).
   */
  scopeTags: scopeTags.default([]),
  /**
   * How fast all callers together may call each method of the API: requests at once, and per second in the long run. More
   * than the default is of no use: EC2 lets a whole account describe its instances about as fast.
   */
  stageThrottle: throttle.default({ burst: 100, perSecond: 20 }),
  /** The account's quota of concurrent executions of functions in the region: 1,000, but 10 or 50 in a new account. */
  concurrencyQuota: z.int().min(10).max(1_000_000).default(1000),
  /**
   * How fast all callers together may call the one method that delays its responses, up to 25 s each: 25 times its rate, and
   * the burst, is how many executions those who wait can take. By default a quarter of what `concurrencyQuota` leaves after
   * `reservedConcurrency`.
   */
  waitThrottle: throttle.optional(),
  /**
   * Executions that Lambda keeps for a function, out of the account's quota, so that no other function can take them. They are
   * also the most that it can have. None by default: Lambda refuses any under a quota of a new account.
   */
  reservedConcurrency: z
    .strictObject({
      connect: reservation,
      projector: reservation,
      sweep: reservation,
      capture: reservation,
      sync: reservation,
    })
    .default({}),
  /**
   * Whom the API admits from other accounts: all of these accounts, and all of an organization. Their own IAM policies must
   * permit them to invoke it too. By default nobody.
   */
  otherAccounts: z
    .strictObject({
      accounts: z.array(accountId).min(1),
      organization: organizationId,
    })
    .partial()
    .optional(),
  /** How each front door is reached: from private networks, certain addresses, by a name of your own (docs/front-doors.md). */
  doors: doors.default({}),
  /**
   * The KMS key that encrypts table, stream, queues, bus, logs and the functions' variables (docs/encryption.md): `own` lets the
   * stack make one, `{ "keyArn": … }` is yours. Left out: keys of AWS's own, which cost nothing.
   */
  encryption: z
    .union([z.literal("own"), z.strictObject({ keyArn })], { error: 'must be "own" or {"keyArn": "arn:aws:kms:…"}' })
    .optional(),
  /** The browser console (docs/console.md): an OpenID client of its own, and where it is served. Left out: there is none. */
  console: consoleSettings.optional(),
  /**
   * The Slack app (docs/slack.md), by which people ask for access and approve it where they talk. Left out: there is none.
   */
  slack,
  /** Signed webhooks (docs/webhooks.md): which events are posted to which receivers on the internet. Left out: there are none. */
  webhooks,
  /** How long every log is kept, in days. A year: what auditors ask for most often. */
  logRetentionDays: z.literal(logRetentions).default(365),
  /**
   * Whether the stack gives API Gateway the role with which it writes logs. That is one setting of a whole account and
   * region, without which no stage may have an access log. Turn it on if nothing else in the account has set one.
   */
  apiGatewayLogRole: z.boolean().default(false),
  /** The SNS topic that hears of alarms. Left out: they are there, and tell nobody. */
  alarmTopicArn: z
    .string()
    .regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[\w-]{1,256}$/, "must be the ARN of an SNS topic")
    .optional(),
  /**
   * The path of every role's name, such as /latchkey/, for companies that let pipelines make roles under certain paths only. The
   * service control policies have it too.
   */
  rolePath: rolePath.default("/"),
  /**
   * The managed policy that bounds every role: its name, with its path if it has one. It must exist in the account before the
   * deployment, and permit what docs/security-model.md says that the roles may do.
   */
  permissionsBoundary: permissionsBoundary.optional(),
  /**
   * Other accounts and regions whose instances are served too (docs/accounts-and-regions.md). By default the stack's own alone.
   */
  targets: targets.optional(),
  /** Use AWS's FIPS endpoints, and let clients be sent to no other endpoint of AWS's. Only some regions have them. */
  fips: z.boolean().default(false),
});

export const settingsSchema = eachSetting.superRefine((settings, { addIssue }) => {
  for (const complaint of complaintsAboutSettings(settings)) addIssue({ code: "custom", ...complaint });
});

export type Settings = z.infer<typeof settingsSchema>;
/** As they are written: what has a default may be left out. */
export type GivenSettings = z.input<typeof settingsSchema>;

/** @throws Error naming each setting that is wrong, and how. */
export function readSettings(context: unknown): Settings {
  const result = settingsSchema.safeParse(context ?? {});
  if (result.success) return result.data;
  const complaints = result.error.issues.map(
    (issue) => `  ${["latchkey", ...issue.path].join(".")}: ${messageOf(issue)}`,
  );
  throw new Error(`Latchkey's settings are not valid:\n${complaints.join("\n")}`);
}

function messageOf(issue: z.core.$ZodIssue): string {
  const isFormer = issue.code === "unrecognized_keys" && issue.keys.includes("personRoles");
  return isFormer ? `${issue.message}: list the roles of people in identities.iam.people` : issue.message;
}
