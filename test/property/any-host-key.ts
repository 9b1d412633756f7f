import { createECDH } from "node:crypto";
import fc from "fast-check";
import { ecdsaLine } from "../fixtures/host-keys.ts";
import { base64Of } from "../fixtures/keys.ts";
import { anyKey } from "./any-key.ts";
import { mutated } from "./mutated-key.ts";

const curves = [
  { name: "nistp256", openssl: "prime256v1", bytes: 32 },
  { name: "nistp384", openssl: "secp384r1", bytes: 48 },
  { name: "nistp521", openssl: "secp521r1", bytes: 66 },
] as const;

/** The private number is smaller than any of the curves' orders. */
const ecdsa = fc
  .tuple(fc.constantFrom(...curves), fc.bigInt({ min: 1n, max: 2n ** 255n }))
  .map(([{ name, openssl, bytes }, secret]) => {
    const pair = createECDH(openssl);
    pair.setPrivateKey(Buffer.from(secret.toString(16).padStart(2 * bytes, "0"), "hex"));
    return ecdsaLine(`ecdsa-sha2-${name}`, name, pair.getPublicKey());
  });

/** The line of a host key that is accepted: that of a caller's key is one, too. */
export const anyHostKey = fc.oneof(anyKey, ecdsa);

/** The same key but for one bit. */
export function withFlippedBit(line: string, position: number): string {
  const blob = Buffer.from(base64Of(line), "base64");
  const bit = position % (8 * blob.length);
  blob.writeUInt8(blob.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return `${line.split(" ")[0]} ${blob.toString("base64")}`;
}

export const mutatedHostKey = mutated(anyHostKey);
