import * as z from "zod";
import { webhookSecret } from "./signed-message.ts";

/** Milliseconds that the secrets are kept in memory. */
const keptFor = 60_000;

/** Of one subscription. A few, so that the next may sign together with the one before. */
const ownSecrets = z.array(webhookSecret).min(1).max(4);

/**
 * The secrets of the subscriptions, by their names, read as needed: `{"<name>": ["whsec_…", "whsec_…"]}`.
 *
 * @param read the text; undefined if it is empty. Rejects with a Problem.
 * @returns what reads those of a subscription: none if there are none, or not as they should be.
 */
export function webhookSecrets(read: (signal: AbortSignal) => Promise<string | undefined>, clock: () => Date) {
  let known: { readonly secrets: Readonly<Record<string, unknown>>; readonly readAt: number } | undefined;
  return async (name: string, signal: AbortSignal): Promise<readonly string[]> => {
    const now = clock().getTime();
    if (!known || now - known.readAt >= keptFor) known = { secrets: secretsIn(await read(signal)), readAt: now };
    const own = Object.hasOwn(known.secrets, name) ? known.secrets[name] : undefined;
    return ownSecrets.safeParse(own).data ?? [];
  };
}

function secretsIn(text = "{}"): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
