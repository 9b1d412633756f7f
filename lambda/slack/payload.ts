import type { ChatInput } from "../chat/chat-input.ts";

/** A request of Slack's, as far as the app uses it. Its texts are what people wrote, and ids that they could have made up. */
export interface SlackPayload {
  readonly appId: string;
  /** Every workspace that it names: the user's, and that where it happened. */
  readonly workspaces: readonly string[];
  readonly enterprise?: string | undefined;
  /** How the user can be told something at once. */
  readonly tellBy: "response" | "response-url" | "form-error";
  readonly from: ChatInput["from"];
  readonly reply: ChatInput["reply"];
  readonly todo: Todo;
}

type Todo =
  | { readonly kind: "queue"; readonly input: What }
  | { readonly kind: "open-form"; readonly triggerId: string }
  /** Slack checks the certificate of the URL, or somebody has followed a link. */
  | { readonly kind: "nothing" };

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type What = Without<ChatInput, "from" | "reply" | "receivedAt">;

/** The form that asks for access: its callback id, and the ids of its blocks, each with one element `value`. */
export const askForm = {
  callbackId: "ask",
  blocks: ["instance", "osUser", "duration", "reason"],
  element: "value",
} as const;

/** Commands that open the form. */
const opening = new Set(["", "ask", "ssh"]);

/**
 * Reads a verified body, of the shapes that Slack documents for commands, `block_actions` and `view_submission`.
 *
 * @returns undefined if it is of none of them.
 */
export function readPayload(body: string): SlackPayload | undefined {
  const form = new URLSearchParams(body);
  const payload = form.get("payload");
  if (payload === null) return readCommand(form);
  const value = jsonIn(payload);
  const type = textAt(value, "type");
  if (type === "block_actions") return readClick(value);
  return type === "view_submission" ? readSubmission(value) : undefined;
}

function readCommand(form: URLSearchParams): SlackPayload | undefined {
  const [appId, workspace, user] = ["api_app_id", "team_id", "user_id"].map((name) => form.get(name) || undefined);
  if (!appId || !workspace || !user) return undefined;
  const text = (form.get("text") ?? "").trim();
  const triggerId = form.get("trigger_id") ?? "";
  const todo: Todo = opening.has(text.toLowerCase())
    ? { kind: "open-form", triggerId }
    : { kind: "queue", input: { kind: "command", text } };
  return {
    appId,
    workspaces: [workspace],
    enterprise: form.get("enterprise_id") ?? undefined,
    tellBy: "response",
    from: { chat: "slack", workspace, user },
    reply: { channel: form.get("channel_id") ?? undefined, responseUrl: form.get("response_url") ?? undefined },
    todo: form.has("ssl_check") ? { kind: "nothing" } : todo,
  };
}

function readClick(value: unknown): SlackPayload | undefined {
  const sender = readSender(value);
  const action = textAt(value, "actions", "0", "action_id");
  const channel = textAt(value, "container", "channel_id") ?? textAt(value, "channel", "id");
  const ts = textAt(value, "container", "message_ts") ?? textAt(value, "message", "ts");
  if (!sender || action === undefined) return undefined;
  const reply = { channel, responseUrl: textAt(value, "response_url") };
  const common = { ...sender, tellBy: "response-url", reply } as const;
  // Slack tells of a followed link too.
  if (action !== "approve" && action !== "deny") return { ...common, todo: { kind: "nothing" } };
  const claimedId = textAt(value, "actions", "0", "value");
  if (claimedId === undefined || channel === undefined || ts === undefined) return undefined;
  return { ...common, todo: { kind: "queue", input: { kind: "click", action, claimedId, message: { channel, ts } } } };
}

function readSubmission(value: unknown): SlackPayload | undefined {
  const sender = readSender(value);
  if (!sender || textAt(value, "view", "callback_id") !== askForm.callbackId) return undefined;
  const field = (block: string) =>
    (textAt(value, "view", "state", "values", block, askForm.element, "value") ?? "").trim();
  const [instance = "", osUser = "", duration = "", reason = ""] = askForm.blocks.map(field);
  const opened = jsonIn(textAt(value, "view", "private_metadata") ?? "");
  return {
    ...sender,
    tellBy: "form-error",
    reply: { channel: textAt(opened, "channel"), responseUrl: textAt(opened, "responseUrl") },
    todo: { kind: "queue", input: { kind: "ask", instance, osUser, duration, reason } },
  };
}

function readSender(value: unknown): Pick<SlackPayload, "appId" | "workspaces" | "enterprise" | "from"> | undefined {
  const appId = textAt(value, "api_app_id");
  // Null if the app is installed in a whole organization.
  const place = textAt(value, "team", "id");
  const workspace = textAt(value, "user", "team_id") ?? place;
  const user = textAt(value, "user", "id");
  if (appId === undefined || workspace === undefined || user === undefined) return undefined;
  return {
    appId,
    workspaces: [...new Set([workspace, place ?? workspace])],
    enterprise: textAt(value, "enterprise", "id") ?? textAt(value, "team", "enterprise_id"),
    from: { chat: "slack", workspace, user },
  };
}

/** The text at a path of own properties. */
function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(
    (at, name) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined,
    value,
  );
  return typeof found === "string" ? found : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
