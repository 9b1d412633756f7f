import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect } from "@jest/globals";
import fc from "fast-check";
import { parsePublicKey } from "../../lambda/connect/public-key.ts";
import { seedAndRuns, testProperty } from "../support/property.ts";
import { mutatedKey } from "./mutated-key.ts";

const runs = { small: 2000, large: 100_000 };
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

const keyIn = (text: string) => {
  const parsed = parsePublicKey(text);
  return "key" in parsed ? parsed.key : undefined;
};

describe("OpenSSH", () => {
  const printed = new Map<string, string | undefined>();

  // A process for each key would take minutes, so the keys of the coming run are asked for in advance.
  beforeAll(
    () => {
      const accepted = fc.sample(
        mutatedKey.map((text) => keyIn(text)?.line),
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
      expect(lines.length).toBeGreaterThan(accepted.length / 10);
    },
    5 * 60 * 1000,
  );

  testProperty(
    "OpenSSH takes every line that we accept, with the same fingerprint",
    runs,
    fc.property(mutatedKey, (text) => {
      const key = keyIn(text);
      if (!key) return;
      // Only what fast-check makes to shrink a counterexample was not asked for.
      const fingerprint = printed.has(key.line) ? printed.get(key.line) : fingerprintsOf([key.line])[0];
      expect(fingerprint).toBe(key.fingerprint);
    }),
  );
});
