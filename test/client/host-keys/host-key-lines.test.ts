import { describe, expect, test } from "@jest/globals";
import { readHostKeyLines } from "../../../client/host-keys/host-key-lines.ts";

const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9mi/PRmniWlz3bAnI9jWYVk9yPG4hWkNSn/Duasj66";
const ecdsa = `ecdsa-sha2-nistp256 ${blobOf("ecdsa-sha2-nistp256")}`;

/** Begins as a key of that type does: the API reads on. */
function blobOf(type: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.alloc(40, 7)]).toString("base64");
}

const privateKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";

describe("a line that is no public host key is not sent", () => {
  test.each([
    ["nothing", "", "there is no host key in keys.pub"],
    ["comments alone", "# web-1:22 SSH-2.0-OpenSSH_9.2\n", "there is no host key in keys.pub"],
    ["a private key", privateKey, "keys.pub is a private key, which nobody else should have"],
    [
      "a private key in PEM, behind a public one",
      `${ed25519}\n-----BEGIN RSA PRIVATE KEY-----\n`,
      "keys.pub is a private key, which nobody else should have",
    ],
    [
      "a certificate",
      `ssh-ed25519-cert-v01@openssh.com ${blobOf("ssh-ed25519-cert-v01@openssh.com")}`,
      "line 1 of keys.pub is no public host key",
    ],
    [
      "a certificate authority of known_hosts",
      `@cert-authority * ${ed25519}`,
      "line 1 of keys.pub is marked @cert-authority",
    ],
    ["a revoked key", `\n@revoked * ${ed25519}`, "line 2 of keys.pub is marked @revoked"],
    ["a key type without a key", "ssh-ed25519", "line 1 of keys.pub is no public host key"],
    ["another key than its line says", `ssh-rsa ${ed25519.split(" ")[1]}`, "line 1 of keys.pub is no public host key"],
    ["a key that is cut short", ed25519.slice(0, -1), "line 1 of keys.pub is no public host key"],
    ["words", "web-1 is my server", "line 1 of keys.pub is no public host key"],
    [
      "options of authorized_keys and more before the key",
      `a b ${ed25519}`,
      "line 1 of keys.pub is no public host key",
    ],
  ])("%s", (_, text, message) => {
    expect(() => readHostKeyLines(text, "keys.pub")).toThrow(expect.objectContaining({ message, exitCode: 65 }));
  });

  test("and a path's control characters do not reach the terminal", () => {
    expect(() => readHostKeyLines("", "a\u001b[2Jb")).toThrow("there is no host key in a\\u{1b}[2Jb");
  });
});

test.each([
  ["a file of sshd's", `${ed25519} root@web-1\n`, [ed25519]],
  ["a file from Windows", `${ed25519} root@web-1\r\n`, [ed25519]],
  ["several files, one behind the other", `${ed25519} root@web-1\n${ecdsa} root@web-1\n`, [ed25519, ecdsa]],
  ["what ssh-keyscan shows", `# web-1:22 SSH-2.0\nweb-1 ${ed25519}\n[web-1]:2222 ${ecdsa}\n`, [ed25519, ecdsa]],
  ["a hashed line of known_hosts", `|1|MTIz=|NDU2= ${ed25519}`, [ed25519]],
  ["the same key twice, once", `${ed25519} a\nweb-1 ${ed25519}\n`, [ed25519]],
])("reads %s", (_, text, keys) => {
  expect(readHostKeyLines(text, "keys.pub")).toEqual(keys);
});
