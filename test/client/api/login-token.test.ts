import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { authenticationOf } from "../../../client/api/authentication.ts";
import { type Login, readLogin, writeLogin } from "../../../client/api/login-file.ts";
import { withLock } from "../../../client/api/login-lock.ts";
import { loginFileOf } from "../../../client/settings/paths.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { type ScriptedProvider, startScriptedProvider } from "../../support/oidc/scripted-provider.ts";

const url = "https://latchkey.example.com";
let provider: ScriptedProvider;
let home: string;
let file: string;
let now: number;

beforeAll(async () => {
  provider = await startScriptedProvider();
});
afterAll(() => provider.stop());
beforeEach(async () => {
  provider.script = {};
  now = Date.UTC(2026, 2, 1);
  home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  file = loginFileOf(world(), url);
  await writeLogin(file, login());
});
afterEach(() => rm(home, { recursive: true, force: true }));

const world = (environment = {}) => {
  const { context } = scriptedWorld({ clock: () => new Date(now) });
  return { ...context, environment, homeDirectory: home };
};
const login = (more: Partial<Login> = {}): Login => ({
  v: 1,
  issuer: provider.issuer,
  clientId: "latchkey-cli",
  scope: "openid",
  subject: "alice",
  accessToken: "first",
  refreshToken: "refresh-1",
  obtainedAt: now,
  expiresAt: now + 300_000,
  ...more,
});
/** What a command of its own, with its own view of the file, sends. */
const command = (settings = {}, environment = {}) => {
  const { token } = authenticationOf(world(environment), { url, ...settings });
  return typeof token === "function" ? token : () => Promise.resolve("none");
};
const tokens = (access_token: string, more = {}) =>
  [200, { token_type: "Bearer", access_token, expires_in: 300, ...more }] as const;
const askedFrom = () => {
  const before = provider.asked.length;
  return () => provider.asked.slice(before).map((body) => body.get("refresh_token"));
};

describe("a token is refreshed", () => {
  test("a minute before it expires, and no earlier: with the refresh token that the last response brought", async () => {
    provider.script = { token: [tokens("second", { refresh_token: "refresh-2" }), tokens("third")] };
    const asked = askedFrom();
    const token = command();
    const sent: string[] = [];
    for (const seconds of [0, 239, 1, 239, 1]) {
      now += seconds * 1000;
      sent.push(await token());
    }
    expect(sent).toEqual(["first", "first", "second", "second", "third"]);
    expect(asked()).toEqual(["refresh-1", "refresh-2"]);
  });

  test("once by commands that run at the same time, and by calls of one command", async () => {
    provider.script = { token: [tokens("second", { refresh_token: "refresh-2" })] };
    const asked = askedFrom();
    now += 290_000;
    const [one, other] = [command(), command()];
    expect(await Promise.all([one(), one(), other(), command()()])).toEqual(Array(4).fill("second"));
    expect(asked()).toEqual(["refresh-1"]);
    expect(await readLogin(file)).toMatchObject({ accessToken: "second", refreshToken: "refresh-2", subject: "alice" });
    expect((await readdir(path.dirname(file))).length).toBe(1);
  });

  test("if the clock was set back before it was obtained", async () => {
    provider.script = { token: [tokens("second")] };
    now -= 3_600_000;
    expect(await command()()).toBe("second");
  });

  test.each<[string, Partial<Login>, readonly [number, unknown][], number, RegExp]>([
    ["the provider has ended the login", {}, [[400, { error: "invalid_grant" }]], 78, /^the login has ended/],
    ["there is no refresh token", { refreshToken: undefined }, [], 78, /^the login has expired$/],
    ["the provider is down", { issuer: "http://127.0.0.1:1" }, [], 69, /ECONNREFUSED/],
  ])("or the command ends, if %s", async (_, more, token, exitCode, message) => {
    await writeLogin(file, login(more));
    provider.script = { token: [...token] };
    now += 300_000;
    await expect(command()()).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });
    expect(existsSync(`${file}.lock`)).toBe(false);
  });
});

