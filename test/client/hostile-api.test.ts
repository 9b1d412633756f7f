import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { shownCommands } from "../../client/command/command-table.ts";
import type { Context } from "../../client/command/context.ts";
import type { Ports } from "../../client/mcp/ports.ts";
import { exitCodes } from "../../client/terminal/exit-code.ts";
import { Failure } from "../../client/terminal/failure.ts";
import { processTerminal } from "../../client/terminal/process-terminal.ts";
import { displayWidth } from "../../client/terminal/width.ts";
import { type ProblemCode, problemOf } from "../../contract/problem.ts";
import { ApiProblem } from "../../sdk/errors.ts";
import { sampleResponses } from "../support/client/sample-responses.ts";
import { scriptedWorld } from "../support/client/scripted-context.ts";
import { allThatToolsTell } from "../support/client/told-by-tools.ts";

// There is no program to run, and to learn that each time takes longer than all else.
const noProgram = () => new Failure("There is no ssh", { exitCode: exitCodes.unavailable });
jest.unstable_mockModule("../../client/ssh/run-program.ts", () => ({
  runProgram: () => Promise.reject(noProgram()),
  cannotRun: noProgram,
}));
/** What an agent has been told: it takes the place of the terminal. */
let told = "";
jest.unstable_mockModule("../../client/mcp/serve.ts", () => ({
  serve: async (ports: Ports) => {
    told += await allThatToolsTell(ports);
  },
}));
const { run } = await import("../../client/cli/run.ts");
const { commandTable } = await import("../../client/commands/index.ts");

/** An API whose every string and tag key, one at a time, holds what a terminal would obey or hide, and lines like the client's own. */

const hostile =
  "x\u001b[31m\u001b]0;t\u0007\u009b2J\u202e\u200b\ufeff\r\nINJECTED * ssh-ed25519 AAAA\n  ProxyCommand INJECTED";
const columns = 100;
const request = "ar-0123456789abcdef0123456789abcdef-0123456789ab";

const emptyPolicies = '["",{"one":""}]';
const emptyDigest = createHash("sha256").update(emptyPolicies).digest("hex");

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
  suspend: ["dave", "--reason", "x"],
  audit: [],
  mcp: ["--allow-standing"],
  // These call no API.
  "policy test": ["package.json", "--settings", "nowhere"],
  "policy explain": ["alice", "view", "web-1", "--settings", "nowhere"],
  "policy diff": ["policies", "policies", "--fleet", "package.json", "--settings", "nowhere"],
  "policy show": [emptyDigest, "one"],
  "report access": ["package.json"],
  review: [request, "--approve"],
  extend: [request, "--reason", "INC-42", "--wait"],
  cancel: [request, "--json"],
  revoke: [request, "--instance", "web-1"],
  instances: [],
  why: ["web-1"],
  whoami: [],
  "host-keys": ["web-1", "--forget"],
  login: [],
  status: [],
  logout: [],
  completion: ["bash"],
  help: [],
  complete: ["instances"],
  "known-host": ["a", "b", "c", "d"],
  "ssh-proxy": ["--logins", "LOGINS", "--", "web-1.latchkey", "22", "root"],
};
/** Those that can print JSON print it too. */
const withJson = [
  ...["ssh", "request", "requests", "audit", "review", "extend", "revoke"],
  ...["instances", "why", "whoami", "host-keys"],
];
const all = [
  ...Object.entries(commandLines).map(([name, args]) => [...name.split(" "), ...args]),
  ...withJson.map((name) => [name, ...(commandLines[name] ?? []), "--json"]),
  ["audit", "--csv"],
];

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

test("every command of the table is run", () => {
  const names = [...shownCommands(commandTable), ...commandTable.hidden].map(({ name }) => name);
  expect(Object.keys(commandLines).sort()).toEqual(names.sort());
});

/** Each copy of a value that has one of its strings replaced, or a tag's key. */
function poisoned(value: unknown, bad = hostile): unknown[] {
  if (typeof value === "string") return [bad];
  if (typeof value !== "object" || value === null) return [];
  const copies = Object.entries(value).flatMap(([key, part]) => [
    ...poisoned(part, bad).map((copy) => [key, copy] as const),
    ...(key === "tags" ? [[key, { [bad]: "x" }] as const] : []),
  ]);
  return copies.map(([key, copy]) =>
    Array.isArray(value) ? value.with(Number(key), copy) : { ...value, [key]: copy },
  );
}

/** A problem with all its texts replaced. */
const hostileProblem = (code: string) =>
  new ApiProblem({
    ...{ type: hostile, title: hostile, detail: hostile, requestId: hostile, help: hostile, limit: hostile },
    // No fault of the API's own: a wait would go on, in real time.
    ...{ code, status: 403, retryable: false },
    errors: [{ pointer: `/${hostile}`, code: hostile, detail: hostile }],
    requirements: { approvals: 1, reason: true },
  });
