import * as z from "zod";
import { osUser } from "../../contract/fields.ts";
import { longestCallerId } from "../../contract/person-id.ts";
import { idPattern, issuer } from "./issuer-settings.ts";
import { slackSettings } from "./slack-settings.ts";
import { isSsoPattern } from "./sso-pattern.ts";
import { webhookSettings } from "./webhook-settings.ts";

/**
 * An IAM role without its path. A role of IAM Identity Center is named with the 16 hex digits that AWS gives it, or with `*`
 * in their place.
 */
const role = /[0-9]{12}\/(?:(?!AWSReservedSSO_)[\w+=,.@-]{1,64}|AWSReservedSSO_[\w+=,.@-]{1,32}_(?:[0-9a-f]{16}|\*))/
  .source;
const roleWords = "<12-digit account>/<role name>, and a role of IAM Identity Center ends in its 16 hex digits";

/** @param prefix of the source that a role is. @param other forms that a source may have. */
function roleText(prefix: "" | "iam:" = "", other = "") {
  const ofRole = new RegExp(`^${prefix}${role}$`);
  const error = ({ input }: { input?: unknown }) => {
    const meant = `${prefix}${meantRole(String(input))}`;
    return `must be ${prefix}${roleWords}${ofRole.test(meant) ? `: write "${meant}"` : ""}`;
  };
  return z.string().regex(new RegExp(`^(?:${prefix}${role}${other})$`), { error });
}

/** `<issuer>:<group>`. */
const issuerGroup = /|(?!(?:iam|arn):)[a-z][a-z0-9-]{0,31}:.{1,256}/.source;

/** The role in its ARN, in the ARN of one of its sessions, or behind a path. */
function meantRole(text: string): string {
  const [, account = "", session, name = ""] =
    /^(?:iam:)?(?:arn:[a-z-]+:(?:iam|sts)::)?([0-9]{12})(?::role|(:assumed-role))?\/(.+)$/.exec(text) ?? [];
  return `${account}/${session ? name.replace(/\/.*/, "") : name.replace(/.*\//, "")}`;
}

const personRole = z
  .strictObject({
    role: roleText(),
    idPattern: idPattern.optional(),
    /** Takes every role of IAM Identity Center with this name and any digits. */
    acceptSsoPattern: z.literal(true).optional(),
  })
  .refine((person) => isSsoPattern(person.role) === (person.acceptSsoPattern ?? false), {
    path: ["acceptSsoPattern"],
    error: "must be true if the role ends in _*, and belongs to no other role",
  });

/** Each decision about access for somebody else evaluates policy for every combination of groups, some milliseconds each. */
const maxPersonRoles = 50;

/** Seconds. Who has called is refreshed every ten minutes. */
const [shortestMemory, longestMemory] = [20 * 60, 30 * 24 * 60 * 60];

/** Each place of an open access request takes a hundred bytes of an item. */
const mostOpenRequests = 1000;

const open = z.int().min(1).max(mostOpenRequests);
const counted = z.int().min(1).max(1_000_000);

const throttle = z.strictObject({ burst: z.int().min(1).max(10_000), perSecond: z.number().min(0.01).max(1000) });

/**
 * What AWS's own tag editor takes and IAM can compare: a policy holds no character beyond U+00FF. `${` is not in it, which IAM
 * would read as a variable.
 */
const tagText = z
  .string()
  .regex(/^[\p{L}\p{N}\p{Z}_.:/=+@-]*$/u, "must be letters, digits, spaces and _.:/=+@-")
  .regex(/^[ -\u00ff]*$/, "must have no character beyond U+00FF, because IAM takes none in a policy");

const tagKey = tagText.min(1).max(128);
const awsTags = "must not start with aws:, because anyone who names a stack or a group makes AWS write such tags";

/** Machines that may review, under one name whichever front door they come by. */
const integration = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "must be a short name of a-z, 0-9 and -, with a letter first"),
  identities: z.array(z.string().min(2).max(longestCallerId)).min(1).max(5),
});

/** What an access request needs is searched with each set of them. */
const mostIntegrations = 4;

const regions = z.array(z.string()).min(1);

/** Accounts and regions that are served besides the stack's own, and what their roles are assumed by. */
const servedTargets = z.strictObject({
  externalId: z.string(),
  rolePath: z.string(),
  accounts: z.array(z.strictObject({ account: z.string(), regions })),
  organizationalUnits: z.array(z.strictObject({ id: z.string(), regions })),
});

export type ServedTargets = z.infer<typeof servedTargets>;

/** The settings that functions read. What each of them means stands with the deployment's settings. */
export const sharedSettings = z.strictObject({
  identities: z.strictObject({
    iam: z.strictObject({ people: z.array(personRole).max(maxPersonRoles) }),
    oidc: z.array(issuer).min(1).max(20).optional(),
    /** Sources whose ids are of one directory, each `iam` or an issuer's name: only these may assert the same people. */
    directories: z.array(z.array(z.string()).min(2)).min(1).optional(),
    /** The people with an id `<name>@<this domain>` have the `name` in policies. */
    nameDomain: z
      .string()
      .max(60)
      .regex(/^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+$/, "must be a domain in lower case, such as example.com")
      .optional(),
    /** Seconds for which a person's groups count when somebody else acts for or on them. */
    rememberedFor: z.int().min(shortestMemory).max(longestMemory).optional(),
  }),
  groups: z.record(
    z.string().regex(/^[A-Za-z][\w.-]{0,63}$/, "must be a short name of letters, digits and ._-"),
    z.array(roleText("iam:", issuerGroup)).min(1),
  ),
  callerThrottle: throttle,
  callerQuotas: z.strictObject({
    openRequests: open,
    openRequestsPerSubject: open,
    denials: counted,
    pushes: counted,
  }),
  defaultOsUser: osUser,
  timeZone: z.string().refine(isTimeZone, "must be an IANA time zone, such as Europe/Berlin"),
  maxTunnelSeconds: z.int().min(1).max(3600),
  dualStackTunnels: z.boolean(),
  serialConsole: z.boolean(),
  pushTag: z.strictObject({ key: tagKey, value: tagText.max(256) }).optional(),
  integrations: z.array(integration).max(mostIntegrations),
  scopeTags: z.array(tagKey.regex(/^(?!aws:)/i, awsTags)).max(50),
  targets: servedTargets.optional(),
  slack: slackSettings.optional(),
  webhooks: webhookSettings.optional(),
});

export type SharedSettings = z.infer<typeof sharedSettings>;

export type IdentitySettings = Pick<SharedSettings, "identities" | "groups">;

export type Integration = z.infer<typeof integration>;

function isTimeZone(name: string): boolean {
  if (name === "UTC") return true; // without Intl, as the policies' clock
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
