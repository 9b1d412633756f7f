import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { type PublicKeyRefusal, parsePublicKey, publicKeyRefusals } from "../../ssh-format/public-key.ts";
import {
  base64Of,
  fingerprints,
  frameOf,
  keyLine,
  keys,
  modulusOf,
  mpint,
  rsa2048Frame,
  rsaLine,
  sshString,
} from "../fixtures/keys.ts";

const { ed25519, otherEd25519, rsa2048, rsa3072, rsa4096, ecdsa, ed25519Certificate } = keys;
const blob = Buffer.from(base64Of(ed25519), "base64");
const n2048 = mpint(modulusOf(2048));
const rsaOf = (...fields: Buffer[]): string => keyLine("ssh-rsa", ...fields);

const frame = frameOf(rsa2048);
const frameWith = (...headers: string[]): string => frameOf(rsa2048, { headers });

/** A PEM block without a key: this repository has no private keys. */
const pem = (label: string, body = "bm90IGEga2V5"): string =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
const madeKeys = generateKeyPairSync("ed25519");

/** Accepted texts, and the line that each becomes. */
const accepted: readonly [sentence: string, text: string, line: string][] = [
  ["an Ed25519 line", ed25519, ed25519],
  ["an RSA line of 2048 bits", rsa2048, rsa2048],
  ["an RSA line of 3072 bits", rsa3072, rsa3072],
  ["an RSA line of 4096 bits", rsa4096, rsa4096],
  ["an RSA line of 2049 bits", rsaLine(modulusOf(2049)), rsaLine(modulusOf(2049))],
  ["an RSA exponent of 3", rsaLine(modulusOf(2048), 3n), rsaLine(modulusOf(2048), 3n)],
  ["an RSA exponent of 64 bits", rsaLine(modulusOf(4096), 2n ** 64n - 1n), rsaLine(modulusOf(4096), 2n ** 64n - 1n)],

  ["a line with a comment", `${ed25519} ada@example.com`, ed25519],
  ["a comment of several words", `${ed25519} Ada's   key, 2026`, ed25519],
  ["a comment with a no-break space, as my<U+00A0>laptop", `${ed25519} my\u00A0laptop`, ed25519],
  ["a comment with other spaces beyond ASCII", `${ed25519} my\u3000own\u202Flaptop\u2003`, ed25519],
  ["a comment that is not ASCII", `${ed25519} josé@büro 🔑`, ed25519],
  ["a comment with a # and a backslash at its end", `${ed25519} #1 CORP\\ada\\`, ed25519],
  ["a comment that names an algorithm", `${ed25519} my ssh-rsa successor`, ed25519],
  ["a line end of LF", `${ed25519} ada\n`, ed25519],
  ["a line end of CRLF", `${ed25519} ada\r\n`, ed25519],
  ["blank lines and white space around the line", ` \t\r\n\n  ${ed25519} ada \t\n \n`, ed25519],
  ["tabs and several spaces between the fields", ed25519.replace(" ", " \t  "), ed25519],
  ["a text of exactly 4096 characters", `${ed25519} ${"c".repeat(4096 - 81)}`, ed25519],

  ["the frame that ssh-keygen -e makes", rsa2048Frame, rsa2048],
  ["an Ed25519 frame, which becomes a line", frameOf(ed25519), ed25519],
  ["a frame with line ends of CRLF", frameOf(rsa2048, { end: "\r\n" }), rsa2048],
  ["a frame with line ends of CR", frameOf(rsa2048, { end: "\r" }), rsa2048],
  ["a frame with blank lines and white space around it", `\n \t\n${frame} \n\n`, rsa2048],
  ["a frame with several headers", frameWith("Subject: ada", "x-colour: blue: dark"), rsa2048],
  ["a header with no value", frameWith("Comment:"), rsa2048],
  ["a header continued twice", frameWith("Comment: one \\", "two \\", "three"), rsa2048],
  ["a header continued by CRLF", frameOf(rsa2048, { headers: ["Comment: one \\", "two"], end: "\r\n" }), rsa2048],
  ["a tag of 64 bytes", frameWith(`${"t".repeat(64)}: v`), rsa2048],
  ["a header value of 1024 bytes", frameWith(`Comment: ${"é".repeat(512)}`), rsa2048],
  ["the same by continuation", frameWith(`C: ${"v".repeat(600)}\\`, "v".repeat(424)), rsa2048],
  ["a frame whose base64 is one line", frame.replace(/[A-Za-z0-9+/=]{70}\n/g, (line) => line.trim()), rsa2048],
];

