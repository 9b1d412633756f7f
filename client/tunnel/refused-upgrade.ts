import type { IncomingMessage } from "node:http";
import { type ExitCode, exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { withoutSecrets } from "./tunnel-url.ts";

/** Bytes of a response that are read: AWS's errors have a few hundred. */
const longestResponse = 16 << 10; // 16 KiB
/** Characters of it that are shown. */
const longestShown = 300;

/** An answer other than the WebSocket that was asked for, in words: the status, and what an endpoint says of it. */
export async function refusedUpgrade(response: IncomingMessage, url: URL): Promise<Failure> {
  const { statusCode = 0 } = response;
  const said = errorIn(await readStart(response));
  return refusal(url.hostname, statusCode, said && withoutSecrets(said, url));
}

/** @param said what the endpoint says, if anything. */
function refusal(host: string, status: number, said: string | undefined): Failure {
  const shown = said && `: ${visible(said.slice(0, longestShown))}${said.length > longestShown ? "…" : ""}`;
  const { exitCode, hint } = kinds[status] ?? { exitCode: exitCodes.unavailable };
  return new Failure(`${visible(host)} refuses the tunnel with ${status}${shown ?? ""}`, { exitCode, hint });
}

const notPermitted = {
  exitCode: exitCodes.noPermission,
  hint: "a tunnel's URL is good for sixty seconds and one address: connect again",
};
const kinds: Readonly<Record<number, { readonly exitCode: ExitCode; readonly hint: string }>> = {
  401: notPermitted,
  403: notPermitted,
  429: { exitCode: exitCodes.tryAgain, hint: "an endpoint has at most 20 connections at a time: try again later" },
};

/** `{"ErrorCode": "…", "Message": "…"}`, as one line; undefined if the text is something else. */
function errorIn(text: string): string | undefined {
  try {
    const error: unknown = JSON.parse(text);
    if (typeof error !== "object" || error === null) return undefined;
    const { ErrorCode: code, Message: message } = error as Record<string, unknown>;
    return [code, message].filter((part) => typeof part === "string" && part !== "").join(": ") || undefined;
  } catch {
    return undefined; // a proxy's page, for one
  }
}

/** As much as there is when it has come, broken off, or become too long. */
async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > longestResponse) break;
    }
  } catch {
    // The status alone is to be told, then.
  }
  return Buffer.concat(chunks).toString("utf8");
}
