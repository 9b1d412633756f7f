import http, { type IncomingMessage } from "node:http";
import https from "node:https";

/** Milliseconds. API Gateway's own limit leaves time for the function behind. */
const longestFetch = 3000;

/** Bytes. With certificates beside each key, a set of keys has some ten thousand. */
const longestResponse = 256 * 1024;

/**
 * Fetches JSON from an issuer. Without `fetch`, which Node loads with the first call: that doubled the CPU of a first response.
 *
 * @throws Error if it does not respond with JSON in time, redirects, or responds with more than any set of keys has.
 */
export async function fetchJson(url: string): Promise<unknown> {
  const response = await get(url, AbortSignal.timeout(longestFetch));
  if (response.statusCode === 200) return JSON.parse(await readText(response));
  response.destroy();
  throw new Error("The issuer did not respond with its keys");
}

function get(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { get } = url.startsWith("https:") ? https : http;
  // A connection that is kept would have died while Lambda froze the process.
  const options = { agent: false, signal, headers: { Accept: "application/json" } };
  // The request's error may also come after its response.
  return new Promise((resolve, reject) => void get(url, options, resolve).on("error", reject));
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > longestResponse) throw new Error("The issuer's response is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
