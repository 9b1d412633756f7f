import fc from "fast-check";
import { parsePublicKey } from "../../ssh-format/public-key.ts";
import { base64Of, keyLine, keys, rsaLine, sshString } from "../fixtures/keys.ts";

const ed25519 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((point) => keyLine("ssh-ed25519", sshString(Buffer.from(point))));

const oddNumber = (minBits: number, maxBits: number) =>
  fc
    .integer({ min: minBits, max: maxBits })
    .chain((bits) => fc.bigInt({ min: 2n ** BigInt(bits - 1), max: 2n ** BigInt(bits) - 1n }))
    .map((number) => number | 1n);
const rsa = fc.tuple(oddNumber(2048, 4096), oddNumber(2, 64)).map(([modulus, exponent]) => rsaLine(modulus, exponent));

/** The line of a key that is accepted. */
export const anyKey = fc
  .oneof(fc.constantFrom(keys.ed25519, keys.rsa2048, keys.rsa3072, keys.rsa4096), ed25519, rsa)
  .filter((line) => "key" in parsePublicKey(line)); // an Ed25519 point of small order is not

/** Text of one line, of characters that show, and no backslash, which at a header's end means that it goes on. */
const words = fc
  .string({ unit: "binary", maxLength: 40 })
  .map((text) => text.replace(/(?! )[\p{C}\p{Z}]|\\/gu, "").trim());

const tag = fc.oneof(
  fc.constantFrom("Comment", "Subject", "x-latchkey", "----", "AAAA"),
  fc.string({ unit: fc.constantFrom(..."!#=+/-0AZaz_~"), minLength: 1, maxLength: 64 }),
);
/** Also what a reader might take for the key: the base64 of another one. */
const value = fc.oneof(words, fc.constantFrom(base64Of(keys.otherEd25519), base64Of(keys.otherEd25519).slice(0, 40)));

/** The lines of one header (RFC 4716 §3.3): all but the last are continued. */
const header = fc
  .tuple(tag, fc.array(value, { minLength: 1, maxLength: 3 }))
  .map(([name, parts]) => `${name}: ${parts.join("\\\n")}`.split("\n"));

/** Writes a line's key as a frame of RFC 4716, with some of the headers, widths and line ends that the RFC allows. */
export const anyFrame = fc
  .record({
    headers: fc.array(header, { maxLength: 3 }),
    end: fc.constantFrom("\n", "\r\n", "\r"),
    width: fc.integer({ min: 4, max: 72 }),
  })
  .map(({ headers, end, width }) => (line: string) => {
    const body = base64Of(line).match(new RegExp(`.{1,${width}}`, "g")) ?? [];
    const lines = ["---- BEGIN SSH2 PUBLIC KEY ----", ...headers.flat(), ...body, "---- END SSH2 PUBLIC KEY ----", ""];
    return lines.join(end);
  });

/** Writes a line's key as a person may send it: bare, with a comment, or as a frame. */
export const anyDress = fc.oneof(
  fc.constant((line: string) => line),
  words.map((comment) => (line: string) => `${line} ${comment}`),
  anyFrame,
);
