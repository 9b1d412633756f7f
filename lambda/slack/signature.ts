import { createHmac, timingSafeEqual } from "node:crypto";

/** Seconds that a request's time may differ from ours, before and after. */
export const tolerance = 300;

export interface SignedRequest {
  /** As it was sent: nothing has parsed it. */
  readonly body: Buffer;
  readonly timestamp: string;
  readonly signature: string;
}

/** Whether a request could be signed, and its time is near ours. No secret is needed to tell. */
export function isCurrent({ timestamp, signature }: SignedRequest, now: Date): boolean {
  const isWellFormed = /^\d{10}$/.test(timestamp) && /^v0=[0-9a-f]{64}$/.test(signature);
  return isWellFormed && Math.abs(now.getTime() / 1000 - Number(timestamp)) <= tolerance;
}

/**
 * Whether a current request is signed with one of the secrets.
 *
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function isSigned({ body, timestamp, signature }: SignedRequest, secrets: readonly string[]): boolean {
  const given = Buffer.from(signature.slice("v0=".length), "hex");
  const matches = secrets.map((secret) =>
    timingSafeEqual(createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest(), given),
  );
  return matches.includes(true);
}
