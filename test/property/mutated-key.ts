import fc from "fast-check";
import { base64Of } from "../fixtures/keys.ts";
import { anyDress, anyKey } from "./any-key.ts";

/** One change to a text; both positions are taken modulo its length. */
interface Edit {
  readonly kind: "replace" | "duplicate" | "truncate" | "swap" | "flip";
  readonly at: number;
  readonly other: number;
  readonly length: number;
  readonly piece: string;
}

const anyEdit = (piece: fc.Arbitrary<string>): fc.Arbitrary<Edit> =>
  fc.record({
    kind: fc.constantFrom("replace", "replace", "duplicate", "truncate", "swap", "flip", "flip"),
    at: fc.nat({ max: 4096 }),
    other: fc.nat({ max: 4096 }),
    length: fc.nat({ max: 8 }),
    piece,
  });

/** `replace` also inserts, where `length` is 0, and deletes, where `piece` is empty. */
function edited(text: string, { kind, at, other, length, piece }: Edit): string {
  if (text === "") return piece;
  const start = at % text.length;
  const [before, after] = [text.slice(0, start), text.slice(start)];
  switch (kind) {
    case "replace":
      return before + piece + after.slice(length);
    case "duplicate":
      return before + after.slice(0, length) + after;
    case "truncate":
      return before;
    case "swap":
      return swapped(text, start, other % text.length);
    case "flip":
      return before + String.fromCharCode(after.charCodeAt(0) ^ (1 << (other % 8))) + after.slice(1);
  }
}

function swapped(text: string, one: number, other: number): string {
  const [first, second] = [Math.min(one, other), Math.max(one, other)];
  const between = text.slice(first + 1, second);
  if (first === second) return text;
  return text.slice(0, first) + text.charAt(second) + between + text.charAt(first) + text.slice(second + 1);
}

const lines = ["---- BEGIN SSH2 PUBLIC KEY ----", "---- END SSH2 PUBLIC KEY ----", "Comment: ada", "Subject: a \\"];
const piece = fc.oneof(
  fc.constantFrom("", " ", "\t", "\r", "\n", "\r\n", "\\", "\\\n", "=", "==", "#", ":", "-", "_", "A", "AAAA", "\0"),
  fc.constantFrom(...lines.map((line) => `\n${line}\n`), ...lines.map((line) => `${line}\n`)),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const bytes = fc.uint8Array({ maxLength: 4 }).map((some) => Buffer.from(some).toString("latin1"));

/** The line or frame of one of these keys, with up to two changes to the bytes of its key, and up to two to its text. */
export const mutated = (anyLine: fc.Arbitrary<string>) =>
  fc
    .tuple(anyLine, fc.array(anyEdit(bytes), { maxLength: 2 }), anyDress, fc.array(anyEdit(piece), { maxLength: 2 }))
    .map(([line, byteEdits, dress, textEdits]) => {
      const blob = byteEdits.reduce(edited, Buffer.from(base64Of(line), "base64").toString("latin1"));
      const mutatedLine = `${line.split(" ")[0]} ${Buffer.from(blob, "latin1").toString("base64")}`;
      return textEdits.reduce(edited, dress(mutatedLine));
    });

export const mutatedKey = mutated(anyKey);
