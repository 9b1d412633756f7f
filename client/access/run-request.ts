import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import type { Options } from "../command/options.ts";
import { usageFailure } from "../command/usage.ts";
import { findTarget } from "../instances/find-target.ts";
import { readTags } from "../instances/tags.ts";
import { readTarget } from "../instances/target.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { durationOption } from "./duration.ts";
import { requestAccess } from "./request-access.ts";
import { scheduledWords } from "./request-words.ts";
import { startTime } from "./start-time.ts";
import { waitForAccess } from "./wait-for-access.ts";

/** `latchkey request` */
export async function runRequest(context: Context, { arguments: [name], options }: CommandInput): Promise<number> {
  const reason = options.text("reason");
  if (reason === undefined) {
    throw new Failure("request needs a reason: it is what reviewers go by", {
      exitCode: exitCodes.usage,
      hint: "--reason 'The disk is full'",
    });
  }
  const durationSeconds = durationOption(options.text("duration") ?? "1h");
  const startsAt = options.text("starts-at");
  const asked = await requestAccess(context, {
    ...(await readScope(context, name, options)),
    durationSeconds,
    reason,
    ...(startsAt !== undefined && { startsAt: startTime(startsAt, context.clock()) }),
    ...(options.text("for") !== undefined && { subject: options.text("for") }),
    ...(options.flag("break-glass") && { breakGlass: true }),
  });
  const request = options.flag("wait") ? await waitForAccess(context, asked) : asked;
  if (asked.status === "pending" && request.status === "scheduled") context.terminal.note(scheduledWords(request));
  if (options.flag("json")) context.terminal.json(request);
  else context.terminal.out(`${visible(request.id)}\n`);
  return exitCodes.ok;
}

/** What is asked for: an instance, or `--tag`. */
async function readScope(context: Context, name: string | undefined, options: Options) {
  const tags = readTags(options.list("tag"));
  const isByTags = Object.keys(tags).length > 0;
  if (name === undefined && !isByTags) {
    throw usageFailure("which instance, or which tags?", "name an instance, or give --tag KEY=VALUE");
  }
  if (name === undefined) {
    const osUser = options.text("os-user");
    if (osUser !== undefined) return { scope: { tags }, osUser };
    throw usageFailure("--tag needs --os-user", "instances with the same tags may have different default users");
  }
  if (isByTags) throw usageFailure("access is for an instance or for tags: name one of the two", "leave out --tag");
  const { key, requested } = await findTarget(context, readTarget(name, options));
  const api = await context.api();
  const osUser = requested.osUser ?? (await api.call("getInstance", key, { signal: context.signal })).defaultOsUser;
  return { ...key, osUser };
}
