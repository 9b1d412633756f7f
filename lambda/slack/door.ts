import type { ChatInput } from "../chat/chat-input.ts";
import type { SlackSettings } from "../shared/slack-settings.ts";
import { askView } from "./ask-form.ts";
import { readPayload, type SlackPayload } from "./payload.ts";
import { responseUrlAt } from "./response-url.ts";
import type { SlackSecrets } from "./secret.ts";
import { isCurrent, isSigned, type SignedRequest, tolerance } from "./signature.ts";

/** The door's settings, and what it works with. */
export interface Door extends Pick<SlackSettings, "appId" | "workspaces" | "enterprises"> {
  /** Where Slack's Web API is: `https://slack.com`, or a stand-in that has Slack's response URLs too. */
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

/** What became of a request, and how the door responds to it. */
export interface DoorResponse {
  readonly outcome: Outcome;
  readonly status: 200 | 400 | 401 | 409 | 500;
  readonly body?: object;
  /** Of whom it was, once it is known to be from Slack. */
  readonly from?: ChatInput["from"];
  readonly cause?: unknown;
}

type Outcome =
  | "queued"
  | "opened"
  /** There was nothing to do. */
  | "ignored"
  /** By its form, or its time, it could not be from Slack now. */
  | "stale"
  | "unsigned"
  | "malformed"
  /** Of another app or workspace. */
  | "foreign"
  | "replayed"
  | "failed";

/** Seconds that a signature is remembered: for as long as its time can be near ours. */
const rememberedFor = 2 * tolerance;

/**
 * Takes what Slack sends: verifies it over the body as it was sent, then reads it, and refuses other apps and workspaces, and replays.
 * It opens the form at once, for which Slack gives three seconds, and queues everything else. It decides nothing.
 *
 * @returns what takes a request. It never rejects.
 */
export function slackDoor(door: Door) {
  return async (request: SignedRequest, signal: AbortSignal): Promise<DoorResponse> => {
    if (!isCurrent(request, door.clock())) return { outcome: "stale", status: 401 };
    try {
      if (!(await isFromSlack(door, request, signal))) return { outcome: "unsigned", status: 401 };
    } catch (cause) {
      return { outcome: "failed", status: 500, cause };
    }
    const payload = readPayload(request.body.toString("utf8"));
    if (!payload) return { outcome: "malformed", status: 400 };
    return { from: payload.from, ...(await take(door, request, payload, signal)) };
  };
}

/** With the secrets as they are known; if none fits, as they are now. */
async function isFromSlack({ secrets }: Door, request: SignedRequest, signal: AbortSignal): Promise<boolean> {
  const known = await secrets.signingSecrets(signal);
  return isSigned(request, known) || isSigned(request, await secrets.signingSecrets(signal, known));
}

async function take(
  door: Door,
  { signature }: SignedRequest,
  payload: SlackPayload,
  signal: AbortSignal,
): Promise<DoorResponse> {
  try {
    if (!isOurs(door, payload))
      return { outcome: "foreign", status: 200, ...(await tell(door, payload, foreignWords, signal)) };
    const keptUntil = Math.floor(door.clock().getTime() / 1000) + rememberedFor;
    const isFirst = await door.isFirst({ signature, claim: door.newClaim(), keptUntil }, signal);
    return isFirst ? { outcome: await act(door, payload, signal), status: 200 } : { outcome: "replayed", status: 409 };
  } catch (cause) {
    // With time of its own: the deadline may be why it failed.
    const told = await tell(door, payload, failedWords, AbortSignal.timeout(lastWords)).catch(() => ({}));
    return { outcome: "failed", status: 200, cause, ...told };
  }
}

/** An app in a whole organization serves the workspaces of that. */
function isOurs({ appId, workspaces, enterprises = [] }: Door, payload: SlackPayload): boolean {
  const isOfWorkspace = payload.workspaces.every((workspace) => workspaces.includes(workspace));
  const isOfEnterprise = payload.enterprise !== undefined && enterprises.includes(payload.enterprise);
  return payload.appId === appId && (isOfWorkspace || isOfEnterprise);
}

async function act(door: Door, { todo, from, reply }: SlackPayload, signal: AbortSignal): Promise<Outcome> {
  if (todo.kind === "nothing") return "ignored";
  if (todo.kind === "open-form") {
    await openForm(door, todo.triggerId, reply, signal);
    return "opened";
  }
  const { channel, responseUrl } = reply;
  const safe = {
    ...(channel !== undefined && { channel }),
    ...(responseUrlAt(door.apiUrl, responseUrl) !== undefined && { responseUrl }),
  };
  await door.queue({ ...todo.input, from, reply: safe, receivedAt: door.clock().toISOString() }, signal);
  return "queued";
}

/** What Slack says of a token that it no longer takes. */
const aboutToken = /^(?:account_inactive|invalid_auth|not_authed|token_expired|token_revoked)$/;

async function openForm(
  { apiUrl, post, secrets }: Door,
  trigger_id: string,
  reply: ChatInput["reply"],
  signal: AbortSignal,
): Promise<void> {
  const open = async (token: string) => {
    const response = await post(`${apiUrl}/api/views.open`, { trigger_id, view: askView(reply) }, { token, signal });
    const { ok, error } = JSON.parse(response);
    return ok === true ? undefined : String(error);
  };
  const token = await secrets.botToken(signal);
  const error = await open(token);
  if (error === undefined) return;
  const another = aboutToken.test(error) ? await secrets.botToken(signal, token) : token;
  const left = another === token ? error : await open(another);
  if (left !== undefined) throw new Error(`Slack did not open the form: ${left}`);
}

/** Tells the user something that only they see, in the way that Slack has for what they did. */
async function tell(
  door: Door,
  { tellBy, reply: { responseUrl } }: SlackPayload,
  text: string,
  signal: AbortSignal,
): Promise<Pick<DoorResponse, "body">> {
  const message = { response_type: "ephemeral", replace_original: false, text };
  if (tellBy === "response") return { body: message };
  if (tellBy === "form-error") return { body: { response_action: "errors", errors: { instance: text } } };
  const url = responseUrlAt(door.apiUrl, responseUrl);
  if (url !== undefined) await door.post(url, message, { signal });
  return {};
}

/** Milliseconds for telling the user that something failed: Slack waits for three seconds in all. */
const lastWords = 400;

const foreignWords = "Latchkey does not serve this workspace. Nothing was changed.";
const failedWords = "Latchkey may not have received this. If nothing happens within a minute, try again.";
