import { describe, expect, test } from "@jest/globals";
import { makeHostKey } from "../../../local/instances/host-key.ts";
import { checkHostKey, readOfferedKey } from "../../../web/ssh/host-key-check.ts";

const line = makeHostKey().publicKeyLine;
const other = makeHostKey().publicKeyLine;
const blobOf = (text: string) => Buffer.from(text.split(" ")[1] ?? "", "base64");
const check = (blob: Uint8Array, known: readonly string[]) => checkHostKey(readOfferedKey(blob), known);

describe("a host key", () => {
  test.each<[string, Uint8Array, readonly string[], string]>([
    ["that is malformed is invalid, even if nothing is known", Buffer.from("no key"), [], "invalid"],
    ["with more bytes than its type has is invalid", Buffer.concat([blobOf(line), Buffer.alloc(1)]), [], "invalid"],
    [
      "that anybody could sign with is invalid",
      Buffer.concat([blobOf(line).subarray(0, 19), Buffer.alloc(32)]),
      [],
      "invalid",
    ],
    ["that is another than the known one has changed", blobOf(other), [line], "changed"],
    ["that is known under another type has changed", blobOf(line), [line.replace("ed25519", "rsa")], "changed"],
    ["that is known in another base64 has changed", blobOf(line), [`${line}=`], "changed"],
    ["that is known with a comment has changed", blobOf(line), [`${line} root@web-1`], "changed"],
    ["is new if none is known", blobOf(line), [], "new"],
    ["is known if it is one of those that are known", blobOf(line), [other, line], "known"],
  ])("%s", (_, blob, known, verdict) => {
    expect(check(blob, known)).toBe(verdict);
  });

  test("has its type, and its fingerprint as ssh-keygen prints it", () => {
    const blob = Buffer.from("AAAAC3NzaC1lZDI1NTE5AAAAIB9mi/PRmniWlz3bAnI9jWYVk9yPG4hWkNSn/Duasj66", "base64");
    expect(readOfferedKey(blob)).toMatchObject({
      type: "ssh-ed25519",
      fingerprint: "SHA256:bjlKHMirjgneZxQcgUxmuS9dkTsom38cv+pXTHwyW0A",
    });
  });
});