const problemCodes = ["approval-required", "invalid-request", "invalid-signature", hostile];

const connection = {
  ...sampleResponses.createConnection,
  connectionType: "direct" as const,
  host: "127.0.0.1",
  port: 1,
  hostKeyFingerprint: undefined,
};
const incomplete = [{ accountId: "111122223333", region: "us-east-1", code: "upstream-unavailable" }];
const responses: Readonly<Record<string, unknown>> = {
  ...sampleResponses,
  createConnection: connection,
  getPolicies: { digest: `sha256:${emptyDigest}`, text: emptyPolicies },
  listInstances: { items: sampleResponses.listInstances.items, incomplete },
  listAccessRequests: { ...sampleResponses.listAccessRequests, incomplete },
  listAuditEvents: { ...sampleResponses.listAuditEvents, incomplete },
};

interface Shown {
  readonly text: string;
  /** The routes that were called. */
  readonly called: readonly string[];
}

/** What a command shows on a terminal. @param changed responses, or problems, by route */
async function shownBy(
  args: readonly string[],
  changed: Readonly<Record<string, unknown>> = {},
  isStdinTerminal = true,
): Promise<Shown> {
  let shown = "";
  const called: string[] = [];
  const stream = () =>
    Object.assign(
      new PassThrough().on("data", (chunk) => {
        shown += chunk;
      }),
      { isTTY: true as const, columns },
    );
  const { context } = scriptedWorld({});
  // The second question may be for how long access is needed, which a yes does not answer.
  const replies = ["y", ""];
  const terminal = processTerminal(
    {
      stdin: () => Readable.from([`${replies.shift() ?? "y"}\n`]),
      isStdinTerminal,
      stdout: stream(),
      stderr: stream(),
    },
    { NO_COLOR: "1" },
    context.signal,
  );
  const call = async (name: string) => {
    // A problem comes once, or a command that asks for access would do so again and again.
    const isRepeated = called.includes(name);
    called.push(name);
    const response = changed[name] ?? responses[name];
    if (response instanceof ApiProblem && !isRepeated) throw response;
    return response instanceof ApiProblem ? responses[name] : response;
  };
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
  const text = `${shown}${told}`.replaceAll("\r\u001b[K", "\n");
  told = "";
  return { text, called };
}

/** The routes that a command calls, those of a refused connection included. */
async function routesOf(args: readonly string[]): Promise<string[]> {
  const refused = { createConnection: hostileProblem("approval-required") };
  const runs = [await shownBy(args), await shownBy(args, refused)];
  return [...new Set(runs.flatMap(({ called }) => called))];
}

function expectHarmless({ text }: Shown): void {
  expect(text.replaceAll("\n", "")).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u);
  expect(text).not.toMatch(/^(?:latchkey: |hint: )?\s*(?:ProxyCommand )?INJECTED/m);
}

describe("a terminal shows nothing, and no file has a line, that the API has hidden in one of its strings, or in a problem", () => {
  test.each(all.map((args) => [args.join(" "), args] as const))("%s", async (_, args) => {
    for (const name of await routesOf(args)) {
      for (const bad of [...poisoned(responses[name]), ...problemCodes.map(hostileProblem)])
        expectHarmless(await shownBy(args, { [name]: bad }));
    }
    expect((await textsOf(home)).filter((text) => text.includes("INJECTED"))).toEqual([]);
  });
});

test("nor what it is told to write, where several instances have the name", async () => {
  const [item] = sampleResponses.listInstances.items;
  const page = { items: [item, { ...item, instanceId: "i-0a1b2c3d", accountId: "444455556666" }] };
  for (const listInstances of [page, ...poisoned(page)])
    expectHarmless(await shownBy(["ssh", "web-1"], { listInstances }, false));
});

describe("no line of a table is wider than the terminal, however long a cell is, but for ids and the like", () => {
  /** First words of heads: their cells are copied and compared, so that they are never cut. */
  const keptWhole = [
    "ID",
    "ACCOUNT",
    "REGION",
    "EVENT",
    "INSTANCE",
    "OS",
    "STATUS",
    "SOURCE",
    "TYPE",
    "TRUST",
    "FINGERPRINT",
  ];
  test.each([["instances"], ["requests"], ["audit"], ["host-keys", "web-1"]])("%s", async (...args) => {
    for (const name of await routesOf(args)) {
      for (const bad of [
        ...poisoned(responses[name], "x".repeat(255)),
        ...poisoned(responses[name], "見".repeat(255)),
      ]) {
        const { text } = await shownBy(args, { [name]: bad });
        const lines = text.split("\n").filter((line) => !/^latchkey: the .* may be missing: /.test(line));
        const wide = lines.filter((line) => displayWidth(line) > columns);
        expect(wide.map((line) => line.split(" ")[0]).filter((head) => !keptWhole.includes(head ?? ""))).toEqual([]);
      }
    }
  });
});

