import * as z from "zod";
import { osUser } from "../contract/fields.ts";

const role = z.string().regex(/^[0-9]{12}\/[\w+=,.@-]{1,64}$/, "must be <12-digit account>/<role name>");

/** What AWS's own tag editor takes. `${` is not in it, which IAM would read as a variable. */
const tagText = z.string().regex(/^[\p{L}\p{N}\p{Z}_.:/=+@-]*$/u, "must be letters, digits, spaces and _.:/=+@-");

/** Days: the retentions that CloudWatch Logs knows, but "for ever". */
const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Policy is asked for each of them when a bot asks for access: some milliseconds each, out of a request's seconds. */
const mostPersonRoles = 50;

/** Everything that a deployment may choose: the value of `latchkey` in cdk.json's context. */
const eachSetting = z.strictObject({
  /**
   * Roles whose trust policy pins the session name (IAM Identity Center's do). Under them, and only them, a caller is a
   * person; under any other role it is a machine. A person's id is the session name to the letter: where `Alice` and
   * `alice` can be one human, they could review each other.
   */
  personRoles: z.array(role).max(mostPersonRoles).default([]),
  /** The OS user where neither the caller nor the instance's tag `latchkey:os-user` names one. */
  defaultOsUser: osUser.default("ec2-user"),
  /** IANA name of the zone in which policies read hours and weekdays. */
  timeZone: z.string().refine(isTimeZone, "must be an IANA time zone, such as Europe/Berlin").default("UTC"),
  /** Longest life of a tunnel, in seconds, whatever a caller asks for. */
  maxTunnelSeconds: z.int().min(1).max(3600).default(3600),
  /**
   * How fast one caller may go on in each instance of a function: requests at once, and per second in the long run. The
   * describe calls that a request costs come out of a budget that the whole account shares.
   */
  callerThrottle: z
    .strictObject({ burst: z.int().min(1).max(10_000), perSecond: z.number().min(0.01).max(1000) })
    .default({ burst: 30, perSecond: 5 }),
  /**
   * Whether keys may be pushed to serial consoles too, where policy permits it. The account's own switch is another
   * (`aws ec2 enable-serial-console-access`). A console goes around the network and sshd, to whatever runs on the port: a
   * login prompt, a boot loader.
   */
  serialConsole: z.boolean().default(false),
  /** Only instances with this tag can be pushed to, by IAM too. Left out: any instance that policy permits. */
  pushTag: z.strictObject({ key: tagText.min(1).max(128), value: tagText.max(256) }).optional(),
  /**
   * How fast all callers together may call each method of the API: requests at once, and per second in the long run. More
   * than the default is of no use: EC2 lets a whole account describe its instances about as fast.
   */
  stageThrottle: z
    .strictObject({ burst: z.int().min(1).max(5000), perSecond: z.number().min(1).max(10_000) })
    .default({ burst: 100, perSecond: 20 }),
  /**
   * The same for the one method that holds its answers back, up to 25 s each: its rate times that, and the burst, is how many
   * executions of the account's functions all who wait can take.
   */
  waitThrottle: z
    .strictObject({ burst: z.int().min(1).max(5000), perSecond: z.number().min(1).max(10_000) })
    .default({ burst: 40, perSecond: 8 }),
  /** How long every log is kept, in days. A year: what auditors ask for most often. */
  logRetentionDays: z.literal(logRetentions).default(365),
  /**
   * Whether the stack gives API Gateway the role with which it writes logs. That is one setting of a whole account and
   * region, without which no stage may have an access log: `false` where something else owns it.
   */
  apiGatewayLogRole: z.boolean().default(true),
  /** The SNS topic that hears of alarms. Left out: they are there, and tell nobody. */
  alarmTopicArn: z
    .string()
    .regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[\w-]{1,256}$/, "must be the ARN of an SNS topic")
    .optional(),
  /** Use AWS's FIPS endpoints, and let clients be sent to no other endpoint of AWS's. */
  fips: z.boolean().default(false),
});

/** What is wrong with settings that are each right by themselves. Said here, and not to whoever needs a console in an emergency. */
const settingsSchema = eachSetting.refine(({ fips, serialConsole }) => !(fips && serialConsole), {
  path: ["serialConsole"],
  error: "cannot be on while fips is, since AWS publishes no FIPS name of its serial consoles",
});

export type Settings = z.infer<typeof settingsSchema>;

/** @throws Error naming each setting that is wrong, and how. */
export function readSettings(context: unknown): Settings {
  const result = settingsSchema.safeParse(context ?? {});
  if (result.success) return result.data;
  const complaints = result.error.issues.map(({ path, message }) => `  ${["latchkey", ...path].join(".")}: ${message}`);
  throw new Error(`cdk.json's context has settings that are not valid:\n${complaints.join("\n")}`);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
