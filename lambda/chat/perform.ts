import { problems } from "../../contract/problem.ts";
import { Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import { secondsAfter } from "../shared/time.ts";
import { askForAccess } from "./ask.ts";
import { callerOf } from "./caller.ts";
import type { Message } from "./chat.ts";
import type { ChatInput } from "./chat-input.ts";
import { reviewByClick } from "./click.ts";
import { askOf, type Command, readCommand } from "./command.ts";
import { unlink } from "./links.ts";
import { listRequests } from "./list-requests.ts";
import type { ChatPorts, ChatSettings } from "./ports.ts";
import { problemMessage } from "./problem-message.ts";

/** Seconds after which nobody counts on it any more that what they did in a chat is done. */
const longestWait = 1800;

/**
 * Does what somebody has asked for in a chat, in the name of the person whom they are linked to.
 *
 * @param key names the input: however often it is delivered, it is done once.
 * @returns what to tell them.
 * @throws ChatFault or Problem if it can be tried again; any other error is a fault of ours.
 */
export async function perform(
  ports: ChatPorts,
  settings: ChatSettings,
  { input, key }: { readonly input: ChatInput; readonly key: string },
  context: RequestContext,
): Promise<Message> {
  if (secondsAfter(new Date(input.receivedAt), longestWait) < context.clock()) return tooLate;
  try {
    return await performNow(ports, settings, { input, key }, context);
  } catch (error) {
    if (error instanceof Problem && isTheirs(error)) return problemMessage(error, context.requestId);
    throw error;
  }
}

const tooLate: Message = {
  title: "This took too long",
  notes: ["Latchkey got it too late to act on it. “/latchkey requests” shows where requests stand."],
};

/** Whether a problem is the caller's to know: it is no fault of ours or AWS's, and will be the same in a moment. */
const isTheirs = ({ code }: Problem) => problems[code].status < 500 && code !== "idempotency-in-progress";

async function performNow(
  ports: ChatPorts,
  settings: ChatSettings,
  { input, key }: { readonly input: ChatInput; readonly key: string },
  context: RequestContext,
): Promise<Message> {
  const { from } = input;
  const command: Command | undefined =
    input.kind === "command"
      ? readCommand(input.text)
      : input.kind === "ask"
        ? { kind: "ask", ask: askOf(input) }
        : undefined;
  if (command?.kind === "help") return help;
  if (command?.kind === "unknown") return { ...help, title: "That is no command" };
  if (command?.kind === "unlink") return (await unlink(ports, from, context)) ? unlinked : notLinked;
  const found = await callerOf(ports, settings, from, context);
  if ("instead" in found) return found.instead;
  const { caller } = found;
  context.note({ callerId: caller.id, callerKind: caller.kind });
  if (input.kind === "click") return reviewByClick(ports, { caller, click: input, key }, context);
  return command?.kind === "ask"
    ? askForAccess(ports.api, { caller, ask: command.ask, key }, settings, context)
    : listRequests(ports.api, caller, settings.consoleUrl, context);
}

const unlinked: Message = {
  title: "Unlinked",
  notes: ["Latchkey no longer knows who you are here. The next time that you use it, it asks you to sign in."],
};

const notLinked: Message = {
  title: "You are not linked",
  notes: ["Nobody is linked to you here. Nothing was changed."],
};

const help: Message = {
  title: "Latchkey gives SSH access to instances",
  commands: [
    "/latchkey ssh web-1",
    "/latchkey ssh web-1 as root for 1h because INC-42",
    "/latchkey requests",
    "/latchkey unlink",
    "/latchkey help",
  ],
  notes: [
    "An instance is named by its name, its id or its address. Without “as” it is the instance's default user, and without “for” an hour.",
    "“/latchkey” alone opens a form.",
  ],
};
