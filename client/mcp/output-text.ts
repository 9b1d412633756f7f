import type { CollectedStream } from "./ports.ts";
import { visibleLines } from "./untrusted-text.ts";

/** Bytes that are shown of output that is not text. */
const mostOfBinary = 1024;
/** Characters that are shown: what does not show takes several. */
const mostShown = 32 * 1024;

export interface OutputText {
  readonly text: string;
  /** How many there were. */
  readonly bytes: number;
  /** Whether the text is only the beginning. */
  readonly isTruncated: boolean;
  /** Whether it is not UTF-8, or has a zero byte: the text is a hint at most. */
  readonly isBinary: boolean;
}

/** What a stream has as text. */
export function outputText({ kept, bytes }: CollectedStream): OutputText {
  const decoded = decode(kept, bytes > kept.length);
  const isBinary = decoded === undefined || decoded.includes("\0");
  const shown = visibleLines(isBinary ? new TextDecoder().decode(kept.subarray(0, mostOfBinary)) : decoded);
  const text = shown.slice(0, mostShown);
  const isTruncated = bytes > (isBinary ? Math.min(mostOfBinary, kept.length) : kept.length) || text !== shown;
  return { text, bytes, isTruncated, isBinary };
}

/** @returns undefined if it is not UTF-8. A character that was cut at the end is left out. */
function decode(bytes: Uint8Array, isCut: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
  } catch {
    return undefined;
  }
}
