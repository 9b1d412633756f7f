import type { SessionKeys } from "./sigv4.ts";

/** One object for as long as they are the same: keys for signatures are kept with it. */
let known: SessionKeys | undefined;

/**
 * Stands in for the SDK's default credential chain in the bundles: a function's credentials are always in its
 * environment, and the chain's profiles, SSO and instance metadata would be 120 KB of code that never runs.
 */
export const defaultProvider = () => async (): Promise<SessionKeys> => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw new Error("The function has no credentials in its environment");
  const isKnown =
    known?.accessKeyId === AWS_ACCESS_KEY_ID &&
    known.secretAccessKey === AWS_SECRET_ACCESS_KEY &&
    known.sessionToken === AWS_SESSION_TOKEN;
  if (known && isKnown) return known;
  known = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
  return known;
};
