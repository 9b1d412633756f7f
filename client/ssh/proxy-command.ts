import { posixWord, windowsWord } from "../quoting/shell-words.ts";

/** Has the tunnel's URL for `latchkey tunnel`: a command line is for everybody to see, an environment is not. */
export const tunnelUrlVariable = "LATCHKEY_TUNNEL_URL";

/**
 * The value of `ProxyCommand` that runs `latchkey tunnel`. ssh replaces `%` and its letter in it, then has it run by the user's
 * shell, or on Windows by no shell at all.
 *
 * @param self how latchkey is run: program and arguments.
 */
export function tunnelCommand(self: readonly string[], platform: NodeJS.Platform): string {
  const words = [...self, "tunnel"].map(platform === "win32" ? windowsWord : posixWord);
  return words.join(" ").replaceAll("%", "%%");
}
