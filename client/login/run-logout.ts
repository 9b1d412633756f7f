import { rm } from "node:fs/promises";
import { forgetLogin, type Login, readLogin } from "../../sdk/login/login-file.ts";
import { withLock } from "../../sdk/login/login-lock.ts";
import { discover } from "../../sdk/login/open-id.ts";
import { cacheDirectoryOf, loginFileOf } from "../../sdk/node/paths.ts";
import { transportOf } from "../api/transport.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";

/** `latchkey logout` */
export async function runLogout(context: Context): Promise<number> {
  const { terminal, signal, clock } = context;
  const file = loginFileOf(context, (await context.settings()).url);
  // One that is refused goes too.
  const found = await readLogin(file).catch(() => "refused" as const);
  if (found === undefined) {
    terminal.note("you were not signed in");
    return exitCodes.ok;
  }
  // A command that refreshes the login now would bring it back.
  await withLock(`${file}.lock`, { signal, clock }, async () => {
    const login = await readLogin(file).catch(() => undefined);
    await forgetLogin(file);
    await rm(cacheDirectoryOf(context), { recursive: true, force: true });
    if (login?.refreshToken !== undefined && !(await revoke(login, context)))
      terminal.note("the OpenID provider did not revoke the refresh token: it stays valid there until it expires");
  });
  terminal.note("signed out");
  return exitCodes.ok;
}

/** @returns whether the provider has revoked it. */
async function revoke(login: Login, context: Context): Promise<boolean> {
  try {
    const { library, config } = await discover(login, { signal: context.signal, transport: transportOf(context) });
    await library.tokenRevocation(config, login.refreshToken ?? "", { token_type_hint: "refresh_token" });
    return true;
  } catch {
    return false;
  }
}
