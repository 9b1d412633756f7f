import { type PublicKeyRefusal, parsePublicKey, publicKeyRefusals } from "../../ssh-format/public-key.ts";
import { type Adviser, isPutty, keyType, onPuttyKey } from "./key-advice.ts";

/**
 * The one public key in the text of a file, without its comment.
 *
 * @throws Failure `noInput`, which shows nothing of the file.
 */
export function publicKeyIn(text: string, advice: Adviser): string {
  refuseOtherFormats(text, advice);
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .filter((line) => !/^\s*(?:#|$)/.test(line));
  const found = parsePublicKey(lines.map(withoutComment).join("\n"));
  if ("key" in found) return found.key.line;
  const { says, hint } = adviceOn(found.refusal);
  throw advice.fail(says, hint);
}

function refuseOtherFormats(text: string, advice: Adviser): void {
  const { word, fail, rewrittenBy, decoding, makeAnotherKey } = advice;
  if (isPutty(text)) throw onPuttyKey(advice);
  if (text.includes("PRIVATE KEY"))
    throw fail("is a private key: it is not sent anywhere", "give the file of its public half, which ends in .pub");
  // Read as UTF-8, its byte order mark is two replacement characters.
  if (/^\uFFFD\uFFFD|^.?\0/.test(text))
    throw fail("is UTF-16, which ssh does not read", `convert it: ${rewrittenBy(decoding)}`);
  const pem = /^-----BEGIN (RSA )?PUBLIC KEY-----/m.exec(text);
  if (pem === null) return;
  if (keyType(text) === "ed25519")
    throw fail("is an Ed25519 key in PKCS#8, which ssh-keygen does not convert", makeAnotherKey);
  throw fail(
    "is in a format that ssh does not read",
    `convert it: ${rewrittenBy(`ssh-keygen -i -m ${pem[1] ? "PEM" : "PKCS8"} -f ${word}`)}`,
  );
}

/** A comment is dropped, so it may hold anything; options and further keys may not pass for one. */
function withoutComment(line: string): string {
  const [, key] = /^\s*((?:ssh|ecdsa|sk-)[\w@.-]*[ \t]+[\w+/=]+)\s/.exec(line) ?? [];
  return key === undefined || /\sAAAA[\w+/]{20}/.test(line.slice(key.length)) ? line : key;
}

/** The API's own sentence, about a file: what is wrong, then what to do. */
function adviceOn(refusal: PublicKeyRefusal): { readonly says: string; readonly hint: string } {
  if (
    refusal === "empty" ||
    refusal === "unsupported-format" ||
    refusal === "malformed-key" ||
    refusal === "invalid-base64"
  )
    return { says: "is not a public key", hint: "it is one line, as ssh-keygen writes it: ssh-ed25519 AAAA…" };
  const sentence = publicKeyRefusals[refusal].replace(/\.$/, "");
  const [says = "", ...hints] = sentence.replace(/^publicKey /, "").split("; ");
  return {
    says: sentence.startsWith("publicKey ") ? says : `cannot be used: ${says}`,
    hint: hints.join("; ") || "use another key",
  };
}
