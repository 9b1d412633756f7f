import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Context } from "../../../client/command/context.ts";
import { Options } from "../../../client/command/options.ts";
import { runComplete } from "../../../client/completion/run-complete.ts";
import type { ClientSettings } from "../../../client/settings/settings.ts";
import { sampleResponses, webInstance } from "../../support/client/sample-responses.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
});
afterEach(() => rm(home, { recursive: true }));

const named = (...names: (string | undefined)[]) => ({
  items: names.map((name, index) => ({ ...webInstance, name, instanceId: `i-0000000${index}` })),
});
const { getAccessRequest, revokeAccessRequest } = sampleResponses;
const url = "http://127.0.0.1";
const now = Date.parse("2026-03-01T12:00:00Z");

interface Change extends Pick<Partial<Context>, "environment"> {
  /** Seconds. */
  readonly later?: number;
  readonly settings?: ClientSettings;
}

/** Presses Tab. @returns the words, and how many calls they took. */
async function complete(
  args: readonly string[],
  responses: readonly unknown[],
  { later = 0, settings = { url }, ...change }: Change = {},
) {
  const { context, shown, calls } = scriptedWorld({ responses, clock: () => new Date(now + later * 1000) });
  const machine = { ...context, homeDirectory: home, ...change, settings: async () => settings };
  expect(await runComplete(machine, { arguments: args, options: new Options({}), rest: undefined })).toBe(0);
  const words = shown.map((line) => line.replace("out: ", ""));
  return { words: words.filter((word) => word !== ""), calls: calls.length };
}
const instances = (...rest: [responses: readonly unknown[], change?: Change]) => complete(["instances"], ...rest);

describe("nothing is said, and the exit code is 0,", () => {
  test("any failure", async () => {
    expect(await complete(["instances", "web"], [new Error("oh")])).toMatchObject({ words: [] });
  });
  test("if a token would have to be made: that might open a browser", async () => {
    expect(await instances([], { settings: { url, tokenCommand: ["log-in"] } })).toEqual({ words: [], calls: 0 });
  });
});

test("instances are named that begin so, each once, page after page, and by their ids if they have no name", async () => {
  const pages = [{ ...named("web-2", "web-1"), nextCursor: "c" }, named("web-1", "db-1", undefined)];
  expect(await instances(pages)).toEqual({ words: ["db-1", "i-00000002", "web-1", "web-2"], calls: 2 });
  expect(await complete(["instances", "web"], [])).toEqual({ words: ["web-1", "web-2"], calls: 0 });
});

test("a terminated instance is not named", async () => {
  const ended = named("web-1").items.map((instance) => ({ ...instance, state: "terminated" }));
  expect(await instances([{ items: [...ended, ...named("web-2").items] }])).toMatchObject({ words: ["web-2"] });
});

test("an instance whose name a shell, or this command line, would take for something else is named by its id", async () => {
  const odd = ["a b", "$(id)", "x;y", "\u001b[2J", "root@web-1", "-oX", "web:1", "i-0a1b2c3d"];
  const { words } = await instances([named("web-1", ...odd)]);
  expect(words).toEqual([...odd.map((_, index) => `i-0000000${index + 1}`), "web-1"]);
});

describe("of several targets", () => {
  const [near, far] = ["111122223333/us-east-1", "444455556666/eu-west-1"];
  const at = { accountId: "444455556666", region: "eu-west-1" };
  const { items } = named("web-1", "web-1", "db-1", undefined);
  const page = {
    items: [...items, ...named("web-1", undefined, "eu-1", undefined).items.map((one) => ({ ...one, ...at }))],
  };

  test("a name, or an id, that more than one has stands with account and region", async () => {
    const ids = [`i-00000001@${far}`, `i-00000003@${near}`, `i-00000003@${far}`];
    expect(await instances([page])).toMatchObject({
      words: ["db-1", "eu-1", ...ids, `web-1@${near}`, `web-1@${far}`],
    });
  });
  test.each([
    ["what is typed of a place", `web-1@44`, [`web-1@${far}`]],
    ["a name behind a user", "root@e", ["root@eu-1"]],
    ["a name behind a user with an @", "ada@corp@e", ["ada@corp@eu-1"]],
    ["a place behind a user", `root@web-1@${far}`, [`root@web-1@${far}`]],
    ["nothing, for a place that none is in", "web-1@9", []],
  ])("%s is completed", async (_, text, words) => {
    await instances([page]);
    expect(await complete(["instances", text], [])).toEqual({ words, calls: 0 });
  });
});

