import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { commonRange, contains, readRange } from "../../lambda/reachability/ip-range.ts";
import { allowedPart, type Rule } from "../../lambda/reachability/traffic.ts";
import { testProperty } from "../support/property.ts";

const version = fc.constantFrom<4 | 6>(4, 6);
const address4 = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }).map((parts) => parts.join("."));
const address6 = fc
  .array(fc.nat(65_535), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((group) => group.toString(16)).join(":"));
const cidr = version.chain((each) => (each === 4 ? fc.tuple(address4, fc.nat(32)) : fc.tuple(address6, fc.nat(128))));
const range = (text: string) => {
  const found = readRange(text);
  if (!found) throw new Error(`${text} is a range`);
  return found;
};

describe("CIDR blocks", () => {
  testProperty(
    "a block has the address that it is written with, and as many as its prefix says",
    { small: 300, large: 20_000 },
    fc.property(cidr, ([address, length]) => {
      const block = range(`${address}/${length}`);
      expect(contains(block, range(address))).toBe(true);
      const bits = block.version === 4 ? 32 : 128;
      expect(block.last - block.first + 1n).toBe(1n << BigInt(bits - length));
      expect(block.first % (block.last - block.first + 1n)).toBe(0n);
    }),
  );

  testProperty(
    "of two blocks one contains the other, or they have nothing in common",
    { small: 300, large: 20_000 },
    fc.property(cidr, cidr, ([one, oneLength], [other, otherLength]) => {
      const [first, second] = [range(`${one}/${oneLength}`), range(`${other}/${otherLength}`)];
      const common = commonRange(first, second);
      expect(common !== undefined).toBe(contains(first, second) || contains(second, first));
      if (common) expect([first, second]).toContainEqual(common);
    }),
  );

  test.each(["", "10.0.0.0/33", "2001:db8::/129", "10.0.0/8", "fe80::1%eth0", "10.0.0.0/8/8", "::/0 ", "host"])(
    "%j is no range",
    (text) => {
      expect(readRange(text)).toBeUndefined();
    },
  );

  test("an IPv6 address is the same in every spelling", () => {
    expect(range("2001:DB8:0:0::1")).toEqual(range("2001:db8::1"));
    expect(range("::ffff:10.0.0.1")).toEqual(range("::ffff:a00:1"));
    expect(range("::")).toEqual(range("0:0:0:0:0:0:0:0"));
  });
});

/** A small world of 16 addresses and 16 ports, in which each packet can be tried. */
const span = (most: number) => fc.tuple(fc.nat(most), fc.nat(most)).map((ends) => ends.sort((a, b) => a - b));
const anyRule = fc.record({ allows: fc.boolean(), addresses: span(15), ports: span(15) });
type Box = { addresses: number[]; ports: number[] };
const traffic = ({ addresses: [a = 0, b = 0], ports: [first = 0, last = 0] }: Box) => ({
  addresses: { version: 4 as const, first: BigInt(a), last: BigInt(b) },
  ports: { first, last },
});
const ruleOf = ({ allows, ...box }: Box & { allows: boolean }): Rule => ({ allows, ...traffic(box) });

describe("rules in order", () => {
  testProperty(
    "what they allow of some traffic is what they allow of its packets, one by one",
    { small: 300, large: 20_000 },
    fc.property(
      fc.array(anyRule, { maxLength: 8 }),
      fc.record({ addresses: span(15), ports: span(15) }),
      (rules, box) => {
        const verdicts = new Set<boolean>();
        const [a = 0, b = 0] = box.addresses;
        const [first = 0, last = 0] = box.ports;
        for (let address = a; address <= b; address += 1) {
          for (let port = first; port <= last; port += 1) {
            const inside = ([low = 0, high = 0]: number[], value: number) => low <= value && value <= high;
            const deciding = rules.find((rule) => inside(rule.addresses, address) && inside(rule.ports, port));
            verdicts.add(deciding?.allows ?? false);
          }
        }
        const expected = verdicts.size === 2 ? "some" : verdicts.has(true) ? "all" : "none";
        expect(allowedPart(rules.map(ruleOf), traffic(box))).toBe(expected);
      },
    ),
  );

  testProperty(
    "if all of them allow, their order does not matter",
    { small: 300, large: 20_000 },
    fc.property(fc.array(anyRule, { maxLength: 8 }), (rules) => {
      const allowing = rules.map((rule) => ruleOf({ ...rule, allows: true }));
      const everything = traffic({ addresses: [0, 15], ports: [0, 15] });
      expect(allowedPart(allowing.toReversed(), everything)).toBe(allowedPart(allowing, everything));
    }),
  );

  testProperty(
    "rules after one that matches everything do not matter",
    { small: 300, large: 20_000 },
    fc.property(fc.array(anyRule, { maxLength: 5 }), fc.boolean(), fc.array(anyRule), (before, allows, after) => {
      const everything = { addresses: [0, 15], ports: [0, 15] };
      const decided = [...before.map(ruleOf), ruleOf({ allows, ...everything })];
      expect(allowedPart([...decided, ...after.map(ruleOf)], traffic(everything))).toBe(
        allowedPart(decided, traffic(everything)),
      );
    }),
  );
});
