import type { PublicKeyRefusal } from "./public-key-refusals.ts";

const begin = "---- BEGIN SSH2 PUBLIC KEY ----"; // RFC 4716 §3.2
const end = "---- END SSH2 PUBLIC KEY ----";

const maxValueBytes = 1024; // RFC 4716 §3.3
const header = /^[!-9;-~]{1,64}: ?(?<value>.*)$/; // the tag is visible ASCII of at most 64 bytes, RFC 4716 §3.3
const bodyLine = /^[\w+/=-]+$/; // base64url's `-` and `_` too, so that its refusal is `invalid-base64`

export const isFrame = (text: string): boolean => text.includes(begin);

/**
 * Reads an SSH2 public key frame (RFC 4716) and drops its headers: BEGIN, headers (`Tag: value`, continued by a `\` at the end of a
 * line), lines of base64, END. Lines end in LF, CRLF or CR, and may be longer than the RFC's 72 bytes. It does not check the base64.
 *
 * @param text trimmed, and without control characters other than tab, CR and LF.
 */
export function readFrame(text: string): { algorithm: undefined; base64: string } | { refusal: PublicKeyRefusal } {
  const lines = text.split(/\r\n|\r|\n/);
  // The first END must be the last line, even if the line before it is a header that continues.
  if (lines[0] !== begin || lines.indexOf(end) !== lines.length - 1) return { refusal: "malformed-frame" };

  const inner = lines.slice(1, -1);
  while (inner[0]?.includes(":")) {
    const lastLine = inner.findIndex((line) => !line.endsWith("\\")); // -1 takes no line, and that is not a header
    const unfolded = inner
      .splice(0, lastLine + 1)
      .join("\n")
      .replaceAll("\\\n", "");
    if (!isHeader(unfolded)) return { refusal: "malformed-frame" };
  }
  if (!inner.every((line) => bodyLine.test(line))) return { refusal: "malformed-frame" };
  return { algorithm: undefined, base64: inner.join("") }; // a frame does not name it
}

function isHeader(line: string): boolean {
  const value = header.exec(line)?.groups?.["value"];
  return value !== undefined && new TextEncoder().encode(value).length <= maxValueBytes;
}
