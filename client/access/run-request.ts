import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { findTarget } from "../instances/find-target.ts";
import { readTarget } from "../instances/target.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { durationOption } from "./duration.ts";
import { requestAccess } from "./request-access.ts";
import { waitForAccess } from "./wait-for-access.ts";

/** `latchkey request` */
export async function runRequest(context: Context, { arguments: [name = ""], options }: CommandInput): Promise<number> {
  const reason = options.text("reason");
  if (reason === undefined) {
    throw new Failure("request needs a reason: it is what reviewers go by", {
      exitCode: exitCodes.usage,
      hint: "--reason 'The disk is full'",
    });
  }
  const durationSeconds = durationOption(options.text("duration") ?? "1h");
  const api = await context.api();
  const { instanceId, requested } = await findTarget(context, readTarget(name, options));
  const osUser =
    requested.osUser ?? (await api.call("getInstance", { instanceId }, { signal: context.signal })).defaultOsUser;
  const asked = await requestAccess(context, {
    instanceId,
    osUser,
    durationSeconds,
    reason,
    ...(options.text("for") !== undefined && { subject: options.text("for") }),
    ...(options.flag("break-glass") && { breakGlass: true }),
  });
  const request = options.flag("wait") ? await waitForAccess(context, asked) : asked;
  if (options.flag("json")) context.terminal.json(request);
  else context.terminal.out(`${visible(request.id)}\n`);
  return exitCodes.ok;
}
