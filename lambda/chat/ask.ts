import { accessRequestBody } from "../../contract/access-request.ts";
import type { Caller } from "../../contract/caller.ts";
import { durationHint } from "../../contract/duration.ts";
import * as fields from "../../contract/fields.ts";
import { type ProblemCode, problems } from "../../contract/problem.ts";
import { reviewerNames } from "../../contract/requirements-words.ts";
import { fieldErrors } from "../shared/invalid-fields.ts";
import { invalidField, Problem } from "../shared/problem.ts";
import type { RequestContext } from "../shared/request-context.ts";
import type { Message } from "./chat.ts";
import type { Ask } from "./command.ts";
import { findInstance } from "./find-instance.ts";
import { nextCommand } from "./notice.ts";
import type { ApiStories, ChatSettings } from "./ports.ts";
import { consoleButton } from "./request-message.ts";
import { instanceWords, lengthWords, sshCommand, statusWords } from "./words.ts";

/** Seconds, if nobody says: as the `latchkey` command asks for. */
const usualDuration = 3600;

/** Verdicts after which an access request changes something. */
const helped: ReadonlySet<string> = new Set<ProblemCode>(["approval-required", "access-denied"]);

/**
 * Asks for access to an instance for the caller, unless they can connect already: then they are told how.
 *
 * @param key of this input: it asks once, however often it is delivered.
 * @returns what to tell the caller.
 * @throws Problem as the API's stories do.
 */
export async function askForAccess(
  api: ApiStories,
  { caller, ask, key }: { readonly caller: Caller; readonly ask: Ask; readonly key: string },
  settings: Pick<ChatSettings, "consoleUrl" | "isAlone">,
  context: RequestContext,
): Promise<Message> {
  if (Number.isNaN(ask.durationSeconds)) return { title: "For how long?", notes: [durationHint] };
  const found = await findInstance(api, caller, ask.instance, context);
  if ("instead" in found) return found.instead;
  const { instanceId, accountId, region, name, defaultOsUser } = found.instance;
  const instance = { instanceId, accountId, region };
  const named = settings.isAlone ? { instanceId } : instance;
  const osUser = ask.osUser ?? found.osUser ?? defaultOsUser;
  if (!fields.osUser.safeParse(osUser).success) throw invalidField("/osUser", "wrong-format");

  const { decision, code = "" } = await api.decide({ caller, ...instance, osUser, connectionType: "auto" }, context);
  if (decision === "allow") {
    const where = `${instanceWords(instanceId, name)} as ${osUser}`;
    const notes = [`You need no approval for ${where}. Connect with:`];
    return { title: "You can connect already", notes, commands: [sshCommand(named, osUser)] };
  }
  if (!helped.has(code) && isProblemCode(code)) throw new Problem(code);

  if (ask.reason === undefined) {
    return { title: "Why?", notes: ["Say why you need access: end the command with “because” and the reason."] };
  }
  const asked = accessRequestBody.safeParse(
    { ...instance, osUser, durationSeconds: ask.durationSeconds ?? usualDuration, reason: oneLine(ask.reason) },
    { reportInput: true },
  );
  if (!asked.success) throw new Problem("invalid-request", { errors: fieldErrors(asked.error.issues) });
  const call = { key, caller, ids: {}, body: asked.data };
  const request = await api.createAccessRequest(call, { caller, ...asked.data }, context);
  const isActive = request.status === "active";
  const { reviewers } = request.requirements;
  return {
    title: isActive ? "You have access" : request.isPreexisting ? "You have asked for it already" : "Access asked for",
    facts: [
      { name: "Access", value: `${osUser} on ${instanceWords(instanceId, name)}` },
      { name: "How long", value: lengthWords(request) },
      { name: "Status", value: statusWords(request) },
      ...(request.status === "pending" && reviewers
        ? [{ name: "Who can approve", value: reviewerNames(reviewers) }]
        : []),
      { name: "Request", value: request.id },
    ],
    notes: isActive ? ["Connect with:"] : ["You get a message here once it is decided."],
    commands: isActive ? [nextCommand(request, named)] : [],
    buttons: consoleButton(request, settings),
  };
}

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code);

/** A form has room for several lines; a reason is one. */
const oneLine = (text: string): string => text.trim().replace(/\s+/g, " ");
