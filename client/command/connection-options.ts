import type { OptionSpec } from "./command.ts";

/** The options that say which connection is meant. Those that the AWS CLI has too are named as there. */
export const connectionOptions: readonly OptionSpec[] = [
  { name: "instance-id", value: "ID", summary: "the instance, as the AWS CLI names it; instead of <instance>" },
  { name: "os-user", short: "l", value: "USER", summary: "the OS user to log in as (default: the instance's own)" },
  {
    name: "connection-type",
    value: "TYPE",
    choices: ["auto", "direct", "eice", "serial"],
    summary: "how to reach the instance (default: auto)",
  },
  { name: "instance-ip", value: "ADDRESS", summary: "which of its addresses; needs --connection-type direct or eice" },
  { name: "eice-options", value: "KEY=VALUE,…", summary: "endpointId and maxTunnelDuration (seconds) of the tunnel" },
  { name: "reason", value: "TEXT", summary: "why, for the trail" },
];

export const identityOptions: readonly OptionSpec[] = [
  {
    name: "identity",
    short: "i",
    value: "FILE",
    summary: "a key of yours, FILE.pub or the private one, instead of a one-time key",
  },
  { name: "private-key-file", value: "FILE", summary: "the same, as the AWS CLI names it" },
];

export const acceptNewHostKey: OptionSpec = {
  name: "accept-new-host-key",
  summary: "if no host key is known yet, accept the one shown and pin it",
};

export const sshPort = (short: "p" | "P"): OptionSpec => ({
  name: "ssh-port",
  short,
  value: "PORT",
  summary: "the port of the instance's SSH server (direct only)",
});

export const sshOption: OptionSpec = {
  name: "ssh-option",
  short: "o",
  value: "NAME=VALUE",
  isRepeatable: true,
  summary: "an option of ssh_config(5), passed on",
};
