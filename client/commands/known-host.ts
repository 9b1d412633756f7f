import type { Command } from "../command/command.ts";
import { exitCodes } from "../terminal/exit-code.ts";

/** For ssh, as its KnownHostsCommand. */
export const knownHostCommand: Command = {
  name: "known-host",
  summary: "print the known_hosts line of a key that has a fingerprint",
  description: `ssh runs it for serial consoles, of whose keys AWS publishes only the fingerprints. For a key with another one it prints nothing, and ssh refuses the host.`,
  arguments: [
    { name: "fingerprint", summary: "the one to accept: SHA256:…" },
    { name: "name", summary: "%H of ssh" },
    { name: "type", summary: "%t of ssh" },
    { name: "key", summary: "%K of ssh" },
  ],
  options: [],
  examples: [],
  isHidden: true,
  async run({ terminal }, { arguments: [expected = "", name = "", type = "", base64 = ""] }) {
    const { knownHostLine } = await import("../../ssh-format/known-hosts.ts");
    terminal.out(knownHostLine(expected, { name, type, base64 }));
    return exitCodes.ok;
  },
};
