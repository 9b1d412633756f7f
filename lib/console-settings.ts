import * as z from "zod";
import { hostName, origin } from "./door-settings.ts";

/** CloudFront takes certificates and web ACLs of one region alone. */
const certificateArn = z
  .string()
  .regex(
    /^arn:aws:acm:us-east-1:[0-9]{12}:certificate\/[\w-]{1,64}$/,
    "must be the ARN of a certificate of AWS Certificate Manager in us-east-1",
  );

const webAclArn = z
  .string()
  .regex(
    /^arn:aws:wafv2:us-east-1:[0-9]{12}:global\/webacl\/[\w-]{1,128}\/[\w-]{1,36}$/,
    "must be the ARN of a web ACL for CloudFront, which is in us-east-1",
  );

export const consoleSettings = z.strictObject({
  /** The name in `identities.oidc` of the provider where people sign in. Left out: the one that has people. */
  issuer: z.string().optional(),
  /** The console at that provider: a public client, for the code flow with PKCE. */
  clientId: z.string().min(1).max(256),
  /** What it asks for: that of the provider's page (docs/identity-providers.md). */
  scope: z
    .string()
    .regex(/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/, "must be names with one space between them")
    .default("openid offline_access latchkey"),
  /** The API's name, for a provider that takes it as `resource` (RFC 8707). */
  resource: z.string().min(1).max(512).optional(),
  /** Origins of the provider's endpoints that differ from the issuer's, such as that of Amazon Cognito's domain. */
  providerOrigins: z.array(origin("an origin, such as https://auth.example.com")).default([]),
  /** Whether it has terminals. Without them it shows the commands to type. */
  terminal: z.boolean().default(true),
  /**
   * Serves it from a bucket by CloudFront, on the internet, under this name. Left out: the OIDC door itself serves it at
   * `/console/`, as private networks need.
   */
  cloudFront: z
    .strictObject({ domain: z.strictObject({ name: hostName, certificateArn }), webAclArn: webAclArn.optional() })
    .optional(),
});

export type ConsoleSettings = z.infer<typeof consoleSettings>;
