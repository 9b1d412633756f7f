import * as z from "zod";
import { isPublicKey } from "./public-jwk.ts";

/** The ids of people that a source may assert: an id, or one with a `*` for any run of characters. */
export const idPattern = z
  .string({
    error: ({ input }) =>
      input === undefined
        ? 'is missing: write which ids of people the source may assert, such as "*@example.com". With "*", everybody who can sign in is a person'
        : undefined,
  })
  .regex(
    /^(?=.{1,64}$)[a-z0-9._+=,@-]*\*?[a-z0-9._+=,@-]*$/,
    "must be an id in lower case, with one * at most for any characters",
  );

/** Stands before a slash in ids of machines, where an account's digits stand for IAM, and before a colon in sources. */
const shortName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, "must be a short name of a-z, 0-9 and -, with a letter first")
  .refine((name) => name !== "iam" && name !== "arn", "must be another name than iam and arn, which stand for AWS");

const url = z
  .string()
  .max(512)
  .refine(isSafeUrl, {
    error: ({ input }) =>
      `must be an https URL without query or fragment (http only on this machine)${meantUrl(String(input))}`,
  });

const claim = z.string().regex(/^[\x21-\x7e]{1,128}$/, "must be a claim's name");

const requirement = z
  .record(claim, z.array(z.union([z.string().max(512), z.number(), z.boolean()])).min(1))
  .refine((required) => Object.keys(required).length > 0, 'must name a claim, such as { "client_id": ["cli"] }');

const group = z.string().min(1).max(256);

const people = z.strictObject({
  /** The claim that is a person's id, once in lower case. `email` counts only if `email_verified` is true. */
  id: claim,
  idPattern,
  /** The claim with the person's groups: an array of texts. */
  groups: claim.optional(),
  /** Claims, each with the values that it may have. */
  require: requirement.optional(),
});

const machine = z.strictObject({
  name: shortName,
  /** The claims that make the machine's id, in this order. */
  id: z.array(claim).min(1).max(5),
  require: requirement.optional(),
  /** The groups of each such machine, as the part of a source behind the colon. */
  groups: z.array(group).max(50).default([]),
});

/** A public key: what would be a secret has no place in settings. */
const publicKey = z
  .looseObject({ kty: z.enum(["RSA", "EC", "OKP"]), kid: z.string().min(1) })
  .refine(isPublicKey, "must be a public key: leave out the private one, and replace it");

/** A source of identities at the OIDC front door. */
export const issuer = z
  .strictObject({
    name: shortName,
    issuer: url,
    audience: z.string().min(1).max(512),
    /** Where the issuer's keys are. Discovery is not used. */
    jwksUri: url.optional(),
    /** The issuer's keys, if functions cannot reach it. */
    jwks: z.strictObject({ keys: z.array(publicKey).min(1).max(20) }).optional(),
    /** The only one that its tokens may be signed by. */
    algorithm: z.enum(["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"]),
    /** What the header `typ` must be, such as `at+jwt`. */
    tokenType: z.string().min(1).max(64).optional(),
    /** The clients whose tokens are taken: `client_id`, `azp`, or Okta's `cid`. By default all. */
    clientIds: z.array(z.string().min(1).max(256)).min(1).optional(),
    people: people.optional(),
    machines: z.array(machine).min(1).max(50).optional(),
  })
  .refine(({ jwksUri, jwks }) => (jwksUri === undefined) !== (jwks === undefined), {
    path: ["jwksUri"],
    error: "must say where the issuer's keys are, or jwks what they are: one of the two",
  });

export type IssuerSettings = z.infer<typeof issuer>;
export type PeopleMapping = z.infer<typeof people>;
export type MachineMapping = z.infer<typeof machine>;

function isSafeUrl(text: string): boolean {
  const parsed = URL.parse(text);
  if (!parsed || parsed.search || parsed.hash || parsed.username || /[?#\s]/.test(text)) return false;
  const isLoopback = ["127.0.0.1", "localhost", "[::1]"].includes(parsed.hostname);
  return parsed.protocol === "https:" || (parsed.protocol === "http:" && isLoopback);
}

function meantUrl(text: string): string {
  const meant = text.includes("://") ? text.replace(/^http:/, "https:").replace(/[?#].*/, "") : `https://${text}`;
  return isSafeUrl(meant) ? `: write "${meant}"` : "";
}
