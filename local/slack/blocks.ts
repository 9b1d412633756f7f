import * as z from "zod";

// The limits of Slack's reference of Block Kit. What is not here, Latchkey does not use: such blocks are refused.

const plain = (longest: number) =>
  z.strictObject({
    type: z.literal("plain_text"),
    text: z.string().min(1).max(longest),
    emoji: z.boolean().optional(),
  });
const text = (longest: number) =>
  z.discriminatedUnion("type", [
    plain(longest),
    z.strictObject({
      type: z.literal("mrkdwn"),
      text: z.string().min(1).max(longest),
      verbatim: z.boolean().optional(),
    }),
  ]);
const id = z.string().min(1).max(255).optional();

const confirm = z.strictObject({
  title: plain(100),
  text: text(300),
  confirm: plain(30),
  deny: plain(30),
  style: z.enum(["primary", "danger"]).optional(),
});

const button = z.strictObject({
  type: z.literal("button"),
  text: plain(75),
  action_id: id,
  value: z.string().max(2000).optional(),
  url: z.url().max(3000).optional(),
  style: z.enum(["primary", "danger"]).optional(),
  confirm: confirm.optional(),
  accessibility_label: z.string().max(75).optional(),
});

const style = z.strictObject({ bold: z.boolean(), italic: z.boolean(), strike: z.boolean(), code: z.boolean() });
const inline = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text: z.string().min(1), style: style.partial().optional() }),
  z.strictObject({ type: z.literal("link"), url: z.url(), text: z.string().optional() }),
  z.strictObject({ type: z.literal("user"), user_id: z.string() }),
]);
const richText = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("rich_text_section"), elements: z.array(inline).min(1) }),
  z.strictObject({
    type: z.enum(["rich_text_quote", "rich_text_preformatted"]),
    elements: z.array(inline).min(1),
    border: z.literal([0, 1]).optional(),
  }),
]);

const option = z.strictObject({ text: plain(75), value: z.string().max(150), description: plain(75).optional() });
const inputElement = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("plain_text_input"),
    action_id: id,
    initial_value: z.string().optional(),
    multiline: z.boolean().optional(),
    min_length: z.int().min(0).max(3000).optional(),
    max_length: z.int().min(1).max(3000).optional(),
    placeholder: plain(150).optional(),
    focus_on_load: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal("static_select"),
    action_id: id,
    options: z.array(option).min(1).max(100),
    initial_option: option.optional(),
    placeholder: plain(150).optional(),
  }),
]);

const messageBlock = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("header"), block_id: id, text: plain(150) }),
  z
    .strictObject({
      type: z.literal("section"),
      block_id: id,
      text: text(3000).optional(),
      fields: z.array(text(2000)).min(1).max(10).optional(),
      accessory: button.optional(),
      expand: z.boolean().optional(),
    })
    .refine((section) => section.text ?? section.fields, "a section needs text or fields"),
  z.strictObject({ type: z.literal("context"), block_id: id, elements: z.array(text(3000)).min(1).max(10) }),
  z.strictObject({ type: z.literal("actions"), block_id: id, elements: z.array(button).min(1).max(25) }),
  z.strictObject({ type: z.literal("rich_text"), block_id: id, elements: z.array(richText).min(1) }),
  z.strictObject({ type: z.literal("divider"), block_id: id }),
]);

const viewBlock = z.union([
  messageBlock,
  z.strictObject({
    type: z.literal("input"),
    block_id: id,
    label: plain(2000),
    element: inputElement,
    optional: z.boolean().optional(),
    hint: plain(2000).optional(),
  }),
]);

export type Button = z.infer<typeof button>;
export type Block = z.infer<typeof messageBlock>;

const haveOwnIds = (blocks: readonly { block_id?: string | undefined }[]) => {
  const ids = blocks.flatMap(({ block_id }) => block_id ?? []);
  return new Set(ids).size === ids.length;
};

export const messageBlocks = z.array(messageBlock).max(50).refine(haveOwnIds, "two blocks have one block_id");

export const modalView = z.strictObject({
  type: z.literal("modal"),
  title: plain(24),
  submit: plain(24).optional(),
  close: plain(24).optional(),
  callback_id: z.string().max(255).optional(),
  private_metadata: z.string().max(3000).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  blocks: z.array(viewBlock).min(1).max(100).refine(haveOwnIds, "two blocks have one block_id"),
});
