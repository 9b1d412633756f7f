/** Milliseconds. API Gateway's own limit leaves time for the function behind. */
const longestFetch = 3000;

/** Bytes. With certificates beside each key, a set of keys has some ten thousand. */
const longestResponse = 256 * 1024;

/**
 * Fetches JSON from an issuer.
 *
 * @throws Error if it does not respond with JSON in time, redirects, or responds with more than any set of keys has.
 */
export async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(longestFetch) });
  if (!response.ok) throw new Error("The issuer did not respond with its keys");
  return JSON.parse(await readText(response));
}

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > longestResponse) throw new Error("The issuer's response is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
