import { beforeEach, describe, expect, test } from "@jest/globals";
import { ActiveKeys } from "../../../local/instances/active-keys.ts";

const KEY = Buffer.from("one key in wire format");
const OTHER_KEY = Buffer.from("another key in wire format");
const line = (key: Buffer) => `ssh-ed25519 ${key.toString("base64")}`;

let now: Date;
let keys: ActiveKeys;

beforeEach(() => {
  now = new Date("2026-01-01T12:00:00Z");
  keys = new ActiveKeys(() => now);
});

function wait(milliseconds: number): void {
  now = new Date(now.getTime() + milliseconds);
}

describe("a key is not active", () => {
  test("before one is pushed", () => {
    expect(keys.has("i-1", "ec2-user", KEY)).toBe(false);
  });

  test.each([
    ["for another instance", "i-2", "ec2-user", KEY],
    ["for another OS user", "i-1", "root", KEY],
    ["for an OS user whose name differs by case", "i-1", "EC2-User", KEY],
    ["if it is another key", "i-1", "ec2-user", OTHER_KEY],
    ["if it only begins like the one pushed", "i-1", "ec2-user", KEY.subarray(0, 4)],
    ["if it is empty", "i-1", "ec2-user", Buffer.alloc(0)],
  ])("%s", (_when, instanceId, osUser, key) => {
    keys.push("i-1", "ec2-user", line(KEY));
    expect(keys.has(instanceId, osUser, key)).toBe(false);
  });

  test("sixty seconds after the push", () => {
    keys.push("i-1", "ec2-user", line(KEY));
    wait(60_000);
    expect(keys.has("i-1", "ec2-user", KEY)).toBe(false);
  });

  test("ever again, though the clock were set back", () => {
    keys.push("i-1", "ec2-user", line(KEY));
    wait(60_000);
    keys.has("i-1", "ec2-user", KEY);
    wait(-60_000);
    expect(keys.has("i-1", "ec2-user", KEY)).toBe(false);
  });
});

describe("a key is active", () => {
  test("until a millisecond before its sixty seconds have passed", () => {
    keys.push("i-1", "ec2-user", line(KEY));
    wait(59_999);
    expect(keys.has("i-1", "ec2-user", KEY)).toBe(true);
  });

  test("beside another one of the same OS user, each for its own sixty seconds", () => {
    keys.push("i-1", "ec2-user", line(KEY));
    wait(30_000);
    keys.push("i-1", "ec2-user", line(OTHER_KEY));
    expect(keys.has("i-1", "ec2-user", KEY)).toBe(true);
    wait(30_000);
    expect(keys.has("i-1", "ec2-user", KEY)).toBe(false);
    expect(keys.has("i-1", "ec2-user", OTHER_KEY)).toBe(true);
  });

  test("for sixty seconds more when it is pushed again", () => {
    keys.push("i-1", "ec2-user", line(KEY));
    wait(30_000);
    keys.push("i-1", "ec2-user", line(KEY));
    wait(59_999);
    expect(keys.has("i-1", "ec2-user", KEY)).toBe(true);
  });
});

test("a push tells when the key expires", () => {
  expect(keys.push("i-1", "ec2-user", line(KEY))).toEqual(new Date("2026-01-01T12:01:00Z"));
});

test.each([
  ["a comment", `${line(KEY)} me@here`],
  ["options", `no-pty ${line(KEY)}`],
  ["a second line", `${line(KEY)}\n${line(OTHER_KEY)}`],
  ["a line break at its end", `${line(KEY)}\n`],
  ["nothing but the algorithm", "ssh-ed25519"],
  ["something that is not base64", "ssh-ed25519 #Timestamp"],
  ["an algorithm that the instance's agent drops", `ecdsa-sha2-nistp256 ${KEY.toString("base64")}`],
])("a key line with %s is refused", (_what, keyLine) => {
  expect(() => keys.push("i-1", "ec2-user", keyLine)).toThrow("Not a key line");
});
