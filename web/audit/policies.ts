/** A policy in Cedar's language. */
export interface PolicyText {
  readonly id: string;
  /** Undefined if the set has none of this id. */
  readonly text: string | undefined;
}

/**
 * The policies of these ids in the text of a kept set.
 *
 * @param digest of the event. The text is believed only if it has this digest.
 * @returns undefined if the text is another one, or not what this console can read.
 */
export async function policiesIn(
  text: string,
  digest: string,
  ids: readonly string[],
): Promise<readonly PolicyText[] | undefined> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (digest !== `sha256:${hex}`) return undefined;
  const parsed: unknown = JSON.parse(text);
  const [, texts]: readonly unknown[] = Array.isArray(parsed) ? parsed : [];
  if (typeof texts !== "object" || texts === null) return undefined;
  const byId = new Map<string, unknown>(Object.entries(texts));
  return ids.map((id) => {
    const found = byId.get(id);
    return { id, text: typeof found === "string" ? found.trim() : undefined };
  });
}
