import { describe, expect, test } from "@jest/globals";
import { type SshDestination, sshClientOf } from "../../../lambda/connect/ssh-client.ts";
import { readHostKey } from "../../../lambda/host-keys/stored-host-key.ts";
import { keys } from "../../fixtures/keys.ts";

const observedAt = "2026-01-02T03:04:05.678Z";
const known = [keys.ed25519, keys.rsa2048].map((key) => readHostKey({ key, source: "registered", observedAt }));
const web: SshDestination = {
  name: "i-0123456789abcdef0",
  host: "203.0.113.10",
  port: 2222,
  user: "ec2-user",
  hostKeyAlias: "i-0123456789abcdef0",
  hostKeys: known,
};

describe("if host keys are known, ssh accepts no other", () => {
  test("arguments: options, and then the destination", () => {
    expect(sshClientOf(web).args).toEqual([
      ...["-o", "IdentitiesOnly=yes"],
      ...["-o", "HostKeyAlias=i-0123456789abcdef0"],
      ...["-o", "StrictHostKeyChecking=yes"],
      ...["-p", "2222"],
      "ec2-user@203.0.113.10",
    ]);
  });

  test("the same as a block of ssh_config", () => {
    expect(sshClientOf(web).config).toBe(`Host i-0123456789abcdef0
  HostName 203.0.113.10
  Port 2222
  User ec2-user
  IdentitiesOnly yes
  HostKeyAlias i-0123456789abcdef0
  StrictHostKeyChecking yes
`);
  });

  test("known_hosts knows the instance by its id, a line a key", () => {
    expect(sshClientOf(web).knownHosts).toBe(
      `i-0123456789abcdef0 ${keys.ed25519}\ni-0123456789abcdef0 ${keys.rsa2048}\n`,
    );
  });
});

describe("if none is known", () => {
  const { args, config, knownHosts } = sshClientOf({ ...web, hostKeys: [] });

  test("the user's own rule for unknown hosts holds", () => {
    expect(args.join(" ")).not.toContain("StrictHostKeyChecking");
    expect(config).not.toContain("StrictHostKeyChecking");
  });

  test("known_hosts is empty", () => {
    expect(knownHosts).toBe("");
  });
});

describe("if a fingerprint is all that is known, ssh accepts no key by itself", () => {
  const { args, config, knownHosts } = sshClientOf({
    name: "i-0123456789abcdef0.port0",
    host: "console.example",
    port: 22,
    user: "i-0123456789abcdef0.port0",
    hostKeyAlias: "console.example",
    hostKeys: [],
    hostKeyFingerprint: "SHA256:abc",
  });

  test("arguments", () => {
    expect(args).toEqual([
      ...["-o", "IdentitiesOnly=yes"],
      ...["-o", "HostKeyAlias=console.example"],
      ...["-o", "StrictHostKeyChecking=yes"],
      ...["-p", "22"],
      "i-0123456789abcdef0.port0@console.example",
    ]);
  });

  test("the same as a block of ssh_config, by a name that is not the instance's own", () => {
    expect(config).toBe(`Host i-0123456789abcdef0.port0
  HostName console.example
  Port 22
  User i-0123456789abcdef0.port0
  IdentitiesOnly yes
  HostKeyAlias console.example
  StrictHostKeyChecking yes
`);
  });

  test("known_hosts is empty", () => {
    expect(knownHosts).toBe("");
  });
});

test.each([
  ["an IPv6 address", { host: "2001:db8::10" }, "ec2-user@2001:db8::10"],
  ["a user with an at sign, since ssh splits at the last", { user: "ada@example.com" }, "ada@example.com@203.0.113.10"],
])("the destination with %s", (_, change, destination) => {
  expect(sshClientOf({ ...web, ...change }).args.at(-1)).toBe(destination);
});
