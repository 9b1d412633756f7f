/** One word for a POSIX shell. fish and zsh read it the same way: ssh runs a ProxyCommand by the user's own shell. */
export function posixWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
