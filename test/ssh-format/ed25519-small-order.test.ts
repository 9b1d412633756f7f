import { describe, expect, test } from "@jest/globals";
import { smallOrderPoints } from "../../ssh-format/ed25519-small-order.ts";
import { parsePublicKey } from "../../ssh-format/public-key.ts";
import { frameOf, keyLine, sshString } from "../fixtures/keys.ts";

describe("refuses Ed25519 points of small order", () => {
  const p = 2n ** 255n - 19n;
  const order = 2n ** 252n + 27742317777372353535851937790883648493n; // of the base point, RFC 8032 §5.1
  const modulo = (a: bigint): bigint => ((a % p) + p) % p;
  const power = (a: bigint, n: bigint): bigint =>
    n === 0n ? 1n : modulo(power(modulo(a * a), n / 2n) * (n % 2n === 1n ? a : 1n));
  const inverse = (a: bigint): bigint => power(modulo(a), p - 2n);
  const d = modulo(-121665n * inverse(121666n));

  type Point = readonly [x: bigint, y: bigint];
  const neutral: Point = [0n, 1n];
  const add = ([x1, y1]: Point, [x2, y2]: Point): Point => {
    const t = modulo(d * x1 * x2 * y1 * y2);
    return [modulo((x1 * y2 + x2 * y1) * inverse(1n + t)), modulo((y1 * y2 + x1 * x2) * inverse(1n - t))];
  };
  const multiply = (n: bigint, point: Point): Point =>
    n === 0n ? neutral : add(multiply(n / 2n, add(point, point)), n % 2n === 1n ? point : neutral);
  /** The point of a y, if there is one: x² = (y² - 1) / (dy² + 1), and p = 5 mod 8. */
  const pointAt = (y: bigint): Point | undefined => {
    const square = modulo((y * y - 1n) * inverse(d * y * y + 1n));
    const root = power(square, (p + 3n) / 8n);
    const x = [root, modulo(root * power(2n, (p - 1n) / 4n))].find(
      (candidate) => modulo(candidate * candidate) === square,
    );
    return x === undefined ? undefined : [x, y];
  };
  const encode = (y: bigint, sign = 0n): Buffer =>
    Buffer.from((y + (sign << 255n)).toString(16).padStart(64, "0"), "hex").reverse();
  const isNeutral = ([x, y]: Point): boolean => x === 0n && y === 1n;

  /** Any point times the base point's order has an order that divides 8; the first of order 8 generates all eight. */
  const generator = findGenerator();
  function findGenerator(): Point {
    for (let y = 0n; ; y += 1n) {
      const point = pointAt(y);
      const found = point && multiply(order, point);
      if (found && !isNeutral(multiply(4n, found))) return found;
    }
  }
  const torsion = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n].map((n) => multiply(n, generator));
  /** A y below 19 has a second encoding of 255 bits. */
  const ys = [...new Set(torsion.map(([, y]) => y))].flatMap((y) => (y < 19n ? [y, y + p] : [y]));

  test("the list holds every encoding of the eight points, and nothing else", () => {
    expect(torsion.every((point) => isNeutral(multiply(8n, point)))).toBe(true);
    expect(new Set(torsion.map(String)).size).toBe(8);
    expect(smallOrderPoints).toEqual(new Set(ys.map((y) => encode(y).toString("hex"))));
  });

  test.each(ys.flatMap((y) => [encode(y), encode(y, 1n)]).map((point) => [point.toString("hex")]))("%s", (hex) => {
    const line = keyLine("ssh-ed25519", sshString(Buffer.from(hex, "hex")));
    expect(parsePublicKey(line)).toEqual({ refusal: "weak-key" });
    expect(parsePublicKey(frameOf(line))).toEqual({ refusal: "weak-key" });
  });
});
