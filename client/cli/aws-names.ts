/** What `aws ec2-instance-connect` calls a command. */
export const awsCommands: Readonly<Record<string, string>> = {
  "open-tunnel": "tunnel",
  "send-ssh-public-key": "push",
  "send-serial-console-ssh-public-key": "push",
};

/** What it calls an option. */
export const awsOptions: Readonly<Record<string, string>> = {
  "instance-connect-endpoint-id": "endpoint-id",
  "instance-os-user": "os-user",
  "local-port": "listen",
  "private-ip-address": "instance-ip",
  "remote-port": "ssh-port",
  "ssh-public-key": "identity",
};
