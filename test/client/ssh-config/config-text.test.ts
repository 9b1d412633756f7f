import { describe, expect, test } from "@jest/globals";
import { type ConfigBasis, configText } from "../../../client/ssh-config/config-text.ts";

const basis: ConfigBasis = {
  instances: [
    { instanceId: "i-0123456789abcdef0", name: "web-1", osUser: "ec2-user" },
    { instanceId: "i-0a1b2c3d", osUser: "ubuntu" },
    {
      instanceId: "i-0d0000000000000a1",
      osUser: "admin",
      leftOut: { name: "db\n  ProxyCommand reboot", because: "it is no host name" },
    },
  ],
  suffix: ".latchkey",
  logins: "/home/alice/.local/state/latchkey/ssh",
  self: ["/usr/bin/node", "/usr/lib/latchkey.cjs"],
  variables: {},
  madeBy: "latchkey config",
};

test("the whole block", () => {
  expect(configText(basis)).toBe(`\
# Plain ssh to instances, by Latchkey: ssh, scp, sftp, rsync, git and VS Code reach them by these names.
# Made by \`latchkey config\` for OpenSSH 8.4 and later. To install it:
#
#   latchkey config > ~/.ssh/latchkey.conf
#
# and, as the first line of ~/.ssh/config, since ssh takes the first value that it finds:
#
#   Include latchkey.conf

Host web-1.latchkey i-0123456789abcdef0.latchkey
  User ec2-user

Host i-0a1b2c3d.latchkey
  User ubuntu

# Not by its name "db\\u{a}  ProxyCommand reboot": it is no host name.
Host i-0d0000000000000a1.latchkey
  User admin

# The instances above, and any that was launched since.
Match originalhost "*.latchkey,!*'*,!*\\*" user "*,!*'*,!*\\*"
  User ec2-user
  # Asks Latchkey for the connection, prepares the files below, and then carries ssh to the instance.
  ProxyCommand /usr/bin/node /usr/lib/latchkey.cjs ssh-proxy --logins /home/alice/.local/state/latchkey/ssh --suffix .latchkey -- '%n' '%p' '%r'
  # The key of this one connection: it is in the memory of that process alone.
  IdentityAgent "/home/alice/.local/state/latchkey/ssh/%r@%n/agent"
  IdentityFile none
  IdentitiesOnly no
  PubkeyAuthentication yes
  PreferredAuthentications publickey,keyboard-interactive,password
  # The host keys that Latchkey vouches for, and no others.
  UserKnownHostsFile "/home/alice/.local/state/latchkey/ssh/%r@%n/known_hosts"
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  VerifyHostKeyDNS no
  UpdateHostKeys no
  CheckHostIP no
`);
});

const lineOf = (option: string, other: Partial<ConfigBasis>) =>
  configText({ ...basis, ...other })
    .split("\n")
    .find((line) => line.startsWith(`  ${option} `))
    ?.trim();

describe("the command that ssh has a shell run", () => {
  test("has every word quoted, and ssh's own sign doubled", () => {
    const self = ["/opt/my node/bin/node", "/home/o'hara/100%/latchkey.cjs"];
    expect(lineOf("ProxyCommand", { self, logins: "/state of/50%" })).toBe(
      "ProxyCommand '/opt/my node/bin/node' '/home/o'\\''hara/100%%/latchkey.cjs' ssh-proxy --logins '/state of/50%%' --suffix .latchkey -- '%n' '%p' '%r'",
    );
  });

  test("is the user's own, where they have said one", () => {
    expect(lineOf("ProxyCommand", { self: "npx latchkey" })).toMatch(/^ProxyCommand npx latchkey ssh-proxy --logins /);
  });

  test("brings along where the API is", () => {
    const variables = { LATCHKEY_URL: "https://api.example.com/live?a=$b", LATCHKEY_PROFILE: "work" };
    expect(lineOf("ProxyCommand", { variables })).toMatch(
      /^ProxyCommand env 'LATCHKEY_URL=https:\/\/api\.example\.com\/live\?a=\$b' LATCHKEY_PROFILE=work \/usr\/bin\/node /,
    );
  });
});

test("paths with spaces and per cent signs are one word to ssh", () => {
  expect(lineOf("UserKnownHostsFile", { logins: "/state of/50%" })).toBe(
    'UserKnownHostsFile "/state of/50%%/%r@%n/known_hosts"',
  );
});

test("a very long name takes no more than a line of the comment", () => {
  const leftOut = { name: "w".repeat(256), because: "it is too long for the path of a socket" };
  const text = configText({ ...basis, instances: [{ instanceId: "i-0a1b2c3d", osUser: "ec2-user", leftOut }] });
  expect(text).toContain(`# Not by its name "${"w".repeat(63)}…": it is too long for the path of a socket.\n`);
});
