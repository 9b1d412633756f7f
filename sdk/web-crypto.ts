import type { SigningCrypto } from "./sigv4.ts";

const utf8 = new TextEncoder();
const algorithm = { name: "HMAC", hash: "SHA-256" };

/** WebCrypto, in browsers and Node.js. */
export const webCrypto: SigningCrypto = {
  sha256: async (text) => new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(text))),
  hmac: async (key, text) => {
    const imported = await crypto.subtle.importKey("raw", new Uint8Array(key), algorithm, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8.encode(text)));
  },
  randomUUID: () => crypto.randomUUID(),
};
