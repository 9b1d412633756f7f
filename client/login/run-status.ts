import { readLogin } from "../../sdk/login/login-file.ts";
import { loginFileOf } from "../../sdk/node/paths.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

/** `latchkey status` */
export async function runStatus(context: Context, { options }: CommandInput): Promise<number> {
  const { url } = await context.settings();
  const notSignedIn = (message: string) =>
    new Failure(message, { exitCode: exitCodes.configuration, hint: ownCommand(context, ["login"]) });
  const login = await readLogin(loginFileOf(context, url));
  if (login === undefined) throw notSignedIn(`nobody is signed in to ${visible(url)}`);
  const { subject, issuer, expiresAt, refreshToken } = login;
  const isRefreshed = refreshToken !== undefined;
  const until = new Date(expiresAt).toISOString();
  if (options.flag("json")) context.terminal.json({ url, subject, issuer, expiresAt: until, isRefreshed });
  else {
    const ending = isRefreshed ? `refreshed when needed (this token: until ${until})` : `until ${until}`;
    context.terminal.out(`${visible(subject)}, by ${visible(issuer)}, ${ending}\n`);
  }
  if (isRefreshed || expiresAt > context.clock().getTime()) return exitCodes.ok;
  throw notSignedIn("the login has expired");
}
