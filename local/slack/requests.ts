import { createHmac, randomBytes, randomUUID } from "node:crypto";
import type { Button } from "./blocks.ts";
import type { Message } from "./messages.ts";
import { app, workspace } from "./workspace.ts";

/** What Slack sends to the app, in the shapes of docs.slack.dev: forms, with more fields than the app reads. */

export interface SlackRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Signing {
  /** By default the app's. */
  readonly secret?: string;
  /** By default now. */
  readonly at?: Date;
}

/** A form, signed as Slack signs it. */
export function signed(body: string, { secret = app.signingSecret, at = new Date() }: Signing = {}): SlackRequest {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const mac = createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
  return {
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
      "X-Slack-Request-Timestamp": timestamp,
      "X-Slack-Signature": `v0=${mac}`,
    },
    body,
  };
}

/** Deprecated, and to be ignored. */
const token = "sLaCkVerificationToken00";
const trigger = () => `${randomBytes(6).readUIntBE(0, 6)}.1000.${randomUUID().replaceAll("-", "")}`;
const hook = (kind: "commands" | "actions") =>
  `https://hooks.slack.com/${kind}/${workspace}/${randomBytes(4).readUInt32BE()}/${randomUUID()}`;

/** `/latchkey TEXT`. @param more replaces fields, or adds some */
export function slashCommand(user: string, text: string, more: Readonly<Record<string, string>> = {}): string {
  const fields = {
    token,
    team_id: workspace,
    team_domain: "local",
    channel_id: "C0GENERAL",
    channel_name: "general",
    user_id: user,
    user_name: user.toLowerCase(),
    command: "/latchkey",
    text,
    api_app_id: app.id,
    is_enterprise_install: "false",
    response_url: hook("commands"),
    trigger_id: trigger(),
    ...more,
  };
  return new URLSearchParams(fields).toString();
}

/** A press of a message's button. @param more replaces what the payload has, or adds to it */
export function buttonPress(
  user: string,
  { channel, ts, text, blocks }: Pick<Message, "channel" | "ts" | "text" | "blocks">,
  action: Partial<Button>,
  more: Readonly<Record<string, unknown>> = {},
): string {
  return payload(user, {
    type: "block_actions",
    container: { type: "message", message_ts: ts, channel_id: channel, is_ephemeral: false },
    channel: { id: channel, name: "privategroup" },
    message: { type: "message", bot_id: "B0LOCAL", app_id: app.id, ts, text, blocks },
    state: { values: {} },
    response_url: hook("actions"),
    actions: [{ type: "button", block_id: "b1", action_ts: ts, ...action }],
    ...more,
  });
}

interface View {
  readonly id: string;
  readonly callback_id?: string | undefined;
  readonly private_metadata?: string | undefined;
}

/** What somebody typed into the fields of a modal. @param values by block, then by action */
export function modalSubmission(
  user: string,
  { id, callback_id, private_metadata = "" }: View,
  values: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string {
  const typed = Object.entries(values).map(([block, actions]) => {
    const fields = Object.entries(actions).map(([action, value]) => [action, { type: "plain_text_input", value }]);
    return [block, Object.fromEntries(fields)];
  });
  return payload(user, {
    type: "view_submission",
    view: { id, type: "modal", callback_id, private_metadata, state: { values: Object.fromEntries(typed) } },
    response_urls: [],
  });
}

const payload = (user: string, content: Readonly<Record<string, unknown>>): string =>
  new URLSearchParams({
    payload: JSON.stringify({
      token,
      team: { id: workspace, domain: "local" },
      user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: workspace },
      enterprise: null,
      is_enterprise_install: false,
      api_app_id: app.id,
      trigger_id: trigger(),
      ...content,
    }),
  }).toString();
