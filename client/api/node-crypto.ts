import { createHash, createHmac, randomUUID } from "node:crypto";
import type { SigningCrypto } from "../../sdk/sigv4.ts";

/** Node's own: WebCrypto there takes several milliseconds to load. */
export const nodeCrypto: SigningCrypto = {
  sha256: (text) => createHash("sha256").update(text).digest(),
  hmac: (key, text) => createHmac("sha256", key).update(text).digest(),
  randomUUID,
};
