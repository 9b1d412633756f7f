import type { Command } from "../command/command.ts";

export const hostKeysCommand: Command = {
  name: "host-keys",
  summary: "show or register an instance's host keys",
  description:
    "Shows the host keys that Latchkey vouches for, and how it knows them. With --register, these files' public keys are registered: they replace what was registered before, and count above all that Latchkey has captured. Policy has to permit manageHostKeys, for showing too.\n\nRegister what you know to be the instance's own: read on its console, or made when its image was. What ssh-keyscan shows is only what somebody answered.",
  arguments: [
    { name: "instance", summary: "its id or its Name tag, [@ACCOUNT/REGION]" },
    { name: "file", isOptional: true, isRepeatable: true, summary: "with --register: more files" },
  ],
  options: [
    {
      name: "register",
      value: "FILE",
      isRepeatable: true,
      summary: "register the public keys in FILE, or on standard input with -",
    },
    { name: "forget", summary: "forget what is registered" },
    { name: "yes", short: "y", summary: "do not ask" },
    { name: "json", summary: "print the host keys as JSON" },
  ],
  examples: [
    { command: "latchkey host-keys web-1", says: "what is known" },
    {
      command: "latchkey ssh web-1 -- cat /etc/ssh/ssh_host_ed25519_key.pub | latchkey host-keys web-1 --register -",
      says: "register what an instance shows that you are sure of",
      notRun: "it reads an instance's /etc",
    },
    {
      command: "latchkey host-keys web-1 --register /mnt/etc/ssh/ssh_host_*_key.pub",
      says: "register files",
      notRun: "it reads an instance's disk",
    },
  ],
  run: async (context, input) => (await import("../host-keys/run-host-keys.ts")).runHostKeys(context, input),
};
