import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { readConsoleBlock } from "../../lambda/host-keys/console-block.ts";
import { hostKeyBlock } from "../../local/instances/boot-log.ts";
import { hostKeys } from "../fixtures/host-keys.ts";
import { keys } from "../fixtures/keys.ts";
import { testProperty } from "../support/property.ts";

/** The instance's own keys, and those of somebody who wants to be taken for it. */
const own = [keys.ecdsa, keys.ed25519, keys.rsa3072];
const foreign = [keys.otherEd25519, hostKeys.ecdsa384, keys.rsa2048, keys.rsa4096];
/** Of a block with its own keys: an RSA key counts only if it is alone. */
const read = [keys.ecdsa, keys.ed25519];

const keysOf = (text: string): readonly string[] => {
  const reading = readConsoleBlock(text);
  return "keys" in reading ? reading.keys.map(({ key }) => key) : [];
};

const prefix = fc.constantFrom(
  "",
  "ec2: ",
  "ci-info: ",
  "[   12.345678] cloud-init[1602]: ",
  "<14>Jan  6 15:27:31 cloud-init: ",
);
const base64 = fc.constantFrom("A", "Zz", "9", "w==");
const lineEnd = fc.constantFrom("\n", "\r\n", "\r\r\n");
const noise = fc.array(
  fc.oneof(
    fc.constantFrom("[    0.1] Linux version 6.1", "\u001b[0;32m  OK  \u001b[0m", "", "web-1 login: ", "\u0000"),
    fc.string({ maxLength: 40 }).filter((line) => !line.includes("\n")),
  ),
  { maxLength: 5 },
);
const blockOf = (...from: readonly string[]) =>
  fc
    .tuple(prefix, fc.subarray([...from], { minLength: 1 }))
    .map(([before, some]) => hostKeyBlock(some).map((line) => before + line));
const comment = fc.constantFrom("", " root@web-1", " root@ip-10-0-0-10");
const genuine = fc.tuple(prefix, lineEnd, comment).map(([before, ends, named]) =>
  hostKeyBlock(own.map((key) => key + named))
    .map((line) => `${before}${line}${ends}`)
    .join(""),
);
const at = fc.nat();
const put = (text: string, piece: string, place: number) => {
  const start = place % (text.length + 1);
  return text.slice(0, start) + piece + text.slice(start);
};

/** What an attacker may write to the console: whole blocks, parts of them, keys, markers, anything. */
const written = fc.oneof(
  fc.tuple(blockOf(...foreign), lineEnd).map(([lines, ends]) => ends + lines.join(ends) + ends),
  fc.tuple(blockOf(...own, ...foreign), lineEnd).map(([lines, ends]) => lines.join(ends)),
  fc
    .tuple(prefix, fc.constantFrom(...hostKeyBlock(foreign)), lineEnd)
    .map(([before, line, ends]) => `${ends}${before}${line}${ends}`),
  fc.constantFrom("\n", "\r", "\r\n", "\u0000", "\u001b[2K", " ", "-----", "ec2: ", ...hostKeyBlock(foreign)),
  fc.string({ maxLength: 20 }),
);

describe("a console that shows the genuine block", () => {
  testProperty(
    "gives its keys, with any output around it that is not part of a block",
    { small: 250, large: 20_000 },
    fc.property(noise, genuine, noise, lineEnd, (before, block, after, ends) => {
      const lines = (some: readonly string[]) => some.map((line) => line + ends).join("");
      expect(keysOf(lines(before) + block + lines(after))).toEqual(read);
    }),
  );

  testProperty(
    "gives no foreign key, with any text inserted in up to three places before, after and within it",
    { small: 1500, large: 300_000 },
    fc.property(genuine, fc.array(fc.tuple(written, at), { minLength: 1, maxLength: 3 }), (block, writings) => {
      const text = writings.reduce((sofar, [piece, place]) => put(sofar, piece, place), block);
      expect(read).toEqual(expect.arrayContaining([...keysOf(`${text}\n`)]));
    }),
  );

  testProperty(
    "gives no key if a part of one is exchanged, with what it was behind that as a comment",
    { small: 500, large: 50_000 },
    fc.property(fc.nat(own.length - 1), comment, at, base64, fc.constantFrom("", "root@web-1", "a@"), (...drawn) => {
      const [which, named, place, other, claimed] = drawn;
      const lines = own.map((key, index) => {
        const start = index === which ? key.length - 1 - (place % 68) : key.length;
        return start < key.length
          ? `${key.slice(0, start)}${other.repeat(68).slice(0, key.length - start)} ${claimed}${key.slice(start)}${named}`
          : key + named;
      });
      expect(
        keysOf(
          hostKeyBlock(lines)
            .map((line) => `${line}\n`)
            .join(""),
        ),
      ).toEqual([]);
    }),
  );

  testProperty(
    "gives no key if a block with other keys is also there",
    { small: 250, large: 20_000 },
    fc.property(
      genuine,
      blockOf(...own, ...foreign),
      lineEnd,
      fc.boolean(),
      noise,
      (block, lines, ends, isFirst, between) => {
        fc.pre(lines.length !== own.length + 2 || lines.some((line) => foreign.some((key) => line.endsWith(key))));
        const other = [...(isFirst ? [] : between), ...lines, ...(isFirst ? between : [])]
          .map((line) => line + ends)
          .join("");
        expect(keysOf(isFirst ? other + block : block + other)).toEqual([]);
      },
    ),
  );

  testProperty(
    "gives all of its keys or none, wherever EC2 cuts the output",
    { small: 250, large: 20_000 },
    fc.property(noise, genuine, at, at, (before, block, from, to) => {
      const text = `${before.map((line) => `${line}\n`).join("")}${block}`;
      const part = text.slice(from % text.length).slice(0, to % (text.length + 1));
      expect([[], read]).toContainEqual(keysOf(part));
    }),
  );
});

describe("a console with any output", () => {
  testProperty(
    "gives at most one key of each type, each a line of two words",
    { small: 500, large: 50_000 },
    fc.property(fc.array(written, { maxLength: 6 }), (pieces) => {
      const found = keysOf(`${pieces.join("\n")}\n`);
      for (const key of found) expect(key).toMatch(/^[a-z0-9-]+ [A-Za-z0-9+/]+={0,2}$/);
      expect(new Set(found.map((key) => key.split(" ")[0])).size).toBe(found.length);
    }),
  );
});
