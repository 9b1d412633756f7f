import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { LoginErrorCode } from "../../../sdk/errors.ts";
import { clientCredentialsToken } from "../../../sdk/login/index.ts";
import { type Login, readLogin, writeLogin } from "../../../sdk/login/login-file.ts";
import { withLock } from "../../../sdk/login/login-lock.ts";
import { tokensOf } from "../../../sdk/login/login-token.ts";
import { type ScriptedProvider, startScriptedProvider } from "../../support/oidc/scripted-provider.ts";

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
  file = path.join(home, "logins", "login.json");
  await writeLogin(file, login());
});
afterEach(() => rm(home, { recursive: true, force: true }));

const clock = () => new Date(now);
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
/** What a process of its own, with its own view of the file, sends. */
const another = () => tokensOf(file, { clock });
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
    const token = another();
    const sent: string[] = [];
    for (const seconds of [0, 239, 1, 239, 1]) {
      now += seconds * 1000;
      sent.push(await token());
    }
    expect(sent).toEqual(["first", "first", "second", "second", "third"]);
    expect(asked()).toEqual(["refresh-1", "refresh-2"]);
  });

  test("once by processes that run at the same time, and by calls of one process", async () => {
    provider.script = { token: [tokens("second", { refresh_token: "refresh-2" })] };
    const asked = askedFrom();
    now += 290_000;
    const [one, other] = [another(), another()];
    expect(await Promise.all([one(), one(), other(), another()()])).toEqual(Array(4).fill("second"));
    expect(asked()).toEqual(["refresh-1"]);
    expect(await readLogin(file)).toMatchObject({ accessToken: "second", refreshToken: "refresh-2", subject: "alice" });
    expect((await readdir(path.dirname(file))).length).toBe(1);
  });

  test("with the client's secret, if it has one, which the login keeps", async () => {
    await writeLogin(file, login({ clientSecret: "s1", expiresAt: now }));
    provider.script = { token: [tokens("second")] };
    expect(await another()()).toBe("second");
    expect(provider.asked.at(-1)?.get("client_secret")).toBe("s1");
    expect(await readLogin(file)).toMatchObject({ clientSecret: "s1" });
  });

  test("if the clock was set back before it was obtained", async () => {
    provider.script = { token: [tokens("second")] };
    now -= 3_600_000;
    expect(await another()()).toBe("second");
  });

  test.each<[string, Partial<Login>, readonly [number, unknown][], LoginErrorCode, RegExp]>([
    [
      "the provider has ended the login",
      {},
      [[400, { error: "invalid_grant" }]],
      "sign-in-required",
      /^the login has ended/,
    ],
    ["there is no refresh token", { refreshToken: undefined }, [], "sign-in-required", /^the login has expired$/],
    [
      "the provider is down",
      { issuer: "http://127.0.0.1:1" },
      [],
      "provider-unreachable",
      /^the OpenID provider cannot be reached: /,
    ],
    ["the provider is too busy", {}, [[503, "busy"]], "provider-unavailable", /returned 503$/],
  ])("or none is given, if %s", async (_, more, token, code, message) => {
    await writeLogin(file, login(more));
    provider.script = { token: [...token] };
    now += 300_000;
    await expect(another()()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(existsSync(`${file}.lock`)).toBe(false);
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
    await expect(another()()).rejects.toMatchObject({ code: "file-refused", message: `the login ${file} ${why}` });
  });

  (process.getuid?.() === 0 ? test : test.skip)("another user owns it", async () => {
    await chown(file, 12_345, 12_345);
    await expect(another()()).rejects.toMatchObject({ message: `the login ${file} belongs to another user` });
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
  const hold = <T>(work: () => Promise<T>) => withLock(lock(), { clock: () => new Date() }, work);

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

  test("is waited for by the clock that is passed in: two minutes, if others take it again and again", async () => {
    await writeFile(lock(), `${process.pid} ${os.hostname()}`);
    const taken = new Date(now + 3_600_000);
    await utimes(lock(), taken, taken);
    const later = () => {
      now += 61_000;
      return new Date(now);
    };
    await expect(withLock(lock(), { clock: later }, async () => "held")).rejects.toMatchObject({ code: "locked" });
  });
});

test("a machine's token is got by its client credentials, and kept until a minute before it expires", async () => {
  provider.script = { token: [tokens("first"), tokens("second")] };
  const machine = { issuer: provider.issuer, clientId: "ci-robot", clientSecret: "robot" };
  const token = clientCredentialsToken(machine, { clock });
  const sent: string[] = [];
  for (const seconds of [0, 239, 1]) {
    now += seconds * 1000;
    sent.push(await token());
  }
  expect(sent).toEqual(["first", "first", "second"]);
  expect(Object.fromEntries(provider.asked.at(-1) ?? [])).toEqual({
    grant_type: "client_credentials",
    scope: "latchkey",
  });
  provider.script = { token: [[401, { error: "invalid_client" }]] };
  await expect(clientCredentialsToken(machine)()).rejects.toMatchObject({ code: "client-unknown" });
});
