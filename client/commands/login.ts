import type { Command } from "../command/command.ts";

export const loginCommand: Command = {
  name: "login",
  summary: "sign in with an OpenID provider",
  description:
    "Signs you in to the API at LATCHKEY_URL, in a browser on this machine. With --device, any other browser will do, for example that of your phone.\n\nThe tokens are kept in a file that only you can read, and are refreshed when needed. LATCHKEY_TOKEN, a tokenCommand and a profile that an option or a variable names go before them.",
  arguments: [],
  options: [
    { name: "issuer", value: "URL", summary: "the OpenID provider; else issuer of the config file" },
    { name: "client-id", value: "ID", summary: "this client's id there (default: latchkey-cli)" },
    { name: "scope", value: "SCOPES", summary: "what to ask for (default: openid offline_access latchkey)" },
    { name: "device", summary: "show a code to confirm in any browser" },
  ],
  examples: [
    {
      command: "latchkey login --issuer https://login.example.com",
      says: "sign in, for this and later commands",
      notRun: "it waits for somebody to sign in",
    },
  ],
  run: async (context, input) => (await import("../login/run-login.ts")).runLogin(context, input),
};
