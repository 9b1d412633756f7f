import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
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
  const { context, shown, calls } = scriptedWorld({ responses, clock: () => new Date(Date.now() + later * 1000) });
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

test("a name that a shell would take for something else is not", async () => {
  expect(await instances([named("web-1", "a b", "$(id)", "x;y", "\u001b[2J")])).toMatchObject({ words: ["web-1"] });
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
  test("are in files of their owner's alone, which go after a day", async () => {
    await instances([named("web-1")]);
    const directory = path.join(home, ".cache/latchkey");
    const [file = ""] = await readdir(directory);
    await utimes(path.join(directory, file), 0, 0);
    await complete(["requests"], [{ items: [getAccessRequest] }]);
    expect(await readdir(directory)).toEqual([expect.stringMatching(/^requests-[0-9a-f]{32}$/)]);
  });
});
