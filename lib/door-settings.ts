import { isIP } from "node:net";
import * as z from "zod";

/** Requests at once, and per second in the long run. */
export const throttle = z.strictObject({
  burst: z.int().min(1).max(5000),
  perSecond: z.number().min(0.01).max(10_000),
});

const vpcEndpoint = z
  .string()
  .regex(/^vpce-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, "must be the id of a VPC endpoint, such as vpce-0123456789abcdef0");

const cidr = z.string().refine(isCidr, {
  error: ({ input }) => {
    const text = String(input);
    const meant = isIP(text) ? `: write "${text}/${isIP(text) === 4 ? 32 : 128}"` : "";
    return `must be a range of addresses, such as 203.0.113.0/24 or 2001:db8::/32${meant}`;
  },
});

export const hostName = z
  .string()
  .regex(/^(?=.{4,253}$)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z]{2,63}$/, "must be a host name in lower case");

const domain = z.strictObject({
  name: hostName,
  certificateArn: z
    .string()
    .regex(
      /^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate\/[\w-]{1,64}$/,
      "must be the ARN of a certificate of AWS Certificate Manager",
    ),
});

const webAclWords = 'must be true, false, { "requestsPerAddress": 10 or more }, or the ARN of a regional web ACL';
const webAclArn = /^arn:[a-z-]+:wafv2:[a-z0-9-]+:[0-9]{12}:regional\/webacl\/[\w-]{1,128}\/[\w-]{1,36}$/;

const webAcl = z.union(
  [
    z.boolean(),
    z.string().regex(webAclArn, webAclWords),
    z.strictObject({ requestsPerAddress: z.int().min(10).max(2_000_000_000) }),
  ],
  { error: webAclWords },
);

/** @param words what it must be. */
export const origin = (words: string) =>
  z.string().refine(isOrigin, {
    error: ({ input }) => {
      const meant = URL.parse(String(input))?.origin ?? "";
      return `must be ${words}${isOrigin(meant) ? `: write "${meant}"` : ""}`;
    },
  });

/** How one front door is reached. */
const door = z.strictObject({
  /**
   * VPC endpoints of the service `execute-api`. The API is then private: it has no public address, and refuses what does not come
   * through one of these. Left out: everybody can send requests, which are then authenticated.
   */
  vpcEndpoints: z.array(vpcEndpoint).min(1).optional(),
  /**
   * Ranges of addresses from which requests are taken: public ones, or with `vpcEndpoints` those of the clients in the
   * network.
   */
  sourceCidrs: z.array(cidr).min(1).optional(),
  /** A host name of your own, with its certificate in the stack's region. The API has no other name then. */
  domain: domain.optional(),
  /**
   * Whether AWS WAF filters requests, by AWS's managed rules and a rate for each address: 2,000 in five minutes, or
   * `requestsPerAddress`. People behind one NAT gateway share an address. Or the ARN of a web ACL of your own. By
   * default `true` at the OIDC door, `false` at the IAM door.
   */
  webAcl: webAcl.optional(),
  /**
   * How fast all callers together may call one route, by its operation id in the OpenAPI document, in place of
   * `stageThrottle`.
   */
  routeThrottles: z.record(z.string(), throttle).default({}),
});

/** Pages have tokens, not AWS credentials. */
const oidcDoor = door.extend({
  /**
   * The one origin whose pages may call this door from a browser. Left out: no page may, but the browser console of the setting
   * `console`.
   */
  corsOrigin: origin("the one origin of your pages, such as https://pages.example.com").optional(),
});

export const doors = z.strictObject({ iam: door, oidc: oidcDoor }).partial();

type Doors = z.infer<typeof doors>;
export type DoorSettings = ReturnType<typeof doorOf>;

/** The settings of a front door, with its defaults. */
export function doorOf(given: { readonly doors: Doors }, name: keyof Doors) {
  const settings = given.doors[name] ?? door.parse({});
  return { ...settings, webAcl: settings.webAcl ?? name === "oidc" };
}

/** As browsers write it, or no origin would ever be equal. Only pages of this machine may come without TLS. */
function isOrigin(text: string): boolean {
  const isWebsite = /^https:\/\/[a-z0-9.-]+(?::[0-9]+)?$/.test(text);
  const isLocal = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::[0-9]+)?$/.test(text);
  return (isWebsite || isLocal) && URL.parse(text)?.origin === text;
}

function isCidr(text: string): boolean {
  const [address = "", prefix = "", ...rest] = text.split("/");
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && !address.includes("%") && /^(?:0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= bits;
}
