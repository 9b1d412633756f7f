import type { Command } from "../command/command.ts";

export const tunnelCommand: Command = {
  name: "tunnel",
  summary: "join standard input and output, or a local port, to an instance's SSH server",
  description:
    "Asks Latchkey for a connection, and joins standard input and output to it: through an EC2 Instance Connect Endpoint, or directly if the instance can be dialled. This is what ssh expects of a ProxyCommand. It ends when either side does, and fails within five seconds if the endpoint cannot be reached. HTTPS_PROXY and NO_PROXY are honoured.\n\nWith --identity, your own key is pushed. Without it, the pushed key is one that nobody has: the tunnel leads to the SSH server, and you log in with a key that the instance already knows.\n\nWithout an instance, LATCHKEY_TUNNEL_URL names the tunnel: latchkey ssh runs it that way.",
  arguments: [{ name: "instance", isOptional: true, summary: "its id or its Name tag, [@ACCOUNT/REGION]" }],
  options: [
    {
      name: "listen",
      value: "PORT",
      summary: "listen on this port of 127.0.0.1 instead, for your own user; 0 takes any free one and prints it",
    },
    { name: "all-users", summary: "with --listen: serve every user of this machine, each in your name" },
    { name: "identity", short: "i", value: "FILE.pub", summary: "the public key to push" },
    { name: "os-user", short: "l", value: "USER", summary: "the OS user that the key is pushed for" },
    {
      name: "connection-type",
      value: "TYPE",
      choices: ["auto", "direct", "eice"],
      summary: "how the instance is reached; auto if left out",
    },
    { name: "instance-id", value: "ID", summary: "the instance, as the AWS CLI has it" },
    { name: "instance-ip", value: "ADDRESS", summary: "which of its addresses" },
    { name: "ssh-port", value: "PORT", summary: "the port of its SSH server, if it is dialled directly" },
    { name: "endpoint-id", value: "ID", summary: "the EC2 Instance Connect Endpoint to go through" },
    {
      name: "eice-options",
      value: "KEY=VALUE,…",
      summary: "endpointId and maxTunnelDuration, as the AWS CLI has them",
    },
    { name: "max-tunnel-duration", value: "SECONDS", summary: "when the tunnel ends at the latest: 1 to 3600" },
    { name: "reason", short: "r", value: "TEXT", summary: "why, in one line, for the trail" },
  ],
  examples: [
    {
      command: "latchkey tunnel db-1 --listen 2222 -i key.pub",
      says: "then: ssh -i key -p 2222 ec2-user@127.0.0.1",
      notRun: "it runs until Ctrl-C",
    },
    {
      command: "ssh -i key -o ProxyCommand='latchkey tunnel db-1 -i key.pub' ec2-user@db-1",
      says: "with a key of your own",
    },
  ],
  run: async (context, input) => (await import("../tunnel/run-tunnel.ts")).runTunnel(context, input),
};