const refused: Record<string, readonly [sentence: string, code: PublicKeyRefusal, text: string][]> = {
  "no key at all": [
    ["no text", "empty", ""],
    ["nothing but white space", "empty", " \t\r\n \n"],
    ["a sentence", "unsupported-format", "please let me in"],
    ["a name without a key", "malformed-key", "ssh-ed25519"],
    ["base64 without a name", "unsupported-format", base64Of(ed25519)],
    ["a fingerprint", "unsupported-format", `256 ${fingerprints.ed25519} ada@example.com (ED25519)`],
    ["more than 4096 characters", "too-long", `${ed25519} ${"c".repeat(4096 - 80)}`],
    ["more than 4096 characters of white space", "too-long", " ".repeat(4097)],
  ],

  "private keys, even if the text has other faults": [
    ["a new OpenSSH key", "private-key", pem("OPENSSH PRIVATE KEY")],
    ["a PKCS#1 key", "private-key", pem("RSA PRIVATE KEY")],
    ["a SEC1 key", "private-key", pem("EC PRIVATE KEY")],
    ["a PKCS#8 key", "private-key", madeKeys.privateKey.export({ format: "pem", type: "pkcs8" }).toString()],
    ["an encrypted PKCS#8 key", "private-key", pem("ENCRYPTED PRIVATE KEY")],
    ["an encrypted SSH2 key", "private-key", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56wAAAAA="],
    ["an SSH1 key", "private-key", "SSH PRIVATE KEY FILE FORMAT 1.1\n\0\0"],
    ["a PuTTY key", "private-key", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n"],
    ["an OpenSSH key without its frame", "private-key", `${Buffer.from("openssh-key-v1\0").toString("base64")}AAAA`],
    ["a private key behind its public key", "private-key", `${ed25519}\n${pem("OPENSSH PRIVATE KEY")}`],
    ["a private key on the public key's line", "private-key", `${ed25519} ${pem("OPENSSH PRIVATE KEY")}`],
    ["a private key in JSON", "private-key", JSON.stringify({ KeyMaterial: pem("RSA PRIVATE KEY") })],
    ["a private key behind a byte order mark", "private-key", `\uFEFF${pem("OPENSSH PRIVATE KEY")}`],
    ["a private key of over 4096 characters", "private-key", pem("RSA PRIVATE KEY", "A".repeat(6000))],
  ],

  "characters which show nothing": [
    ["a byte order mark", "control-character", `\uFEFF${ed25519}`],
    ["nothing but a byte order mark", "control-character", "\uFEFF"],
    ["NUL", "control-character", `${ed25519}\0`],
    ["ESC in a comment", "control-character", `${ed25519} \u001B[2Jada`],
    ["DEL in a comment", "control-character", `${ed25519} ada\u007F`],
    ["backspace in a comment", "control-character", `${ed25519} ada\b`],
    ["vertical tab for a space", "control-character", ed25519.replace(" ", "\v")],
    ["form feed at the end", "control-character", `${ed25519}\f`],
    ["a C1 line break, U+0085", "control-character", `${ed25519} ada\u0085#Timestamp=1`],
    ["a line separator, U+2028", "control-character", `${ed25519} ada\u2028${otherEd25519}`],
    ["a paragraph separator, U+2029", "control-character", `${ed25519}\u2029`],
    ["a no-break space for a space", "unsupported-format", ed25519.replace(" ", "\u00A0")],
    ["a no-break space behind the base64", "invalid-base64", `${ed25519}\u00A0ada`],
    ["a zero-width space in the base64", "control-character", ed25519.replace("AAAAC3", "AAAA\u200BC3")],
    ["a right-to-left override in a comment", "control-character", `${ed25519} \u202Eada`],
    ["half of a surrogate pair in a comment", "control-character", `${ed25519} \uD83D`],
    ["ESC in a frame's header", "control-character", frameWith("Comment: \u001B[2J")],
  ],

  "more than one key": [
    ["two lines", "multiple-keys", `${ed25519}\n${otherEd25519}`],
    ["the same line twice", "multiple-keys", `${ed25519}\n${ed25519}`],
    ["two lines joined by CR", "multiple-keys", `${ed25519}\r${otherEd25519}`],
    ["two keys on one line", "multiple-keys", `${ed25519} ${otherEd25519}`],
    ["a key in the comment", "multiple-keys", `${ed25519} ada\t${rsa2048}`],
    ["a key in quotes in the comment", "multiple-keys", `${ed25519} "${rsa2048}"`],
    ["a key in the comment behind a hyphen", "multiple-keys", `${ed25519} -${rsa2048}`],
    ["a key in the value of an option", "multiple-keys", `environment="K=${otherEd25519}" ${ed25519}`],
    ["a key and one that is not supported", "multiple-keys", `${ed25519}\n${ecdsa}`],
    ["two frames", "multiple-keys", frame + frame],
    ["a line and a frame", "multiple-keys", `${ed25519}\n${frame}`],
    ["a frame in the comment", "multiple-keys", `${ed25519} ${frame}`],
    ["a frame and a line", "multiple-keys", frame + ed25519],
    ["a line in a frame's header", "multiple-keys", frameWith(`Comment: ${ed25519}`)],
    ["ssh-keyscan's output", "multiple-keys", `10.0.0.1 ${ed25519}\n10.0.0.1 ${rsa2048}\n`],
    ["two lines joined by nothing", "multiple-keys", ed25519 + otherEd25519],
  ],

  "one key and other lines": [
    ["a line of the agent's metadata", "extra-lines", `${ed25519}\n#Timestamp=9999999999`],
    ["the same behind CR", "extra-lines", `${ed25519}\r#Timestamp=9999999999`],
    ["the same behind CRLF, in what was a comment", "extra-lines", `${ed25519} ada\r\n#Caller=root\r\n`],
    ["a # line before the key", "extra-lines", `# Ada's key\n${ed25519}`],
    ["a wrapped line", "extra-lines", rsa2048.replace(/.{70}/g, "$&\n")],
    ["a line continued as a shell would", "extra-lines", `${ed25519} \\\nada`],
    ["a key that is commented out", "unsupported-format", `# ${ed25519}`],
    ["the same without a space", "unsupported-format", `#${ed25519}`],
  ],

  "options of authorized_keys": [
    ["a forced command", "options-not-allowed", `command="sh -c 'id'" ${ed25519}`],
    ["restrict", "options-not-allowed", `restrict ${rsa2048}`],
    ["several options", "options-not-allowed", `no-pty,from="10.0.0.0/8",command="id" ${ed25519}`],
    ["an option in other letters", "options-not-allowed", `No-Port-Forwarding ${ed25519}`],
    ["cert-authority", "options-not-allowed", `cert-authority ${ed25519}`],
  ],

  "other formats": [
    ["an SPKI key in PEM", "unsupported-format", madeKeys.publicKey.export({ format: "pem", type: "spki" }).toString()],
    ["a PKCS#1 key in PEM", "unsupported-format", pem("RSA PUBLIC KEY")],
    ["an X.509 certificate", "unsupported-format", pem("CERTIFICATE")],
    ["an SSH1 key", "unsupported-format", "2048 65537 25678901234567890123456789 ada@example.com"],
    ["a JSON Web Key", "unsupported-format", JSON.stringify(madeKeys.publicKey.export({ format: "jwk" }))],
    ["a line in JSON", "unsupported-format", JSON.stringify({ publicKey: ed25519 })],
    ["a line in quotes", "unsupported-format", `"${ed25519}"`],
    ["a known_hosts line", "unsupported-format", `bastion.example.com,10.0.0.1 ${ed25519}`],
    ["a hashed known_hosts line", "unsupported-format", `|1|c2FsdA==|aGFzaA== ${ed25519}`],
    ["a known_hosts authority", "unsupported-format", `@cert-authority *.example.com ${ed25519}`],
    ["a typographic hyphen in the name", "unsupported-format", ed25519.replace("-", "\u2010")],
  ],

  "other algorithms and certificates": [
    ["ECDSA", "unsupported-algorithm", ecdsa],
    ["DSA", "unsupported-algorithm", keyLine("ssh-dss", mpint(modulusOf(1024)))],
    ["an Ed25519 security key", "unsupported-algorithm", keyLine("sk-ssh-ed25519@openssh.com", sshString(blob))],
    ["an ECDSA security key", "unsupported-algorithm", keyLine("sk-ecdsa-sha2-nistp256@openssh.com", sshString(""))],
    ["the name of a signature, rsa-sha2-512", "unsupported-algorithm", rsa2048.replace("ssh-rsa", "rsa-sha2-512")],
    ["Ed448", "unsupported-algorithm", keyLine("ssh-ed448", sshString(Buffer.alloc(57, 7)))],
    ["a name in capitals", "unsupported-algorithm", rsa2048.replace("ssh-rsa", "SSH-RSA")],
    ["an ECDSA frame", "unsupported-algorithm", frameOf(ecdsa)],
    ["an Ed25519 certificate", "certificate", ed25519Certificate],
    ["an RSA certificate", "certificate", keyLine("ssh-rsa-cert-v01@openssh.com", sshString("nonce"))],
    ["a security key's certificate", "certificate", keyLine("sk-ssh-ed25519-cert-v01@openssh.com", sshString("nonce"))],
    ["a certificate under a plain name", "certificate", `ssh-ed25519 ${base64Of(ed25519Certificate)}`],
    ["a key under a certificate's name", "certificate", `ssh-ed25519-cert-v01@openssh.com ${base64Of(ed25519)}`],
    ["a certificate in a frame", "certificate", frameOf(ed25519Certificate)],
    ["an RSA key under an Ed25519 name", "algorithm-mismatch", `ssh-ed25519 ${base64Of(rsa2048)}`],
    ["an Ed25519 key under an RSA name", "algorithm-mismatch", `ssh-rsa ${base64Of(ed25519)}`],
    ["an ECDSA key under an RSA name", "algorithm-mismatch", `ssh-rsa ${base64Of(ecdsa)}`],
  ],

  "base64 that is not canonical": [
    ["padding too much", "invalid-base64", `${ed25519}=`],
    ["padding left out", "invalid-base64", rsa4096.replace(/=+$/, "")],
    ["bits behind the last byte", "invalid-base64", rsa4096.replace(/Q==$/, "R==")],
    ["the alphabet of URLs", "invalid-base64", rsa2048.replaceAll("+", "-").replaceAll("/", "_")],
    ["a space inside", "invalid-base64", ed25519.replace("IB9mi", "IB9 mi")],
    ["a backslash at the end", "invalid-base64", `${ed25519}\\`],
    ["padding in the middle", "invalid-base64", ed25519.replace("IB9m", "IB==")],
    ["a letter of another script", "invalid-base64", ed25519.replace("C3", "С3")],
    ["the alphabet of URLs in a frame", "invalid-base64", frame.replaceAll("+", "-").replaceAll("/", "_")],
    ["padding in the middle of a frame", "invalid-base64", frameOf(rsa2048).replace("\nCON4", "\nCO==")],
  ],

  "keys that are wrongly encoded": [
    ["a key cut short", "malformed-key", ed25519.slice(0, -4)],
    ["a space inside, where four characters end", "malformed-key", ed25519.replace("IB9m", " IB9m")],
    ["three bytes", "malformed-key", "ssh-ed25519 AAAA"],
    ["a name cut short", "malformed-key", `ssh-ed25519 ${blob.subarray(0, 9).toString("base64")}`],
    ["a byte behind the key", "malformed-key", keyLine("ssh-ed25519", blob.subarray(15), Buffer.alloc(1))],
    ["a string behind the key", "malformed-key", keyLine("ssh-ed25519", blob.subarray(15), sshString(""))],
    ["31 bytes of Ed25519", "malformed-key", keyLine("ssh-ed25519", sshString(Buffer.alloc(31, 7)))],
    ["33 bytes of Ed25519", "malformed-key", keyLine("ssh-ed25519", sshString(Buffer.alloc(33, 7)))],
    ["a length of nearly 4 GiB", "malformed-key", keyLine("ssh-ed25519", Buffer.alloc(36, 0xff))],
    ["RSA without a modulus", "malformed-key", rsaOf(mpint(65537n))],
    ["RSA with a third number", "malformed-key", rsaOf(mpint(65537n), n2048, mpint(7n))],
    ["a negative modulus", "malformed-key", rsaOf(mpint(65537n), sshString(Buffer.alloc(256, 0xff)))],
    ["a negative exponent", "malformed-key", rsaOf(sshString(Buffer.from([0xff])), n2048)],
    ["a modulus with a needless zero byte", "malformed-key", rsaOf(mpint(3n), sshString(Buffer.alloc(257, "\0\x7f")))],
    ["an exponent with a needless zero byte", "malformed-key", rsaOf(sshString(Buffer.from([0, 3])), n2048)],
    ["a zero that is not the empty string", "malformed-key", rsaOf(sshString("\0"), n2048)],
    ["a frame with no base64", "malformed-key", frame.replace(/\nA[^-]*\n/, "\n")],
  ],

  "RSA keys out of bounds": [
    ["a modulus of 1024 bits", "modulus-too-short", rsaLine(modulusOf(1024))],
    ["a modulus of 2047 bits", "modulus-too-short", rsaLine(modulusOf(2047))],
    ["a modulus of zero", "modulus-too-short", rsaOf(mpint(65537n), sshString(""))],
    ["a modulus of 4097 bits", "modulus-too-long", rsaLine(modulusOf(4097))],
    ["a modulus of 16384 bits", "modulus-too-long", rsaLine(modulusOf(16384))],
    ["an exponent of zero", "invalid-exponent", rsaOf(sshString(""), n2048)],
    ["an exponent of 1", "invalid-exponent", rsaLine(modulusOf(2048), 1n)],
    ["an even exponent", "invalid-exponent", rsaLine(modulusOf(2048), 65536n)],
    ["an exponent of 65 bits", "invalid-exponent", rsaLine(modulusOf(2048), 2n ** 64n + 1n)],
    ["an even modulus", "weak-key", rsaLine(modulusOf(2048) + 1n)],
  ],

  "malformed frames": [
    ["no END", "malformed-frame", frame.replace(/---- END.*\n/, "")],
    ["a BEGIN alone", "malformed-frame", "---- BEGIN SSH2 PUBLIC KEY ----"],
    ["text before BEGIN", "malformed-frame", `Ada's key:\n${frame}`],
    ["text before BEGIN on its line", "malformed-frame", `# ${frame}`],
    ["text after END", "malformed-frame", `${frame}#Timestamp=9999999999`],
    ["text behind END on its line", "malformed-frame", `${frame.trim()} #`],
    ["a second END", "malformed-frame", `${frame}---- END SSH2 PUBLIC KEY ----`],
    ["a frame on one line", "malformed-frame", frame.replaceAll("\n", " ")],
    ["a frame in JSON", "malformed-frame", JSON.stringify({ publicKey: frame })],
    ["a header without a colon", "malformed-frame", frameWith("Comment of Ada")],
    ["a header without a tag", "malformed-frame", frameWith(": Ada")],
    ["a header behind the base64", "malformed-frame", frame.replace("\n---- END", "\nComment: Ada\n---- END")],
    ["a tag with a space", "malformed-frame", frameWith("My comment: Ada")],
    ["a tag of 65 bytes", "malformed-frame", frameWith(`${"t".repeat(65)}: v`)],
    ["a header value of 1025 bytes", "malformed-frame", frameWith(`Comment: ${"é".repeat(512)}.`)],
    ["the same by continuation", "malformed-frame", frameWith(`C: ${"v".repeat(600)}\\`, "v".repeat(425))],
    ["a continuation which swallows END", "malformed-frame", frame.replace(/\n[\s\S]*\n----/, "\nC: Ada\\\n----")],
    ["a continuation which swallows one END", "malformed-frame", frameWith("C: \\", "---- END SSH2 PUBLIC KEY ----")],
    ["a continuation behind the base64", "malformed-frame", frame.replace("\n---- END", "\\\n---- END")],
    ["a continued line of base64", "malformed-frame", frame.replace(/(\nA.*)\n/, "$1\\\n")],
    ["a blank line in a frame", "malformed-frame", frame.replace("\n", "\n\n")],
    ["a space in a frame's base64", "malformed-frame", frame.replace("\nCON4", "\nCON 4")],
  ],
};

describe("accepts", () => {
  test.each(accepted)("%s", (_sentence, text, line) => {
    expect(parsePublicKey(text)).toEqual({
      key: { algorithm: line.split(" ")[0], line, fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/) },
    });
  });

  test("an Ed25519 line is exactly the 80 characters that the service's model asks for", () => {
    expect(ed25519).toHaveLength(80);
  });

  test("a fingerprint is what ssh-keygen once printed", () => {
    for (const [name, fingerprint] of Object.entries(fingerprints)) {
      expect(parsePublicKey(keys[name as keyof typeof fingerprints])).toMatchObject({ key: { fingerprint } });
    }
  });
});

describe("ssh-keygen -l reads our line and prints our fingerprint for", () => {
  test.each(accepted)("%s", (_sentence, text) => {
    const parsed = parsePublicKey(text);
    if ("refusal" in parsed) throw new Error(parsed.refusal);
    const keygen = spawnSync("ssh-keygen", ["-l", "-f", "-"], { input: `${parsed.key.line}\n`, encoding: "utf8" });
    expect(keygen).toMatchObject({ status: 0, stderr: "" });
    expect(keygen.stdout.split(" ")[1]).toBe(parsed.key.fingerprint);
  });
});

for (const [group, rows] of Object.entries(refused)) {
  describe(`refuses ${group}`, () => {
    test.each(rows)("%s: %s", (_sentence, refusal, text) => {
      expect(parsePublicKey(text)).toEqual({ refusal });
    });
  });
}

describe("refusals", () => {
  const codes = Object.keys(publicKeyRefusals) as PublicKeyRefusal[];

  test("each has a row above", () => {
    expect(new Set(Object.values(refused).flatMap((rows) => rows.map(([, code]) => code)))).toEqual(new Set(codes));
  });

  test.each(codes)("%s is a sentence for the caller", (code) => {
    expect(publicKeyRefusals[code]).toMatch(/^(publicKey |[A-Z])[^\n]+\.$/);
  });
});