describe("following a hint leads to the same API, by --profile, --api-region and --url as they were given", () => {
  const given = ["--profile", "my work", "--api-region=eu-west-1", "--url", "http://127.0.0.1:1"];
  const kept = "--url http://127.0.0.1:1 --api-region eu-west-1 --profile 'my work'";
  const denied = (code: ProblemCode) => new ApiProblem(problemOf(code, "r-1"));
  const found = { items: [{ ...sampleResponses.listInstances.items[0], state: "terminated" }] };
  const pending = { ...sampleResponses.createAccessRequest, status: "pending" };
  const active = { ...pending, status: "active" };
  const decided = (code: string) => ({ ...sampleResponses.decide, decision: "deny", code });
  const unknownKey = { ...connection, hostKeys: [] };
  const proxy = ["ssh-proxy", "--logins", "LOGINS", "--suffix", ".latchkey", "--", "web-1.latchkey", "22", "root"];

  test.each<[string, readonly string[], Readonly<Record<string, unknown>>]>([
    ["why", ["ssh", "web-1"], { createConnection: denied("access-denied") }],
    ["why", ["tunnel", "web-1"], { createConnection: denied("no-route-to-instance") }],
    ["request", ["tunnel", "web-1"], { createConnection: hostileProblem("approval-required") }],
    ["request", ["why", "web-1"], { decide: decided("approval-required") }],
    ["ssh", ["why", "web-1"], { decide: { decision: "allow", policies: [] } }],
    ["instances", ["instances"], { listInstances: denied("instance-not-found") }],
    ["instances", ["ssh", "web-1"], { listInstances: { items: [] } }],
    ["instances", ["ssh", "web-1"], { listInstances: found }],
    ["requests", ["review", request, "--deny"], { getAccessRequest: denied("access-request-not-found") }],
    ["requests", ["review", request, "--deny"], { reviewAccessRequest: denied("request-not-pending") }],
    ["requests", ["review", request, "--deny"], { reviewAccessRequest: denied("reviewer-not-allowed") }],
    ["cancel", ["revoke", request], { revokeAccessRequest: denied("request-not-active"), getAccessRequest: pending }],
    ["revoke", ["cancel", request], { cancelAccessRequest: denied("request-not-pending"), getAccessRequest: active }],
    [
      "cancel",
      ["request", "web-1", "-r", "x", "-w"],
      { createAccessRequest: pending, getAccessRequest: denied("invalid-signature") },
    ],
    ["review", ["request", "web-1", "-r", "x"], { createAccessRequest: pending }],
    ["review", ["mcp"], { createAccessRequest: pending }],
    ["host-keys", ["ssh", "web-1"], { createConnection: unknownKey }],
    ["config", ["config"], {}],
    ["why", proxy, { createConnection: denied("access-denied") }],
    ["host-keys", proxy, { createConnection: unknownKey }],
    ["ssh", proxy, { createConnection: unknownKey }],
  ])("latchkey %s, as %j says", async (name, [command = "", ...args], changed) => {
    const { text } = await shownBy([command, ...given, ...args], changed, false);
    const commands = text.match(/latchkey (?:--[\w-]+ (?:'[^']*'|\S+) )*[\w-]+/g) ?? [];
    // Reviewers and operators have profiles of their own.
    const options = ["review", "host-keys"].includes(name) ? kept.replace(/ --profile .*/, "") : kept;
    expect(commands).toContain(`latchkey ${options} ${name}`);
  });

  test("no other place in the client writes a command to run", async () => {
    const names = shownCommands(commandTable)
      .map(({ name }) => name)
      .filter((name) => !/^(?:help|completion)$/.test(name))
      .join("|");
    const written = new RegExp(`^(?!\\s*(?:\\*|/\\*\\*|//)).*\\blatchkey (?:${names})\\b(?! --help)`, "gm");
    const entries = await readdir("client", { recursive: true, withFileTypes: true });
    // Those of commands/ are examples and descriptions.
    const files = entries.filter((entry) => entry.isFile() && !/commands$/.test(entry.parentPath));
    const lines = files.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return ((await readFile(file, "utf8")).match(written) ?? []).map((line) => `${file}: ${line}`);
    });
    expect((await Promise.all(lines)).flat()).toEqual([]);
  });
});

/** Of each file that the client has written. */
async function textsOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((entry) => readFile(path.join(entry.parentPath, entry.name), "utf8")));
}
