import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { run } from "../../client/cli/run.ts";
import { shownCommands } from "../../client/command/command-table.ts";
import type { Context } from "../../client/command/context.ts";
import { commandTable } from "../../client/commands/index.ts";
import { processTerminal } from "../../client/terminal/process-terminal.ts";
import { sampleResponses } from "../support/client/sample-responses.ts";
import { scriptedWorld } from "../support/client/scripted-context.ts";

/** An API whose every string, one at a time, holds what a terminal would obey or hide, and lines like the client's own. */

const hostile =
  "x\u001b[31m\u001b]0;t\u0007\u009b2J\u202e\u200b\ufeff\r\nINJECTED * ssh-ed25519 AAAA\n  ProxyCommand INJECTED";
const request = "ar-0123456789abcdef0123456789abcdef-0123456789ab";

/** How each command of the table is run. */
const commandLines: Readonly<Record<string, readonly string[]>> = {
  ssh: ["web-1", "--accept-new-host-key"],
  push: ["web-1", "--json", "-i", "package.json"],
  scp: ["a", "web-1:b"],
  sftp: ["web-1"],
  tunnel: ["web-1"],
  config: [],
  request: ["web-1", "--reason", "INC-42", "--wait"],
  requests: [],
  review: [request, "--approve"],
  cancel: [request, "--json"],
  revoke: [request],
  instances: [],
  why: ["web-1"],
  whoami: [],
  "host-keys": ["web-1", "--forget"],
  completion: ["bash"],
  help: [],
  complete: ["instances"],
  "known-host": ["a", "b", "c", "d"],
  "ssh-proxy": ["--logins", "LOGINS", "--", "web-1.latchkey", "22", "root"],
};
/** Those that can print JSON print it too. */
const withJson = ["ssh", "request", "requests", "review", "revoke", "instances", "why", "whoami", "host-keys"];
const all = [
  ...Object.entries(commandLines).map(([name, args]) => [name, ...args]),
  ...withJson.map((name) => [name, ...(commandLines[name] ?? []), "--json"]),
];

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

test("every command of the table is run", () => {
  const names = [...shownCommands(commandTable), ...commandTable.hidden].map(({ name }) => name);
  expect(Object.keys(commandLines).sort()).toEqual(names.sort());
});

/** Each copy of a value that has one of its strings replaced. */
function poisoned(value: unknown): unknown[] {
  if (typeof value === "string") return [hostile];
  if (typeof value !== "object" || value === null) return [];
  const copies = Object.entries(value).flatMap(([key, part]) => poisoned(part).map((bad) => [key, bad] as const));
  return copies.map(([key, bad]) => (Array.isArray(value) ? value.with(Number(key), bad) : { ...value, [key]: bad }));
}

const connection = {
  ...sampleResponses.createConnection,
  connectionType: "direct" as const,
  host: "127.0.0.1",
  port: 1,
  hostKeyFingerprint: undefined,
};
const responses: Readonly<Record<string, unknown>> = {
  ...sampleResponses,
  createConnection: connection,
  listInstances: { items: sampleResponses.listInstances.items },
};

async function shownBy(args: readonly string[], changed: Readonly<Record<string, unknown>>): Promise<string> {
  let shown = "";
  const stream = () =>
    Object.assign(
      new PassThrough().on("data", (chunk) => {
        shown += chunk;
      }),
      { isTTY: true as const, columns: 100 },
    );
  const { context } = scriptedWorld({});
  const terminal = processTerminal(
    { stdin: () => Readable.from(["y\n"]), isStdinTerminal: true, stdout: stream(), stderr: stream() },
    { NO_COLOR: "1" },
    context.signal,
  );
  const call = async (name: string) => changed[name] ?? responses[name];
  const machine: Context = {
    ...context,
    terminal,
    homeDirectory: home,
    environment: { PATH: "/nowhere", XDG_STATE_HOME: home, XDG_RUNTIME_DIR: home },
    api: async () => ({ url: "http://127.0.0.1", call: call as never }),
  };
  await run(
    commandTable,
    args.map((word) => word.replace("LOGINS", path.join(home, "ssh"))),
    machine,
  );
  return shown.replaceAll("\r\u001b[K", "\n");
}

const used = ["createConnection", "listInstances", "getInstance", "decide", "createAccessRequest"];
const usedToo = ["listAccessRequests", "getAccessRequest", "reviewAccessRequest", "cancelAccessRequest"];
const more = ["revokeAccessRequest", "getHostKeys", "putHostKeys", "whoAmI"];

describe("a terminal shows nothing that the API has hidden in one of its strings", () => {
  test.each(all.map((args) => [args.join(" "), args] as const))("%s", async (_, args) => {
    for (const name of [...used, ...usedToo, ...more]) {
      for (const bad of poisoned(responses[name])) {
        const shown = await shownBy(args, { [name]: bad });
        expect(shown.replaceAll("\n", "")).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u);
        expect(shown).not.toMatch(/^(?:latchkey: |hint: )?\s*(?:ProxyCommand )?INJECTED/m);
      }
    }
  });
});

test("no file that the client has written has a line of the API's", async () => {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((entry) => readFile(path.join(entry.parentPath, entry.name), "utf8")));
  expect(texts.filter((text) => text.includes("INJECTED"))).toEqual([]);
});
