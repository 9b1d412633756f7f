import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { LoginError } from "../errors.ts";
import type { Lifetime } from "../keep-fresh.ts";

/** What `latchkey login` keeps, for one API: anyone who reads it can act as its owner. */
export interface Login extends Lifetime {
  readonly v: 1;
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly clientSecret?: string | undefined;
  /** Whether `accessToken` is an ID token. */
  readonly usesIdToken?: boolean | undefined;
  /** Whom the provider says it signed in. */
  readonly subject: string;
  readonly accessToken: string;
  /** Left out: somebody has to sign in again when the access token expires. */
  readonly refreshToken?: string | undefined;
}

/**
 * Reads a login. A file that another user owns, may read or may have put there as a link is refused. Windows has no such owners
 * and modes.
 *
 * @returns undefined if nobody is signed in.
 * @throws LoginError `file-refused`, `file-inaccessible`
 */
export async function readLogin(file: string): Promise<Login | undefined> {
  const text = await readPrivateFile(file);
  if (text === undefined) return undefined;
  try {
    const login = JSON.parse(text) as Login;
    if (login.v === 1 && typeof login.accessToken === "string") return login;
  } catch {
    // What JSON.parse says quotes the text.
  }
  throw refused(file, "is not a login");
}

async function readPrivateFile(file: string): Promise<string | undefined> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(
    ({ code }: NodeJS.ErrnoException) => {
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      if (code === "ELOOP") throw refused(file, "is a symbolic link");
      throw new LoginError("file-inaccessible", `the login ${file} cannot be read: ${code}`);
    },
  );
  if (handle === undefined) return undefined;
  try {
    const found = await handle.stat();
    const user = process.getuid?.();
    if (!found.isFile()) throw refused(file, "is not a file");
    if (user !== undefined && found.uid !== user) throw refused(file, "belongs to another user");
    if (user !== undefined && (found.mode & 0o077) !== 0) throw refused(file, "is open to other users");
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

const refused = (file: string, why: string) => new LoginError("file-refused", `the login ${file} ${why}`);

/** Replaces a login, so that other processes read the old one or the new one. @throws LoginError `file-inaccessible` */
export async function writeLogin(file: string, login: Login): Promise<void> {
  const next = `${file}.${randomUUID()}`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(next, JSON.stringify(login), { mode: 0o600, flag: "wx" });
    await rename(next, file);
  } catch (cause) {
    await rm(next, { force: true }).catch(() => {});
    const code = (cause as NodeJS.ErrnoException).code ?? "fault";
    throw new LoginError("file-inaccessible", `the login cannot be kept in ${path.dirname(file)}: ${code}`, cause);
  }
}

/** Removes a login, also one that is refused. */
export async function forgetLogin(file: string): Promise<void> {
  await rm(file, { force: true });
}
