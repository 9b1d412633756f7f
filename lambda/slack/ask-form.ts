import type { ChatInput } from "../chat/chat-input.ts";
import { askForm } from "./payload.ts";

const input = (block: (typeof askForm.blocks)[number], label: string, element: object, more: object = {}) => ({
  type: "input",
  block_id: block,
  label: { type: "plain_text", text: label },
  element: { type: "plain_text_input", action_id: askForm.element, ...element },
  ...more,
});

/** The form that asks for access. @param reply where a response to it goes, which Slack sends back with it. */
export function askView(reply: ChatInput["reply"]) {
  return {
    type: "modal",
    callback_id: askForm.callbackId,
    private_metadata: JSON.stringify(reply),
    title: { type: "plain_text", text: "Ask for SSH access" },
    submit: { type: "plain_text", text: "Ask" },
    close: { type: "plain_text", text: "Cancel" },
    blocks: [
      input("instance", "Instance: its name or id", { max_length: 256 }),
      input("osUser", "OS user", { max_length: 32 }, { optional: true }),
      input("duration", "For how long", { max_length: 16, initial_value: "1h" }),
      input("reason", "Why", { max_length: 1000, multiline: true }),
    ],
  };
}
