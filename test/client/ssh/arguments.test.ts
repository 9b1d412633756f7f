import { describe, expect, test } from "@jest/globals";
import { type SshBasis, scpArguments, sftpArguments, sshArguments, sshOptions } from "../../../client/ssh/arguments.ts";
import type { HostKeyCheck } from "../../../client/ssh/known-hosts.ts";
import type { Connection } from "../../../contract/connection.ts";
import { run } from "../../support/ssh-client.ts";
import { connectionWith, hostKey, hostKeyName, serial, tunnel } from "./any-connection.ts";

const known: HostKeyCheck = { kind: "known", hostKeys: [hostKey] };

function basisWith(changes: Partial<Connection> = {}, others: Partial<SshBasis> = {}): SshBasis {
  return {
    connection: connectionWith(changes),
    identity: { sshOptions: ["-i", "/dev/null", "-o", "IdentityAgent=/run/agent"] },
    check: known,
    knownHostsFile: "/run/known_hosts",
    self: ["/usr/bin/node", "/opt/latchkey.cjs"],
    platform: "linux",
    ...others,
  };
}

const nothing = { forwardings: [], options: [], rest: [] };

/** What the real ssh would go by, with nothing of this machine's configuration. */
async function effective(args: readonly string[]): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await run("ssh", ["-F", "/dev/null", "-G", ...args]);
  if (code !== 0) throw new Error(stderr);
  return Object.fromEntries(
    stdout
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]),
  );
}

describe("a response with an invalid name", () => {
  test.each<[string, Partial<Connection>]>([
    ["a host that is an option", { host: "-oProxyCommand=evil" }],
    ["a host with a user in it", { host: "root@192.0.2.7" }],
    ["a host with a command behind it", { host: "192.0.2.7 evil" }],
    ["an empty host", { host: "" }],
    ["a name for host keys that is a pattern", { hostKeyAlias: "*" }],
    ["a name for host keys with an option behind it", { hostKeyAlias: "x\nProxyCommand evil" }],
    ["a user that is an option", { user: "-oProxyCommand=evil" }],
    ["a user with a shell's words", { user: "a;b" }],
  ])("%s is refused", (_, changes) => {
    expect(() => sshArguments(basisWith(changes), nothing)).toThrow("names a host or a user that none can be");
  });

  test("options of its own: they are not taken", () => {
    expect(sshArguments(basisWith(), nothing).join(" ")).not.toContain("evil");
  });
});

describe("the user's own words", () => {
  test.each([
    ["IdentitiesOnly=no", "identitiesonly", "yes"],
    ["StrictHostKeyChecking=no", "stricthostkeychecking", "true"],
    ["UserKnownHostsFile=/dev/null", "userknownhostsfile", "/run/known_hosts"],
    ["HostKeyAlias=other", "hostkeyalias", hostKeyName],
    ["Port=23", "port", "22"],
    ["User=root", "user", "ec2-user"],
    ["VerifyHostKeyDNS=yes", "verifyhostkeydns", "false"],
  ])("-o %s does not change what the connection is", async (option, name, value) => {
    const args = sshArguments(basisWith(), { ...nothing, options: [option], rest: ["-o", option, "true"] });
    expect(await effective(args)).toMatchObject({ [name]: value });
  });

  test("-l does not change whom the key is for", async () => {
    const args = sshArguments(basisWith(), { ...nothing, rest: ["-l", "root", "true"] });
    expect(await effective(args)).toMatchObject({ user: "ec2-user" });
  });

  test("ssh arguments and remote commands are passed through as they are (aws-cli#8952)", () => {
    const rest = ["-A", "-o", "SendEnv=X", "sh", "-c", "echo 'two  words' $HOME", "--", "-x"];
    expect(sshArguments(basisWith(), { ...nothing, rest }).slice(-rest.length - 1)).toEqual(["192.0.2.7", ...rest]);
  });

  test("--local-forwarding and --ssh-option stand before the destination", () => {
    const args = sshArguments(basisWith(), { forwardings: ["1:a:2", "3:b:4"], options: ["Compression=yes"], rest: [] });
    expect(args.slice(-7)).toEqual(["-L", "1:a:2", "-L", "3:b:4", "-o", "Compression=yes", "192.0.2.7"]);
  });
});

test("IdentitiesOnly: no other key of the user's agent is offered (mssh#10)", async () => {
  const args = sshArguments(basisWith(), nothing);
  expect(await effective(args)).toMatchObject({
    identitiesonly: "yes",
    identityfile: "/dev/null",
    identityagent: "/run/agent",
  });
});

