import { ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import type { World } from "../terminal/world.ts";
import { type Login, readLogin, writeLogin } from "./login-file.ts";
import { withLock } from "./login-lock.ts";

/** Milliseconds before its end that a token is refreshed, so that it does not expire on its way. */
const margin = 60_000;

/** Whether an access token may still be sent. One that lives shortly is used for half of its life. */
function isFresh({ obtainedAt, expiresAt }: Login, now: Date): boolean {
  const early = Math.min(margin, (expiresAt - obtainedAt) / 2);
  // A clock that was set back makes no token fresh.
  return now.getTime() >= obtainedAt - margin && now.getTime() < expiresAt - early;
}

/**
 * The access tokens of a login, each for as long as it is fresh. Of commands that run at the same time, one refreshes it.
 *
 * @param file the login's.
 * @returns a function that throws Failure: `configuration` if somebody has to sign in again; what `discover` throws.
 */
export function tokensOf(file: string, world: World): () => Promise<string> {
  let login: Login | undefined;
  let refreshing: Promise<Login> | undefined;
  return async () => {
    login ??= await readLogin(file);
    if (login !== undefined && isFresh(login, world.clock())) return login.accessToken;
    refreshing ??= refresh(file, world).finally(() => {
      refreshing = undefined;
    });
    login = await refreshing;
    return login.accessToken;
  };
}

function refresh(file: string, world: World): Promise<Login> {
  const { clock, signal } = world;
  const ended = (message: string) =>
    new Failure(message, { exitCode: exitCodes.configuration, hint: ownCommand(world, ["login"]) });
  return withLock(`${file}.lock`, { clock, signal }, async () => {
    // Another command may have refreshed it, or have signed out.
    const login = await readLogin(file);
    if (login === undefined) throw ended("nobody is signed in any more");
    if (isFresh(login, clock())) return login;
    if (login.refreshToken === undefined) throw ended("the login has expired");
    const { discover, loginOf, providerFailure } = await import("./open-id.ts");
    const { library, config } = await discover(login, world);
    try {
      const tokens = await library.refreshTokenGrant(config, login.refreshToken);
      const next = loginOf(tokens, login, { now: clock(), before: login });
      await writeLogin(file, next);
      return next;
    } catch (error) {
      throw providerFailure(error, login.issuer, world);
    }
  });
}
