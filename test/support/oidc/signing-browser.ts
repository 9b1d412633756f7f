import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

/** In a home directory: a file for each login. */
const logins = ".local/state/latchkey/logins";

/**
 * Makes a program for BROWSER that signs in at the local stack's provider as soon as it is opened.
 *
 * @param directory where it is put
 * @returns its path
 */
export async function makeSigningBrowser(directory: string, person: string): Promise<string> {
  const file = path.join(directory, `browser-${person}`);
  const text = `#!/bin/sh\nexec curl --silent --show-error --location --cookie '' "$1&login_hint=${person}"\n`;
  await writeFile(file, text, { mode: 0o755 });
  return file;
}

/** The access token of a home directory's one login. */
export async function accessTokenIn(home: string): Promise<string> {
  const directory = path.join(home, logins);
  const [name = ""] = await readdir(directory);
  return JSON.parse(await readFile(path.join(directory, name), "utf8")).accessToken;
}

/** Makes the access tokens of a home directory's logins expire, and not the refresh tokens. */
export async function expireLogins(home: string): Promise<void> {
  const directory = path.join(home, logins);
  for (const name of await readdir(directory)) {
    const file = path.join(directory, name);
    const login = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...login, expiresAt: login.obtainedAt }));
  }
}
