/** A user of a chat, as the chat itself names them. */
export interface ChatUser {
  /** Such as `slack`. */
  readonly chat: string;
  readonly workspace: string;
  readonly user: string;
}

/** No part has a slash, or the `_` that stands for one in an event's id. */
const form = /^([a-z][a-z0-9-]{0,31})\/([A-Za-z0-9.-]{1,64})\/([A-Za-z0-9.-]{1,64})$/;

/** The user's one text: `slack/T0LOCAL/U0ALICE`. @throws Error for parts of another form. */
export function chatUserId({ chat, workspace, user }: ChatUser): string {
  const id = [chat, workspace, user].join("/");
  if (!form.test(id)) throw new Error("These are no ids of a chat");
  return id;
}

/** The user whom a text stands for; undefined if it is no such text. */
export function chatUserIn(id: string): ChatUser | undefined {
  const [, chat, workspace, user] = form.exec(id) ?? [];
  return chat && workspace && user ? { chat, workspace, user } : undefined;
}
