import { describe, expect, test } from "@jest/globals";
import { readHostKeys } from "../../../lambda/host-keys/read-keys.ts";
import { hostKeyRefusals } from "../../../ssh-format/host-key-refusals.ts";
import { hostKeyFingerprints, hostKeys } from "../../fixtures/host-keys.ts";
import { problemFrom } from "../../support/problems.ts";

const { ed25519, otherEd25519, rsa, ecdsa256 } = hostKeys;
const listOf = (texts: readonly string[]) => texts.map((key) => ({ key }));

describe("is refused", () => {
  test.each<[sentence: string, texts: readonly string[], errors: readonly [index: number, code: string][]]>([
    ["a text that is no key", [ed25519, "none"], [[1, "unsupported-format"]]],
    ["a key twice", [ed25519, rsa, ed25519], [[2, "duplicate-key"]]],
    ["a key twice, but for its comment", [ed25519, `${ed25519} root@web-1`], [[1, "duplicate-key"]]],
    [
      "three times",
      [ed25519, ed25519, ed25519],
      [
        [1, "duplicate-key"],
        [2, "duplicate-key"],
      ],
    ],
    [
      "more than one, each by its place",
      ["", rsa, "ssh-dss AAAAB3"],
      [
        [0, "empty"],
        [2, "unsupported-algorithm"],
      ],
    ],
    [
      "the same wrong one twice, as wrong",
      ["none", "none"],
      [
        [0, "unsupported-format"],
        [1, "unsupported-format"],
      ],
    ],
  ])("%s", async (_, texts, errors) => {
    expect(await problemFrom(() => readHostKeys(listOf(texts)))).toMatchObject({
      code: "invalid-request",
      errors: errors.map(([index, code]) => ({ pointer: `/hostKeys/${index}/key`, code })),
    });
  });

  test("with words about the first one", async () => {
    const problem = await problemFrom(() => readHostKeys(listOf([rsa, rsa, "none"])));
    expect(problem.detail).toBe(hostKeyRefusals["duplicate-key"]);
  });
});

test("none are none", () => {
  expect(readHostKeys([])).toEqual([]);
});

test("each of the others is taken, also two of one type", () => {
  const read = readHostKeys(listOf([ed25519, `${ecdsa256} root@web-1`, otherEd25519]));
  expect(read.map(({ key }) => key)).toEqual([ed25519, ecdsa256, otherEd25519]);
  expect(read[0]?.fingerprint).toBe(hostKeyFingerprints.ed25519);
});