describe("the login goes", () => {
  test.each<[string, object, object, string]>([
    ["after LATCHKEY_TOKEN", { token: "abc" }, {}, "abc"],
    ["after a tokenCommand", { tokenCommand: [process.execPath, "-e", "console.log('said')"] }, {}, "said"],
    ["after a profile that a variable or an option names", {}, { LATCHKEY_PROFILE: "work" }, "none"],
    ["before AWS credentials", {}, { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" }, "first"],
  ])("%s", async (_, settings, environment, sent) => {
    expect(await command(settings, environment)()).toBe(sent);
  });

  test("to its own API alone", async () => {
    expect(authenticationOf(world(), { url: "https://other.example.com" }).token).toBeUndefined();
  });
});

describe("the file of a login is refused, if", () => {
  test.each<[string, () => Promise<unknown>, string]>([
    ["its group may read it", () => chmod(file, 0o640), "is open to other users"],
    ["others may write it", () => chmod(file, 0o602), "is open to other users"],
    [
      "it is a symbolic link, even to a file of the owner's",
      async () => {
        await writeLogin(path.join(home, "elsewhere"), login());
        await rm(file);
        await symlink(path.join(home, "elsewhere"), file);
      },
      "is a symbolic link",
    ],
    [
      "it is a directory",
      async () => {
        await rm(file);
        await mkdir(file);
      },
      "is not a file",
    ],
    ["it is not JSON", () => writeFile(file, "first"), "is not a login"],
    ["it is of a later version", () => writeFile(file, '{"v":2,"accessToken":"first"}'), "is not a login"],
  ])("%s", async (_, arrange, why) => {
    await arrange();
    await expect(command()()).rejects.toMatchObject({ exitCode: 78, message: `the login ${file} ${why}` });
  });

  (process.getuid?.() === 0 ? test : test.skip)("another user owns it", async () => {
    await chown(file, 12_345, 12_345);
    await expect(command()()).rejects.toMatchObject({ message: `the login ${file} belongs to another user` });
  });
});

test("a login is replaced as a whole, by a file of mode 0600", async () => {
  const before = await stat(file);
  await writeLogin(file, login({ accessToken: "second" }));
  const after = await stat(file);
  expect({ isSame: after.ino === before.ino, mode: after.mode & 0o777 }).toEqual({ isSame: false, mode: 0o600 });
  expect(await readdir(path.dirname(file))).toEqual([path.basename(file)]);
});

describe("the lock", () => {
  const lock = () => `${file}.lock`;
  const hold = <T>(work: () => Promise<T>) =>
    withLock(lock(), { signal: world().signal, clock: () => new Date() }, work);

  test("is held by one at a time, and given back after a failure", async () => {
    let inside = 0;
    const ends = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        hold(async () => {
          inside++;
          expect(inside).toBe(1);
          await new Promise(setImmediate);
          inside--;
          if (index === 3) throw new Error("on purpose");
        }),
      ),
    );
    expect(ends.filter(({ status }) => status === "rejected")).toHaveLength(1);
    expect(existsSync(lock())).toBe(false);
  });

  test.each([
    ["of a process that has died", `999999999 ${os.hostname()}`, 0],
    ["of another machine's process, after two minutes", "1 elsewhere", 121],
    ["of a process with a reused id, after two minutes", `${process.pid} ${os.hostname()}`, 121],
    ["without a word, after two minutes", "", 121],
  ])("%s is taken over, by one of all that wait", async (_, text, age) => {
    await writeFile(lock(), text);
    const then = new Date(Date.now() - age * 1000);
    await utimes(lock(), then, then);
    let inside = 0;
    await Promise.all(
      Array.from({ length: 4 }, () =>
        hold(async () => {
          inside++;
          expect(inside).toBe(1);
          await new Promise(setImmediate);
          inside--;
        }),
      ),
    );
  });
});