describe("a fleet of 100,000", () => {
  const many = (from: number) => ({
    ...named(...Array.from({ length: 100 }, (_, n) => `a-${from + n}`)),
    nextCursor: "c",
  });
  const large = [many(100), many(200), many(300)];

  test("is read up to 300 instances, and by what is typed, at most as far", async () => {
    const { words, calls } = await complete(["instances", "web"], [large[0], named("web-1"), large[1], large[2]]);
    expect({ words, calls }).toEqual({ words: ["web-1"], calls: 4 });
    expect(await complete(["instances", "web-"], [])).toEqual({ words: ["web-1"], calls: 0 });
    expect(await complete(["instances", "db"], [named("db-1")])).toEqual({ words: ["db-1"], calls: 1 });
    expect((await complete(["instances"], [])).words).toHaveLength(302);
  });
  test("is completed by the pages that came in time", async () => {
    const { words } = await instances([large[0], new Error("timed out")]);
    expect(words).toHaveLength(100);
  });
  test("leaves no more than sixteen lists behind", async () => {
    await instances(large);
    for (const letter of "bcdefghijklmnopqrstuvwxyz") await complete(["instances", letter], [named(`${letter}-1`)]);
    const [file = ""] = await readdir(path.join(home, ".cache/latchkey"));
    expect(JSON.parse(await readFile(path.join(home, ".cache/latchkey", file), "utf8"))).toHaveLength(16);
  });
});

test("requests are those that can still be reviewed or revoked", async () => {
  const page = { items: [getAccessRequest, revokeAccessRequest] };
  expect(await complete(["requests"], [page])).toMatchObject({ words: [getAccessRequest.id] });
});

describe("words that the API has given before", () => {
  test("are not given to another caller of the same account", async () => {
    await instances([named("web-1")], { environment: { AWS_PROFILE: "mine" } });
    for (const change of [
      { environment: { AWS_PROFILE: "another" } },
      { environment: { AWS_PROFILE: "mine", AWS_ACCESS_KEY_ID: "another" } },
      { environment: { AWS_PROFILE: "mine" }, settings: { url, profile: "another" } },
      { environment: { AWS_PROFILE: "mine" }, settings: { url, token: "another" } },
      { environment: { AWS_PROFILE: "mine" }, settings: { url: `${url}/another` } },
    ]) {
      expect(await instances([new Error("down")], change)).toEqual({ words: [], calls: 1 });
    }
  });
  test.each([
    ["instances", 60, 0],
    ["instances", 600, 1],
    ["requests", 5, 0],
    ["requests", 60, 1],
  ])("of %s, %d seconds later, take %d calls", async (kind, later, calls) => {
    const page = kind === "requests" ? { items: [getAccessRequest] } : named("web-1");
    const { words } = await complete([kind], [page]);
    expect(await complete([kind], [page], { later })).toEqual({ words, calls });
  });
  test("stand in while the API does not respond, or a token would have to be made", async () => {
    await instances([named("web-1")]);
    expect(await instances([new Error("down")], { later: 600 })).toEqual({ words: ["web-1"], calls: 1 });
    const settings = { url, tokenCommand: ["log-in"] };
    await instances([named("db-1")], { settings: { ...settings, token: "t" } });
    expect(await instances([], { later: 600, settings })).toMatchObject({ calls: 0 });
  });
  test.each([
    ["that are no lists", "web-1\nweb-2"],
    ["of another form", '[{"start":"","words":[1],"isWhole":true,"at":0},null,{}]'],
    ["from a later time", '[{"start":"","words":["evil"],"isWhole":true,"at":9e15}]'],
  ])("are asked for again, if they are some %s", async (_, text) => {
    await instances([named("web-1")]);
    const directory = path.join(home, ".cache/latchkey");
    const [file = ""] = await readdir(directory);
    await writeFile(path.join(directory, file), text);
    expect(await instances([named("db-1")])).toEqual({ words: ["db-1"], calls: 1 });
  });
  test("that others may have written are not used", async () => {
    await instances([named("web-1")]);
    const directory = path.join(home, ".cache/latchkey");
    const [file = ""] = await readdir(directory);
    await chmod(path.join(directory, file), 0o666);
    expect(await instances([new Error("down")])).toEqual({ words: [], calls: 1 });
  });
  test("never reach a shell as anything but plain words", async () => {
    await instances([named("web-1")]);
    const directory = path.join(home, ".cache/latchkey");
    const [file = ""] = await readdir(directory);
    const words = ["$(reboot)", "a b", "\u001b[2J", "web-2"];
    await writeFile(path.join(directory, file), JSON.stringify([{ start: "", words, isWhole: true, at: now }]));
    expect(await instances([])).toEqual({ words: ["web-2"], calls: 0 });
  });
  test("are in files of their owner's alone, which go after a day", async () => {
    await instances([named("web-1")]);
    const directory = path.join(home, ".cache/latchkey");
    const [file = ""] = await readdir(directory);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(path.join(directory, file))).mode & 0o777).toBe(0o600);
    await utimes(path.join(directory, file), 0, 0);
    await complete(["requests"], [{ items: [getAccessRequest] }]);
    expect(await readdir(directory)).toEqual([expect.stringMatching(/^requests-[0-9a-f]{32}$/)]);
  });
});
