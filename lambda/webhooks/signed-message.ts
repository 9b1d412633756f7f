import { createHmac } from "node:crypto";
import * as z from "zod";
import { epochSeconds } from "../shared/time.ts";
import type { TrailEvent } from "../shared/trail-event.ts";

const secretPrefix = "whsec_";

/** A shared secret of Standard Webhooks: 24 to 64 bytes in base64, after its prefix. */
export const webhookSecret = z.string().refine(isSecret);

/** Bytes of a body at most: Standard Webhooks asks for less than 20 KB. */
export const mostBytes = 20_000;

export interface SignedMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * An event as a message of Standard Webhooks 1.0.0, signed with each of the secrets, so that a receiver that knows any of them can
 * verify it. The body is the CloudEvent, and the message's id is the event's. One of 20 KB or more comes without its data.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @param event whose id has no dot, which separates what is signed.
 * @param secrets each a `webhookSecret`.
 * @param at of this attempt.
 */
export function signedMessage(event: TrailEvent, secrets: readonly string[], at: Date): SignedMessage {
  const body = bodyOf(event);
  const timestamp = String(epochSeconds(at));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(secretPrefix.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${event.id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return {
    headers: {
      "Content-Type": "application/json",
      "Content-Length": String(Buffer.byteLength(body)),
      "User-Agent": "Latchkey",
      "webhook-id": event.id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signatures.join(" "),
    },
    body,
  };
}

function bodyOf(event: TrailEvent): string {
  const body = JSON.stringify(event);
  if (Buffer.byteLength(body) < mostBytes) return body;
  const { sequence } = event.data;
  return JSON.stringify({ ...event, data: { sequence, isShortened: true } });
}

function isSecret(text: string): boolean {
  const base64 = text.slice(secretPrefix.length);
  const bytes = Buffer.from(base64, "base64");
  return (
    text.startsWith(secretPrefix) && bytes.toString("base64") === base64 && bytes.length >= 24 && bytes.length <= 64
  );
}
