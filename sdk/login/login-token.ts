import { homedir } from "node:os";
import { LoginError } from "../errors.ts";
import { isFresh, keepFresh } from "../keep-fresh.ts";
import { loginFileOf } from "../node/paths.ts";
import { type Login, readLogin, writeLogin } from "./login-file.ts";
import { withLock } from "./login-lock.ts";
import type { LoginOptions } from "./login-options.ts";
import { discover, loginOf, providerError } from "./open-id.ts";

/**
 * A provider for `LatchkeyOptions.token`: the access tokens of whom `latchkey login` has signed in to an API on this
 * machine, each for as long as it is fresh. Of processes that run at the same time, commands too, one refreshes it.
 *
 * @param url the API's.
 * @returns a function that throws LoginError: `sign-in-required` if somebody has to run `latchkey login`.
 */
export function loginToken(url: string, options: LoginOptions = {}): () => Promise<string> {
  const { env: environment, platform } = process;
  const api = new URL(url).href.replace(/\/+$/, "");
  return tokensOf(loginFileOf({ environment, platform, homeDirectory: homedir() }, api), options);
}

/** As `loginToken` does. @param file the login's. */
export function tokensOf(
  file: string,
  { clock = () => new Date(), ...options }: LoginOptions = {},
): () => Promise<string> {
  const fresh = keepFresh(async () => {
    const login = await readLogin(file);
    return login !== undefined && isFresh(login, clock()) ? login : refresh(file, { clock, ...options });
  }, clock);
  return async () => (await fresh()).accessToken;
}

function refresh(file: string, { clock, ...options }: LoginOptions & { readonly clock: () => Date }): Promise<Login> {
  return withLock(`${file}.lock`, { clock, signal: options.signal }, async () => {
    // Another process may have refreshed it, or have signed out.
    const login = await readLogin(file);
    if (login === undefined) throw new LoginError("sign-in-required", "nobody is signed in");
    if (isFresh(login, clock())) return login;
    if (login.refreshToken === undefined) throw new LoginError("sign-in-required", "the login has expired");
    const { library, config } = await discover(login, options);
    try {
      const tokens = await library.refreshTokenGrant(config, login.refreshToken);
      const next = loginOf(tokens, login, { now: clock(), before: login });
      await writeLogin(file, next);
      return next;
    } catch (error) {
      throw providerError(error, login.issuer, options.signal);
    }
  });
}
