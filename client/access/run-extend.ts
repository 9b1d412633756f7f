import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { showTime } from "../terminal/show-time.ts";
import { durationOption } from "./duration.ts";
import { extendAccess, waitForExtension } from "./extend-access.ts";

/** `latchkey extend` */
export async function runExtend(context: Context, { arguments: [id = ""], options }: CommandInput): Promise<number> {
  const reason = options.text("reason");
  if (reason === undefined) {
    throw new Failure("extend needs a reason: it is what reviewers go by", {
      exitCode: exitCodes.usage,
      hint: "--reason 'The restore is slow'",
    });
  }
  const durationSeconds = durationOption(options.text("duration") ?? "1h");
  const asked = await extendAccess(context, { id, durationSeconds, reason });
  const request = options.flag("wait") ? await waitForExtension(context, asked) : asked;
  if (options.flag("json")) context.terminal.json(request);
  else context.terminal.out(`${showTime(request.expiresAt ?? "")}\n`);
  return exitCodes.ok;
}
