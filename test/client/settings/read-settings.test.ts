import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { readSettings } from "../../../client/settings/read-settings.ts";
import type { ClientSettings } from "../../../client/settings/settings.ts";

let home: string;
let file: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  file = path.join(home, ".config/latchkey/config.json");
  await mkdir(path.dirname(file), { recursive: true });
});
beforeEach(() => rm(file, { force: true, recursive: true }));
afterAll(() => rm(home, { recursive: true }));

type Environment = Readonly<Record<string, string>>;

async function read(environment: Environment = {}, config?: unknown): Promise<ClientSettings> {
  if (config !== undefined) await writeFile(file, typeof config === "string" ? config : JSON.stringify(config));
  return readSettings({ environment, platform: "linux", homeDirectory: home });
}

const url = "https://latchkey.example.com";
const invalid = (what: string) => expect.stringMatching(new RegExp(`config\\.json ${what}$`));

describe("refused with exit code 78 is", () => {
  test.each<[string, Environment, unknown, unknown]>([
    ["nothing at all", {}, undefined, "no API is set"],
    ["a config file without a URL", {}, { region: "us-east-1" }, "no API is set"],
    [
      "a URL that must not be",
      { LATCHKEY_URL: "http://example.com" },
      undefined,
      expect.stringMatching(/^LATCHKEY_URL must begin/),
    ],
    [
      "one in the config file",
      {},
      { url: "http://example.com" },
      expect.stringMatching(/^url in .*config\.json must begin/),
    ],
    ["a config file that is not JSON", { LATCHKEY_URL: url }, "{", invalid("is not JSON")],
    [
      "one with a field that there is not",
      { LATCHKEY_URL: url },
      { uri: url },
      invalid("is not valid: uri: there is no such setting"),
    ],
    [
      "one with an empty text",
      { LATCHKEY_URL: url },
      { region: "" },
      invalid("is not valid: region: must not be empty"),
    ],
    ["one that is no object", { LATCHKEY_URL: url }, [], invalid("is not valid: the whole: has to be an object")],
    [
      "a redirectPort that is a text",
      {},
      { url, login: { redirectPort: "8400" } },
      invalid("is not valid: login.redirectPort: has to be a number"),
    ],
    [
      "one that is none",
      {},
      { url, login: { redirectPort: 70_000 } },
      invalid("is not valid: login.redirectPort: must be a port"),
    ],
    [
      "a useIdToken that is a text",
      {},
      { url, login: { useIdToken: "yes" } },
      invalid("is not valid: login.useIdToken: has to be true or false"),
    ],
    ["an empty tokenCommand", {}, { url, tokenCommand: [] }, invalid("is not valid: tokenCommand: must not be empty")],
    [
      "several wrong fields, each by its name",
      {},
      { url: 1, region: 2, tokenCommand: ["a", 3], more: true },
      invalid(
        "is not valid: url: has to be a text; region: has to be a text; tokenCommand.1: has to be a text; more: there is no such setting",
      ),
    ],
    [
      "a config file that is named and not there",
      { LATCHKEY_URL: url, LATCHKEY_CONFIG: "/absent.json" },
      undefined,
      "the config file /absent.json cannot be read: ENOENT",
    ],
  ])("%s", async (_, environment, config, message) => {
    await expect(read(environment, config)).rejects.toMatchObject({ message, exitCode: 78 });
  });

  test("a config file that cannot be read", async () => {
    await mkdir(file);
    await expect(read({ LATCHKEY_URL: url })).rejects.toMatchObject({
      message: expect.stringMatching(/EISDIR$/),
      exitCode: 78,
    });
  });

  test("a wrong value, without telling it", async () => {
    const secret = "https://alice:hunter2@example.com";
    const faults = await Promise.all(
      [read({ LATCHKEY_URL: secret }), read({}, { url: secret }), read({}, { token: "hunter2", url: 5 })].map(
        (settings) => settings.catch((error: { message: string; hint: string }) => error.message + error.hint),
      ),
    );
    expect(faults.join()).not.toContain("hunter2");
  });
});

describe("taken is", () => {
  test.each<[string, Environment, unknown, ClientSettings]>([
    ["the environment alone", { LATCHKEY_URL: `${url}/` }, undefined, { url }],
    [
      "the config file alone",
      {},
      { url, region: "eu-west-1", profile: "work" },
      { url, region: "eu-west-1", profile: "work" },
    ],
    [
      "the environment before the config file",
      { LATCHKEY_URL: "http://localhost:1", LATCHKEY_REGION: "us-west-2", LATCHKEY_PROFILE: "home" },
      { url, region: "eu-west-1", profile: "work" },
      { url: "http://localhost:1", region: "us-west-2", profile: "home" },
    ],
    [
      "the config file where a variable is empty",
      { LATCHKEY_URL: "", LATCHKEY_REGION: "" },
      { url, region: "eu-west-1" },
      { url, region: "eu-west-1" },
    ],
    ["a token, of the environment alone", { LATCHKEY_TOKEN: " abc\n" }, { url }, { url, token: "abc" }],
    [
      "no command for one, if a variable names the profile that signs",
      { LATCHKEY_PROFILE: "work" },
      { url, tokenCommand: ["oidc", "token"] },
      { url, profile: "work" },
    ],
    [
      "no command for one that the file has for another API",
      { LATCHKEY_URL: "https://other.example.com" },
      { url, tokenCommand: ["oidc", "token"] },
      { url: "https://other.example.com" },
    ],
    [
      "a command for one, for the same API by a variable",
      { LATCHKEY_URL: `${url}/` },
      { url, tokenCommand: ["oidc", "token"] },
      { url, tokenCommand: ["oidc", "token"] },
    ],
    [
      "a command for one, for whichever API a variable names",
      { LATCHKEY_URL: url },
      { tokenCommand: ["oidc", "token"] },
      { url, tokenCommand: ["oidc", "token"] },
    ],
    ["a command for one", {}, { url, tokenCommand: ["oidc", "token"] }, { url, tokenCommand: ["oidc", "token"] }],
    [
      "a provider to sign in with",
      {},
      { url, issuer: "https://login.example.com", clientId: "latchkey", scope: "openid" },
      { url, issuer: "https://login.example.com", clientId: "latchkey", scope: "openid" },
    ],
    ["a byte order mark of Windows' editors", {}, `\uFEFF${JSON.stringify({ url })}`, { url }],
  ])("%s", async (_, environment, config, settings) => {
    expect(await read(environment, config)).toEqual(settings);
  });

  test("the config file that LATCHKEY_CONFIG names", async () => {
    const other = path.join(home, "other.json");
    await writeFile(other, JSON.stringify({ url: "https://other.example.com" }));
    expect(await read({ LATCHKEY_CONFIG: other }, { url })).toEqual({ url: "https://other.example.com" });
  });
});

describe("a config file is never read if", () => {
  test.each([
    ["its group may write it", 0o664],
    ["everybody may write it", 0o646],
  ])("%s", async (_, mode) => {
    await writeFile(file, JSON.stringify({ url, tokenCommand: ["true"] }));
    await chmod(file, mode);
    await expect(read({ LATCHKEY_URL: url })).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining("may be written by other users"),
    });
  });

  (process.getuid?.() === 0 ? test : test.skip)("another user owns it", async () => {
    await writeFile(file, JSON.stringify({ url, tokenCommand: ["true"] }));
    await chown(file, 12_345, 12_345);
    await expect(read({ LATCHKEY_URL: url })).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining("belongs to another user"),
    });
  });
});
