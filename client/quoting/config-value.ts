/**
 * A path as the value of an option that OpenSSH splits into words, such as `UserKnownHostsFile` (readconf.c, argv_split): in
 * quotes, with backslashes before what would end them. `%` begins one of ssh's own words, so it is doubled.
 *
 * On Windows the path gets slashes, which OpenSSH takes there too: a backslash is for quoting.
 */
export function pathValue(path: string, platform: NodeJS.Platform): string {
  return quotedWord(identityPath(path, platform));
}

/** A path as the argument of `-i`: as it is, but for `%` and Windows' backslashes. */
export function identityPath(path: string, platform: NodeJS.Platform): string {
  const slashed = platform === "win32" ? path.replaceAll("\\", "/") : path;
  return slashed.replaceAll("%", "%%");
}

/** One word for OpenSSH's argv_split. Only what needs quotes gets them: `--print` shows it. */
export function quotedWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `"${word.replaceAll(/["\\]/g, "\\$&")}"`;
}
