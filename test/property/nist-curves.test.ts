import { createECDH, ECDH } from "node:crypto";
import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { isOnCurve } from "../../ssh-format/nist-curves.ts";
import { testProperty } from "../support/property.ts";

const curves = [
  { name: "nistp256", openssl: "prime256v1", size: 32, p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n },
  { name: "nistp384", openssl: "secp384r1", size: 48, p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n },
  { name: "nistp521", openssl: "secp521r1", size: 66, p: 2n ** 521n - 1n },
] as const;
type Curve = (typeof curves)[number];

const bytesOf = (number: bigint, size: number) => Buffer.from(number.toString(16).padStart(2 * size, "0"), "hex");
const numberOf = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`);

function opensslAccepts(point: Buffer, { openssl }: Curve): boolean {
  try {
    ECDH.convertKey(point, openssl);
    return point[0] === 0x04; // OpenSSL also reads points in other encodings
  } catch {
    return false;
  }
}

/** The point of a private key: smaller than any of the curves' orders. */
function pointOf(secret: bigint, { openssl, size }: Curve): Buffer {
  const pair = createECDH(openssl);
  pair.setPrivateKey(bytesOf(secret, size));
  return pair.getPublicKey();
}

/** The point with this x, if there is one: OpenSSL finds y. */
function pointAt(x: bigint, { openssl, size }: Curve): Buffer | undefined {
  try {
    const compressed = Buffer.concat([Buffer.of(0x02), bytesOf(x, size)]);
    return Buffer.from(ECDH.convertKey(compressed, openssl, undefined, undefined, "uncompressed"));
  } catch {
    return undefined;
  }
}

const anyCurve = fc.constantFrom(...curves);
const anySecret = fc.bigInt({ min: 1n, max: 2n ** 255n });
const anyPoint = fc.tuple(anyCurve, anySecret).map(([curve, secret]) => ({ curve, point: pointOf(secret, curve) }));

/** Points, and points with one bit flipped, another length, another encoding, or read as a point of another curve. */
const nearlyPoint = fc.oneof(
  fc.tuple(anyPoint, fc.nat()).map(([{ curve, point }, position]) => {
    const bit = position % (8 * point.length);
    point.writeUInt8(point.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return { curve, point };
  }),
  fc.tuple(anyPoint, anyCurve).map(([{ point }, curve]) => ({ curve, point })),
  fc.tuple(anyPoint, fc.nat({ max: 140 })).map(([{ curve, point }, end]) => ({ curve, point: point.subarray(0, end) })),
  anyPoint.map(({ curve, point }) => ({ curve, point: Buffer.concat([point, Buffer.of(0)]) })),
  anyPoint.map(({ curve, point }) => ({ curve, point: ECDH.convertKey(point, curve.openssl) as Buffer })),
  fc.tuple(anyCurve, fc.uint8Array({ maxLength: 140 })).map(([curve, bytes]) => ({ curve, point: Buffer.from(bytes) })),
);

describe("a point of a NIST curve", () => {
  testProperty(
    "is on the curve if OpenSSL made it",
    { small: 75, large: 5_000 },
    fc.property(anyPoint, ({ curve, point }) => {
      expect(isOnCurve(point, curve.name)).toBe(true);
    }),
  );

  testProperty(
    "is on the curve exactly if OpenSSL accepts it",
    { small: 500, large: 25_000 },
    fc.property(nearlyPoint, ({ curve, point }) => {
      expect(isOnCurve(point, curve.name)).toBe(opensslAccepts(point, curve));
    }),
  );

  testProperty(
    "has coordinates below p: a point has one encoding",
    { small: 75, large: 5_000 },
    // A coordinate so small still fits into its bytes when p is added.
    fc.property(anyCurve, fc.bigInt({ min: 0n, max: 2n ** 100n }), (curve, x) => {
      const { name, size, p } = curve;
      const point = pointAt(x, curve);
      fc.pre(point !== undefined);
      const y = numberOf(point.subarray(1 + size));
      const encode = (...coordinates: bigint[]) =>
        Buffer.concat([Buffer.of(0x04), ...coordinates.map((coordinate) => bytesOf(coordinate, size))]);
      expect(isOnCurve(encode(x, y), name)).toBe(true);
      expect(isOnCurve(encode(x + p, y), name)).toBe(false);
      expect(opensslAccepts(encode(x + p, y), curve)).toBe(false);
      if (name === "nistp521") expect(isOnCurve(encode(x, y + p), name)).toBe(false);
    }),
  );
});
