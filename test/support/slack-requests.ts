import { createHmac } from "node:crypto";
import type { SignedRequest } from "../../lambda/slack/signature.ts";

/** Requests of Slack's shapes, as its documentation and the types of its SDK have them. */

export const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";

export const responseUrl = "https://hooks.slack.com/commands/T0LOCAL/397700885554/96rGlfmibIGlgcZRskXaIFfN";

export type Fields = Readonly<Record<string, string>>;

/** A slash command. */
export const command = (text: string, more: Fields = {}): string =>
  form({
    token: "gIkuvaNzQIHg97ATvDxqgjtO",
    ...{ team_id: "T0LOCAL", team_domain: "local", channel_id: "C0GENERAL", channel_name: "general" },
    ...{ user_id: "U0ALICE", user_name: "alice", command: "/latchkey", text, api_app_id: "A0LOCAL" },
    ...{ is_enterprise_install: "false", response_url: responseUrl, trigger_id: "13345224609.738474920.8088930838d8" },
    ...more,
  });

/** A press of a button. @param more replaces parts of the payload. */
export const click = (action_id: string, value: string | undefined, more: object = {}): string =>
  payload({
    type: "block_actions",
    ...sender,
    container: { type: "message", message_ts: "1548261231.000200", channel_id: "C0ONCALL", is_ephemeral: false },
    channel: { id: "C0ONCALL", name: "on-call" },
    message: { type: "message", ts: "1548261231.000200", text: "alice asks" },
    response_url: "https://hooks.slack.com/actions/T0LOCAL/1/2",
    actions: [{ type: "button", block_id: "b", action_id, value, action_ts: "1548426417.840180" }],
    ...more,
  });

/** The form, sent off. @param typed by the id of the block. */
export const submission = (typed: Readonly<Record<string, string | null>>, more: object = {}): string =>
  payload({
    type: "view_submission",
    ...sender,
    view: {
      ...{ id: "VNHU13V36", type: "modal", callback_id: "ask" },
      private_metadata: JSON.stringify({ channel: "C0GENERAL", responseUrl }),
      state: {
        values: Object.fromEntries(
          Object.entries(typed).map(([block, value]) => [block, { value: { type: "plain_text_input", value } }]),
        ),
      },
    },
    ...more,
  });

const sender = {
  user: { id: "U0ALICE", username: "alice", name: "alice", team_id: "T0LOCAL" },
  team: { id: "T0LOCAL", domain: "local" },
  ...{ api_app_id: "A0LOCAL", token: "9s8d9as89d8as9d8as989", trigger_id: "12466734323.1395872398" },
  ...{ enterprise: null, is_enterprise_install: false },
};

export const payload = (value: object): string => form({ payload: JSON.stringify(value) });

export const form = (fields: Fields): string => new URLSearchParams(fields).toString();

/** As Slack signs it. */
export function signed(body: string | Buffer, at: Date, secret = signingSecret): SignedRequest {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const mac = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest("hex");
  return { body: Buffer.from(body), timestamp, signature: `v0=${mac}` };
}
