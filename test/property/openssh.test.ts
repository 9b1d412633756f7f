import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect } from "@jest/globals";
import fc from "fast-check";
import { readHostKeyLine } from "../../ssh-format/host-key-line.ts";
import { parsePublicKey } from "../../ssh-format/public-key.ts";
import { seedAndRuns, testProperty } from "../support/property.ts";
import { mutatedHostKey } from "./any-host-key.ts";
import { mutatedKey } from "./mutated-key.ts";

const runs = { small: 200, large: 30_000 };
const linesPerProcess = 1000; // starting ssh-keygen takes as long as it takes to read so many

/**
 * The fingerprint that `ssh-keygen -l` prints of each line. It says nothing of a line that it does not take, so where it
 * prints too little the lines are halved until such a one is alone.
 */
function fingerprintsOf(lines: readonly string[]): (string | undefined)[] {
  const input = lines.map((line) => `${line}\n`).join("");
  const { stdout, error } = spawnSync("ssh-keygen", ["-l", "-E", "sha256", "-f", "-"], { input, encoding: "utf8" });
  if (error) throw error;
  const fingerprints = [...stdout.matchAll(/^\d+ (\S+) /gm)].map(([, fingerprint]) => fingerprint);
  if (fingerprints.length === lines.length) return fingerprints;
  if (lines.length === 1) return [undefined];
  const half = lines.length >> 1;
  return [...fingerprintsOf(lines.slice(0, half)), ...fingerprintsOf(lines.slice(half))];
}

interface Accepted {
  readonly line: string;
  readonly fingerprint: string;
}

/** What a parser accepts of a text, if it does. */
type Reader = (text: string) => Accepted | undefined;

const callersKey: Reader = (text) => {
  const parsed = parsePublicKey(text);
  return "key" in parsed ? parsed.key : undefined;
};
const hostKey: Reader = (text) => {
  const parsed = readHostKeyLine(text);
  return "key" in parsed ? { line: parsed.key, fingerprint: parsed.fingerprint } : undefined;
};

describe.each([
  ["a caller's key", mutatedKey, callersKey],
  ["a host key", mutatedHostKey, hostKey],
])("OpenSSH, of %s", (what, anyText, read) => {
  const printed = new Map<string, string | undefined>();

  // A process for each key would take minutes, so the keys of the coming run are asked for in advance.
  beforeAll(
    () => {
      const accepted = fc.sample(
        anyText.map((text) => read(text)?.line),
        seedAndRuns(runs),
      );
      const lines = [...new Set(accepted.filter((line) => line !== undefined))];
      for (let start = 0; start < lines.length; start += linesPerProcess) {
        const batch = lines.slice(start, start + linesPerProcess);
        fingerprintsOf(batch).forEach((fingerprint, index) => {
          printed.set(batch[index] ?? "", fingerprint);
        });
      }
      process.stdout.write(`ssh-keygen was asked for ${lines.length} keys\n`);
      expect(lines.length).toBeGreaterThan(accepted.length / 20);
    },
    5 * 60 * 1000,
  );

  testProperty(
    `OpenSSH takes every line of ${what} that we accept, with the same fingerprint`,
    runs,
    fc.property(anyText, (text) => {
      const key = read(text);
      if (!key) return;
      // Only what fast-check makes to shrink a counterexample was not asked for.
      const fingerprint = printed.has(key.line) ? printed.get(key.line) : fingerprintsOf([key.line])[0];
      expect(fingerprint).toBe(key.fingerprint);
    }),
  );
});
