import { latin1Of } from "./bytes.ts";

/** @returns undefined unless the text is canonical base64 (RFC 4648 §3.5, §4): padded, without white space or stray bits. */
export function decodeBase64(text: string): Uint8Array | undefined {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  // atob() is lenient; bytes have one canonical encoding.
  return btoa(binary) === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : undefined;
}

export function encodeBase64(bytes: Uint8Array): string {
  return btoa(latin1Of(bytes));
}
