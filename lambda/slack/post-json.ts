import http, { type IncomingMessage } from "node:http";
import https from "node:https";

/** Bytes. No response that the app reads is nearly as long. */
const longestResponse = 256 * 1024;

/**
 * Posts JSON, and returns the response's text. Without `fetch`, which Node loads with the first call: that would cost a cold start
 * tens of milliseconds.
 *
 * @throws Error if there is no response in time, or none of status 200.
 */
export async function postJson(
  url: string,
  value: object,
  { token, signal }: { readonly token?: string; readonly signal: AbortSignal },
): Promise<string> {
  const body = JSON.stringify(value);
  const headers = {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(body)),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const { request } = url.startsWith("https:") ? https : http;
    request(url, { method: "POST", headers, signal, agent: false }, resolve).on("error", reject).end(body);
  });
  const text = await textOf(response);
  if (response.statusCode !== 200) throw new Error(`Slack responded with ${response.statusCode}`);
  return text;
}

async function textOf(response: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > longestResponse) throw new Error("Slack's response is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
