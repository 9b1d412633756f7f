import type { ChatInput } from "../chat/chat-input.ts";
import type { SlackSettings } from "../shared/slack-settings.ts";
import { askView } from "./ask-form.ts";
import { readPayload, type SlackPayload } from "./payload.ts";
import type { SlackSecrets } from "./secret.ts";
import { isSigned, type SignedRequest, tolerance } from "./signature.ts";

/** The door's settings, and what it works with. */
export interface Door extends Pick<SlackSettings, "appId" | "workspaces" | "enterprises"> {
  /** Where Slack's Web API is: `https://slack.com`. */
  readonly apiUrl: string;
  readonly secrets: SlackSecrets;
  /** Whether a signature is seen for the first time. `claim` is this invocation's, `keptUntil` in seconds since 1970. */
  readonly isFirst: (
    seen: { readonly signature: string; readonly claim: string; readonly keptUntil: number },
    signal: AbortSignal,
  ) => Promise<boolean>;
  readonly queue: (input: ChatInput, signal: AbortSignal) => Promise<void>;
  /** Posts JSON to Slack, and returns the text of its response. */
  readonly post: (
    url: string,
    value: object,
    options: { readonly token?: string; readonly signal: AbortSignal },
  ) => Promise<string>;
  readonly clock: () => Date;
  readonly newClaim: () => string;
}

/** What became of a request, and what Slack gets. */
export interface DoorResponse {
  readonly outcome: "queued" | "opened" | "nothing" | "unsigned" | "unknown-shape" | "foreign" | "replayed" | "failed";
  readonly status: 200 | 400 | 401 | 409;
  readonly body?: object;
  /** Of whom it was, once it is known to be from Slack. */
  readonly from?: ChatInput["from"];
  readonly cause?: unknown;
}

/** Seconds that a signature is remembered: as long as its time could be near ours, by both clocks. */
const rememberedFor = 2 * tolerance;

/**
 * Takes what Slack sends: verifies it over the body as it was sent, then reads it, and refuses other apps and workspaces, and replays.
 * It opens the form at once, for whose trigger Slack waits three seconds, and queues everything else. It decides nothing.
 */
export function slackDoor(door: Door) {
  return async (request: SignedRequest, signal: AbortSignal): Promise<DoorResponse> => {
    if (!(await isFromSlack(door, request, signal))) return { outcome: "unsigned", status: 401 };
    const payload = readPayload(request.body.toString("utf8"));
    if (!payload) return { outcome: "unknown-shape", status: 400 };
    const { from } = payload;
    try {
      if (!isOurs(door, payload)) {
        const body = await tell(door, payload, foreignWords, signal);
        return { outcome: "foreign", status: 200, from, ...body };
      }
      const now = door.clock();
      const keptUntil = Math.floor(now.getTime() / 1000) + rememberedFor;
      const seen = { signature: request.signature, claim: door.newClaim(), keptUntil };
      if (!(await door.isFirst(seen, signal))) return { outcome: "replayed", status: 409, from };
      return { from, ...(await act(door, payload, signal)) };
    } catch (cause) {
      const body = await tell(door, payload, failedWords, signal).catch(() => ({}));
      return { outcome: "failed", status: 200, from, cause, ...body };
    }
  };
}

/** With the secret as it was read before; if that does not fit, as it is now. */
async function isFromSlack({ secrets, clock }: Door, request: SignedRequest, signal: AbortSignal) {
  const { signingSecrets } = await secrets.current(signal);
  if (isSigned(request, signingSecrets, clock())) return true;
  const renewed = await secrets.renewed(signal);
  return renewed.signingSecrets !== signingSecrets && isSigned(request, renewed.signingSecrets, clock());
}

function isOurs({ appId, workspaces, enterprises = [] }: Door, payload: SlackPayload): boolean {
  const isKnown = payload.workspaces.every((workspace) => workspaces.includes(workspace));
  const isInEnterprise = payload.enterprise !== undefined && enterprises.includes(payload.enterprise);
  return payload.appId === appId && (isKnown || isInEnterprise);
}

async function act(
  { apiUrl, secrets, queue, post, clock }: Door,
  { todo, from, reply }: SlackPayload,
  signal: AbortSignal,
): Promise<Pick<DoorResponse, "outcome" | "status">> {
  if (todo.kind === "queue") {
    const receivedAt = clock().toISOString();
    const { responseUrl } = reply;
    const safe = { ...reply, responseUrl: responseUrl && isSlacks(apiUrl, responseUrl) ? responseUrl : undefined };
    await queue({ ...todo.input, from, reply: safe, receivedAt } as ChatInput, signal);
    return { outcome: "queued", status: 200 };
  }
  if (todo.kind === "nothing") return { outcome: "nothing", status: 200 };
  const open = async (token: string) => {
    const form = { trigger_id: todo.triggerId, view: askView(reply) };
    const { ok, error } = JSON.parse(await post(`${apiUrl}/api/views.open`, form, { token, signal }));
    return ok === true ? undefined : String(error);
  };
  const { botToken } = await secrets.current(signal);
  const error = await open(botToken);
  const renewed = error === "invalid_auth" ? (await secrets.renewed(signal)).botToken : botToken;
  const left = renewed === botToken ? error : await open(renewed);
  if (left !== undefined) throw new Error(`Slack did not open the form: ${left}`);
  return { outcome: "opened", status: 200 };
}

/** Tells the user something that only they see, in the way that Slack has for what they did. */
async function tell(
  { apiUrl, post }: Door,
  { tellBy, reply: { responseUrl } }: SlackPayload,
  text: string,
  signal: AbortSignal,
): Promise<Pick<DoorResponse, "body">> {
  const message = { response_type: "ephemeral", replace_original: false, text };
  if (tellBy === "response") return { body: message };
  if (tellBy === "form-error") return { body: { response_action: "errors", errors: { instance: text } } };
  if (responseUrl !== undefined && isSlacks(apiUrl, responseUrl))
    await post(calledAt(apiUrl, responseUrl), message, { signal });
  return {};
}

const hooks = "https://hooks.slack.com";

const isSlacks = (apiUrl: string, url: string) =>
  [hooks, new URL(apiUrl).origin].includes(URL.parse(url)?.origin ?? "");

/** A stand-in for Slack stands in for its hooks too. */
const calledAt = (apiUrl: string, url: string) =>
  apiUrl === "https://slack.com" ? url : `${new URL(apiUrl).origin}${new URL(url).pathname}`;

const foreignWords = "Latchkey does not serve this workspace. Nothing was changed.";
const failedWords = "Latchkey could not take this, and nothing was changed. Try again in a minute.";
