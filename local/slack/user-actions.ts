import { buttonPress, modalSubmission, slashCommand } from "./requests.ts";
import type { WorkspaceState } from "./web-api.ts";
import { users } from "./workspace.ts";

/** The paths of the page's forms. */
export const pageForms: readonly string[] = ["/type", "/press", "/submit"];

/** A user of the page, and the modal that the app has opened for them. */
export interface PageUser {
  readonly user: string;
  readonly openView?: string | undefined;
}

/**
 * Does what a form of the page says, as Slack does for its users: it sends the app a signed request.
 *
 * @param post posts it, and returns the app's response.
 * @returns undefined if the form is not one of the page's.
 */
export async function actAs(
  { messages, views }: Pick<WorkspaceState, "messages" | "views">,
  path: string,
  form: URLSearchParams,
  post: (body: string) => Promise<string>,
): Promise<PageUser | undefined> {
  const user = form.get("as") ?? "";
  if (!users.includes(user)) return undefined;
  const before = views.length;
  if (path === "/type") {
    const command = slashCommand(user, form.get("text") ?? "");
    tell(await post(command));
    return { user, openView: views[before]?.id };
  }
  if (path === "/press") {
    const message = messages.find(form.get("channel") ?? "", form.get("ts") ?? "");
    const buttons = message?.blocks.flatMap((block) => (block.type === "actions" ? block.elements : [])) ?? [];
    const button = buttons.find(({ action_id }) => action_id === form.get("action"));
    if (!message || !button) return undefined;
    const { action_id, value } = button;
    await post(buttonPress(user, message, { action_id, value }));
    return { user };
  }
  const view = path === "/submit" && views.find(({ id }) => id === form.get("view"));
  if (!view) return undefined;
  const values: Record<string, Record<string, string>> = {};
  for (const [name, value] of form) {
    const [block = "", action] = name.split("/");
    if (action !== undefined) values[block] = { ...values[block], [action]: value };
  }
  await post(modalSubmission(user, view, values));
  return { user };

  /** What the app says at once only the user sees. */
  function tell(response: string): void {
    const { text } = response.startsWith("{") ? (JSON.parse(response) as { text?: string }) : {};
    if (text !== undefined) messages.post({ channel: "C0GENERAL", user, ephemeral: true }, { text, blocks: [] });
  }
}
