import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { icaclsArguments, writeKeyFile } from "../../../client/keys/key-file.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
});
afterEach(() => rm(directory, { recursive: true }));

test("a private key's file never takes another file's place", async () => {
  const world = { environment: {}, platform: "linux" } as const;
  await writeKeyFile(world, directory, "one");
  await expect(writeKeyFile(world, directory, "another")).rejects.toThrow();
});

test("a private key can be read by its user only, under any umask", async () => {
  const umask = process.umask(0);
  try {
    const file = await writeKeyFile({ environment: {}, platform: "linux" }, directory, "text");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).toBe("text");
  } finally {
    process.umask(umask);
  }
});

test("if Windows does not close the file to others, no key is written", async () => {
  const world = { environment: { USERNAME: "me", PATH: directory }, platform: "win32" } as const;
  await expect(writeKeyFile(world, directory, "secret")).rejects.toThrow("cannot be closed to other users");
  expect(await readFile(path.join(directory, "key"), "utf8")).toBe("");
});

test.each([
  ["of this machine", { USERNAME: "me" }, "me:(F)"],
  ["of a domain", { USERNAME: "me", USERDOMAIN: "CORP" }, "CORP\\me:(F)"],
  ["with a space in the name", { USERNAME: "Ada L", USERDOMAIN: "PC" }, "PC\\Ada L:(F)"],
])("key permissions on Windows (aws-cli#9114): nobody but a user %s keeps access", (_, environment, grant) => {
  const file = String.raw`C:\Users\me\AppData\Local\Temp\latchkey-1-abcdef\key`;
  expect(icaclsArguments(file, environment)).toEqual([file, "/inheritance:r", "/grant:r", grant]);
});

test("key permissions on Windows (aws-cli#9114): without a name of the user there is nobody to grant it to", () => {
  expect(() => icaclsArguments("key", {})).toThrow("USERNAME");
});
