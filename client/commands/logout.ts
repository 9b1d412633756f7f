import type { Command } from "../command/command.ts";

export const logoutCommand: Command = {
  name: "logout",
  summary: "sign out",
  description: "Deletes the tokens that latchkey login keeps for this API, and revokes the refresh token.",
  arguments: [],
  options: [],
  examples: [{ command: "latchkey logout", says: "sign out" }],
  run: async (context) => (await import("../login/run-logout.ts")).runLogout(context),
};
