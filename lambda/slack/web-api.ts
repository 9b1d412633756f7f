import { ChatFault } from "../chat/chat.ts";
import { responseUrlAt } from "./response-url.ts";

/** Where Slack is, and what the app has there. */
export interface SlackAccess {
  /** Where Slack's Web API is: `https://slack.com`, or where the local stack has its stand-in. */
  readonly apiUrl: string;
  readonly appId: string;
  /** @param refused a token that Slack has just refused: another is read if there is one. Rejects with any error. */
  botToken(signal: AbortSignal, refused?: string): Promise<string>;
  readonly fetch: typeof fetch;
}

/** What Slack responds, as far as it is known to be. */
export type Result = Readonly<Record<string, unknown>>;

/** Milliseconds that a call may take: Slack responds within a second, and a function has more to do. */
const patience = 10_000;

/** Seconds until a call is tried again that failed without a word about it, and one that operators have to make possible. */
const soon = 5;
const later = 60;

/** Seconds in which Slack may still work on a call without a response. What it has responded to, it has ended. */
const mayTake = 30;

/** Slack's errors that pass by themselves. It may have done what it was asked all the same. */
const passing: ReadonlySet<string> = new Set([
  "fatal_error",
  "internal_error",
  "request_timeout",
  "service_unavailable",
  "team_added_to_org",
]);

/** Those that say that the token is wrong: it may have been replaced. */
const aboutToken: ReadonlySet<string> = new Set([
  "account_inactive",
  "invalid_auth",
  "not_authed",
  "token_expired",
  "token_revoked",
]);

/** Those that operators end: by inviting the app to a channel, or installing it again. */
const forOperators: ReadonlySet<string> = new Set(["channel_not_found", "missing_scope", "not_in_channel"]);

/**
 * Calls a method of Slack's Web API.
 *
 * @throws ChatFault with Slack's own code, or one of ours.
 */
export async function callSlack(
  access: SlackAccess,
  method: string,
  body: object,
  signal: AbortSignal,
): Promise<Result> {
  const call = async (token: string) => {
    const url = `${access.apiUrl}/api/${method}`;
    const result = await readResult(await post(access, url, body, { signal, token }));
    return result["ok"] === true ? result : String(result["error"] ?? "no_result");
  };
  const token = await access.botToken(signal);
  const first = await call(token);
  if (typeof first !== "string") return first;
  if (!aboutToken.has(first)) throw faultOf(first);
  const another = await access.botToken(signal, token);
  const second = another === token ? first : await call(another);
  if (typeof second !== "string") return second;
  throw faultOf(second);
}

function faultOf(code: string): ChatFault {
  if (code === "ratelimited") return new ChatFault(code, { retryAfter: soon });
  if (passing.has(code)) return new ChatFault(code, { retryAfter: soon, unknownFor: 0 });
  if (aboutToken.has(code) || forOperators.has(code)) return new ChatFault(code, { retryAfter: later });
  return new ChatFault(code);
}

/**
 * Responds at an address that came with an input.
 *
 * @throws ChatFault: with `retryAfter`, unless the address is not Slack's or takes no more responses.
 */
export async function respondAt(
  access: SlackAccess,
  responseUrl: string,
  body: object,
  signal: AbortSignal,
): Promise<void> {
  const url = responseUrlAt(access.apiUrl, responseUrl);
  if (url === undefined) throw new ChatFault("not_a_response_url");
  const response = await post(access, url, body, { signal });
  if (!response.ok) throw new ChatFault("response_url_refused");
}

/** Posts JSON. @throws ChatFault unless a response has come that is no 429 and no 5xx. */
async function post(
  access: SlackAccess,
  url: string,
  body: object,
  { signal, token }: { readonly signal: AbortSignal; readonly token?: string },
): Promise<Response> {
  const response = await access
    .fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json; charset=utf-8",
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    })
    .catch((cause: unknown) => {
      throw new ChatFault("no_response", {
        retryAfter: soon,
        unknownFor: isUnsent(cause) ? undefined : mayTake,
        cause,
      });
    });
  if (response.status === 429) {
    await response.body?.cancel();
    throw new ChatFault("ratelimited", { retryAfter: secondsOf(response.headers.get("Retry-After")) });
  }
  if (response.status >= 500) {
    await response.body?.cancel();
    throw new ChatFault(`http_${response.status}`, { retryAfter: soon, unknownFor: 0 });
  }
  return response;
}

/** A connection that never was has brought nothing to Slack. */
const neverConnected: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "EAI_AGAIN",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function isUnsent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && neverConnected.has(cause.code);
}

const secondsOf = (header: string | null) => (/^[0-9]{1,5}$/.test(header ?? "") ? Math.max(1, Number(header)) : later);

/** @throws ChatFault if it is no object in JSON: then it is not known what was done. */
async function readResult(response: Response): Promise<Result> {
  const result: unknown = await response.json().catch(() => undefined);
  if (typeof result === "object" && result !== null) return result as Result;
  throw new ChatFault("no_result", { retryAfter: soon, unknownFor: 0 });
}
