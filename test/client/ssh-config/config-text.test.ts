import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Options } from "../../../client/command/options.ts";
import { type ConfigBasis, configText } from "../../../client/ssh-config/config-text.ts";
import { runConfig } from "../../../client/ssh-config/run-config.ts";
import type { Failure } from "../../../client/terminal/failure.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { whereIs } from "../../support/programs.ts";

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
# Include this file in the first line of ~/.ssh/config: ssh takes the first value that it finds for an option.
#
#   latchkey config > ~/.ssh/latchkey.conf
#   Include latchkey.conf
#
# With it ssh, scp, sftp, rsync, git and VS Code reach instances by these names (OpenSSH 8.4 and later).
# \`latchkey config --check\` says whether anything in the configuration stands in the way.

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
  PubkeyAcceptedKeyTypes +ssh-ed25519
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

describe("latchkey config --check finds", () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  });
  afterEach(() => rm(home, { recursive: true }));

  /** What is said, by a real ssh whose usual configuration is this text, with the block where it says BLOCK. */
  async function check(configuration: string): Promise<string> {
    const file = path.join(home, "config");
    const environment = { PATH: `${home}:${process.env["PATH"]}`, XDG_STATE_HOME: home };
    const { context, shown } = scriptedWorld({});
    const machine = { ...context, environment, self: ["latchkey"] };
    const input = { arguments: [], rest: undefined };
    const block = configText({ ...basis, instances: [], logins: path.join(home, "latchkey/ssh"), self: ["latchkey"] });
    await writeFile(path.join(home, "latchkey.conf"), block);
    await writeFile(file, configuration.replace("BLOCK", `Include ${home}/latchkey.conf`));
    await writeFile(path.join(home, "ssh"), `#!/bin/sh\nexec ${whereIs("ssh")} -F ${file} "$@"\n`, { mode: 0o755 });
    try {
      await runConfig(machine, { ...input, options: new Options({ check: true }) });
    } catch (error) {
      return `${(error as Failure).message}; ${(error as Failure).hint}`;
    }
    return shown.join("\n");
  }

  test.each([
    ["an Include that is not there", "", /does not use Latchkey's block .* first line of ~\/\.ssh\/config/],
    ["an Include in a Host block of another", "Host other\nBLOCK\n", /does not use/],
    ["a ProxyJump before it", "Host *\n  ProxyJump bastion\nBLOCK\n", /does not use/],
    ["public keys forbidden before it", "PubkeyAuthentication no\nBLOCK\n", /pubkeyauthentication (?:no|false)/],
    [
      "passwords preferred before it",
      "PreferredAuthentications password\nBLOCK\n",
      /preferredauthentications password/,
    ],
    [
      "the key's type left out before it",
      "PubkeyAcceptedKeyTypes rsa-sha2-512\nBLOCK\n",
      /pubkeyaccepted\w+ rsa-sha2-512/,
    ],
    ["host keys of others before it", "UserKnownHostsFile ~/mine\nBLOCK\n", /userknownhostsfile /],
    ["another user before it", "Host *\n  User me\nBLOCK\n", /: user me, /],
    [
      "a block that is another by now",
      "Host *\n  ProxyCommand old ssh-proxy --\nBLOCK\n",
      /write it again: latchkey config >/,
    ],
  ])("%s", async (_, configuration, says) => {
    expect(await check(configuration)).toMatch(says);
  });

  test("nothing wrong with a block that stands first, though other values come after it", async () => {
    const after = "Host *\n  PubkeyAuthentication no\n  User me\n  IdentityFile ~/.ssh/own\n  ProxyJump bastion\n";
    expect(await check(`BLOCK\n${after}`)).toBe("out: ssh takes Latchkey's block for *.latchkey as it is");
  });
});