describe("host keys", () => {
  test.each<[string, HostKeyCheck, string]>([
    ["that Latchkey vouches for", known, "true"],
    ["that were accepted on this machine", { kind: "pinned" }, "true"],
    ["that ssh may ask about", { kind: "unknown", accepts: "ask" }, "ask"],
    ["that are taken as they come", { kind: "unknown", accepts: "accept-new" }, "accept-new"],
  ])("%s: from one file, by the instance's id, region and account", async (_, check, strictness) => {
    expect(await effective(sshArguments(basisWith({}, { check }), nothing))).toMatchObject({
      stricthostkeychecking: strictness,
      userknownhostsfile: "/run/known_hosts",
      globalknownhostsfile: "/dev/null",
      hostkeyalias: hostKeyName,
      updatehostkeys: "false",
      verifyhostkeydns: "false",
    });
  });

  test("of a serial console: none but that with the fingerprint, by a command of ours", async () => {
    const check: HostKeyCheck = { kind: "fingerprint", fingerprint: serial.hostKeyFingerprint };
    expect(await effective(sshArguments(basisWith(serial, { check }), nothing))).toMatchObject({
      stricthostkeychecking: "true",
      userknownhostsfile: "/dev/null",
      globalknownhostsfile: "/dev/null",
      hostkeyalias: serial.host,
      user: serial.user,
      hostname: serial.host,
      knownhostscommand: `/usr/bin/node /opt/latchkey.cjs known-host ${serial.hostKeyFingerprint} %H %t %K`,
    });
  });
});

describe("the destination", () => {
  test("is the address, with its port, where it is dialled", async () => {
    const args = sshArguments(basisWith({ host: "2001:db8::7", port: 2222 }), nothing);
    expect(await effective(args)).toMatchObject({ hostname: "2001:db8::7", port: "2222", user: "ec2-user" });
  });

  test("is the instance's own name through a tunnel: its private address may be another's elsewhere", async () => {
    const args = sshArguments(basisWith({ connectionType: "eice", host: "10.0.0.7", tunnel }), nothing);
    expect(await effective(args)).toMatchObject({
      hostname: hostKeyName,
      proxycommand: "/usr/bin/node /opt/latchkey.cjs tunnel",
    });
    expect(args.join(" ")).not.toMatch(/secret|wss:/);
  });

  test("has a user with an @ in it, as directories name them", async () => {
    const args = sshArguments(basisWith({ user: "ada@corp.example" }), nothing);
    expect(await effective(args)).toMatchObject({ user: "ada@corp.example", hostname: "192.0.2.7" });
  });
});

describe("scp and sftp", () => {
  test("have an IPv6 address in brackets", () => {
    const basis = basisWith({ host: "2001:db8::7" });
    const operands = [
      { isRemote: false, path: "-a" },
      { isRemote: true, path: "b c" },
    ];
    expect(scpArguments(basis, { flags: ["-r"], operands }).slice(-4)).toEqual(["-r", "--", "-a", "[2001:db8::7]:b c"]);
    expect(sftpArguments(basis, ["-b", "x"], undefined).slice(-4)).toEqual(["-b", "x", "--", "[2001:db8::7]"]);
    expect(sftpArguments(basis, [], "/srv").at(-1)).toBe("[2001:db8::7]:/srv");
  });

  test("have the same options as ssh", () => {
    const basis = basisWith();
    const { length } = sshOptions(basis);
    expect(scpArguments(basis, { flags: [], operands: [] }).slice(0, length)).toEqual(sshOptions(basis));
    expect(sftpArguments(basis, [], undefined).slice(0, length)).toEqual(sshOptions(basis));
  });
});

describe("paths with characters that mean something", () => {
  test.each([
    ["a space", "/home/ada l/known_hosts"],
    ["a quote", `/home/a"b/known_hosts`],
    ["an apostrophe", "/home/o'hara/known_hosts"],
    ["a backslash", String.raw`/home/a\b/known_hosts`],
  ])("%s", async (_, knownHostsFile) => {
    const args = sshArguments(basisWith({}, { knownHostsFile }), nothing);
    expect(await effective(args)).toMatchObject({ userknownhostsfile: knownHostsFile });
  });

  test("a percent sign is doubled, for ssh to halve", () => {
    const args = sshArguments(basisWith({}, { knownHostsFile: "/home/100%/known_hosts" }), nothing);
    expect(args).toContain("UserKnownHostsFile=/home/100%%/known_hosts");
  });

  test("Windows' own: slashes where ssh splits words, backslashes where Windows does", () => {
    const args = sshArguments(
      basisWith(
        { connectionType: "eice", tunnel },
        {
          platform: "win32",
          knownHostsFile: String.raw`C:\Users\Ada L\AppData\Local\Temp\latchkey-1-abcdef\known_hosts`,
          self: [String.raw`C:\Program Files\nodejs\node.exe`, String.raw`C:\Users\Ada L\100%\latchkey.cjs`],
        },
      ),
      nothing,
    );
    expect(args).toContain(`UserKnownHostsFile="C:/Users/Ada L/AppData/Local/Temp/latchkey-1-abcdef/known_hosts"`);
    expect(args).toContain(
      String.raw`ProxyCommand="C:\Program Files\nodejs\node.exe" "C:\Users\Ada L\100%%\latchkey.cjs" tunnel`,
    );
  });
});
