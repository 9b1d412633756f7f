import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { exitCodes } from "../../../client/terminal/exit-code.ts";
import { announcement, type Ready } from "../../../local/banner.ts";
import { callApi } from "../../support/api-client.ts";
import { runOnClientMachine } from "../../support/client-process.ts";
import { useLocalStack } from "../../support/test-stack.ts";

const root = path.resolve(import.meta.dirname, "../../..");

describe("npm start", () => {
  let temporary: string;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    temporary = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  });
  afterEach(async () => {
    if (child?.pid && isAlive(-child.pid)) process.kill(-child.pid, "SIGKILL");
    await rm(temporary, { recursive: true, force: true });
  });

  const start = (
    args: readonly string[] = [],
    environment: Readonly<Record<string, string>> = { PORT: "0" },
    stdout: number | "pipe" = "pipe",
  ) => {
    const env = { ...process.env, ...environment, TMPDIR: temporary };
    child = spawn("npm", ["start", ...args], { cwd: root, env, detached: true, stdio: ["ignore", stdout, "pipe"] });
    return child;
  };

  test("says in one line of JSON where it listens and logs, and ends on SIGINT with nothing left running or lying about", async () => {
    const stack = start();
    const said = text(stack.stdout ?? Readable.from([]));
    const { iam, oidc, issuer, console: page, slack, slackApi, log } = await ready(stack);
    expect((await fetch(`${oidc}/v1/whoami`)).status).toBe(401);
    const granted = await fetch(`${issuer}/token`, {
      method: "POST",
      headers: { Authorization: `Basic ${btoa("ci-robot:robot")}` },
      body: new URLSearchParams({ grant_type: "client_credentials", scope: "latchkey" }),
    });
    const { access_token: token } = (await granted.json()) as { access_token: string };
    const me = await fetch(`${oidc}/v1/whoami`, { headers: { Authorization: `Bearer ${token}` } });
    expect(await me.json()).toMatchObject({ id: "local/ci/ci-robot", kind: "machine", frontDoor: "oidc" });
    expect((await fetch(`${issuer}/.well-known/openid-configuration`)).status).toBe(200);
    expect(await (await fetch(`${page}/config.json`)).json()).toMatchObject({ api: oidc, issuer, terminal: true });
    const preflight = await fetch(`${oidc}/v1/whoami`, { method: "OPTIONS" });
    expect(preflight.headers.get("access-control-allow-origin")).toBe(page);
    expect(await (await fetch(`${slackApi}/messages`)).json()).toEqual({ items: [] });
    expect((await fetch(`${slack}`, { method: "POST", body: "ssl_check=1" })).status).toBe(401);
    const requestId = (await callApi(iam, { path: "/v1/whoami", as: "alice" })).headers.get("x-request-id");
    expect(await lineWith(`${requestId}`, log)).toContain("request.completed");
    const functions = (await processesOf(stack)).filter(({ command }) => command.includes("functions/worker.ts"));
    expect(functions).not.toEqual([]);
    const ended = once(stack, "close"); // of all that hold its output
    stack.kill("SIGINT");
    await ended;
    expect(functions.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect((await said).split("\n").filter((line) => !/^(?:>.*)?$/.test(line))).toEqual([
      JSON.stringify({ ready: { iam, oidc, issuer, console: page, slack, slackApi, log } }),
    ]);
    expect((await readdir(temporary)).filter((name) => name.startsWith("latchkey-"))).toEqual([]);
  });

  test("serves a console without terminals if it is told to", async () => {
    const { console: page } = await ready(start(["--", "--no-terminal"]));
    expect(await (await fetch(`${page}/config.json`)).json()).toMatchObject({ terminal: false });
  });

  test("serves no console if pages of another origin may call the API", async () => {
    const { oidc, console: page } = await ready(start(["--", "--cors-origin", "http://localhost:5173"]));
    expect(page).toBeUndefined();
    const preflight = await fetch(`${oidc}/v1/whoami`, { method: "OPTIONS" });
    expect(preflight.headers.get("access-control-allow-origin")).toBe("http://localhost:5173");
  });

  test("ends with an error if it cannot say where it listens, as on a full disk", async () => {
    const stack = start(["--", "--help"], {}, openSync("/dev/full", "w"));
    const said = text(stack.stderr ?? Readable.from([]));
    expect(await once(stack, "close")).toEqual([1, null]);
    expect(await said).toContain("ENOSPC");
  });

  test.each([
    ["a fleet file of another shape", ["--", "--fleet", "FILE"], { PORT: "0" }, "Reservations"],
    ["a fleet file of a target that is none", ["--", "--fleet", "eu=FILE"], { PORT: "0" }, '"eu" is no target'],
    ["a port that is none", [], { PORT: "http" }, "PORT is not a port number"],
  ])("refuses %s in so many words", async (_, args, environment, words) => {
    const file = path.join(temporary, "fleet.json");
    await writeFile(file, '{"Instances": []}');
    const stack = start(
      args.map((arg) => arg.replace("FILE", file)),
      environment,
    );
    let said = "";
    stack.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const [code] = await once(stack, "close");
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(words) });
  });
});

describe("on a terminal", () => {
  const local = useLocalStack();
  const lines = (ready: Partial<Ready> = {}) =>
    announcement(
      {
        iam: local.stack.url,
        oidc: "http://127.0.0.1:2",
        issuer: "http://127.0.0.1:1",
        console: "http://127.0.0.1:3",
        slack: "http://127.0.0.1:4/slack",
        slackApi: "http://127.0.0.1:5",
        log: "/tmp/the.log",
        ...ready,
      },
      true,
    ).split("\n");

  test("the banner has the URLs, the log's file and three commands to try, which work, in lines of 80 columns", async () => {
    const stack = [
      "  console  http://127.0.0.1:3",
      `  API      ${local.stack.url}`,
      "  OpenID   http://127.0.0.1:1",
      "  Slack    http://127.0.0.1:4/slack",
      "  messages http://127.0.0.1:5/messages",
      "  log      /tmp/the.log",
    ];
    expect(lines()).toEqual(expect.arrayContaining(stack));
    expect(lines({ console: undefined })).toContainEqual(
      expect.stringMatching("^  console  not served: --cors-origin "),
    );
    expect(lines().filter(({ length }) => length > 80)).toEqual([]);
    const settings = lines().filter((line) => line.startsWith("  export "));
    const commands = lines().filter((line) => line.startsWith("  npx "));
    expect(commands).toHaveLength(3);
    for (const command of commands) {
      const script = [...settings, 'npx() { "$@"; }', `${command} </dev/null`].join("\n");
      const { stdout, exitCode } = await runOnClientMachine("sh", ["-c", script]);
      // What policy denies at first is worth trying too.
      expect([exitCodes.ok, exitCodes.noPermission]).toContain(exitCode);
      expect({ command, stdout }).toEqual({ command, stdout: expect.stringMatching(/web-1|ec2-user|/) });
    }
  });
});

async function ready(stack: ChildProcess): Promise<Ready> {
  let said = "";
  return new Promise((resolve, reject) => {
    stack.once("exit", (code) => reject(new Error(`It ended with ${code}: ${said}`)));
    stack.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const line = /^\{"ready":.*\}$/m.exec(said)?.[0];
      if (line) resolve((JSON.parse(line) as { ready: Ready }).ready);
    });
  });
}

/** Resolves with a line of a growing file, when it is there. Jest's own time-out is the bound. */
async function lineWith(part: string, file: string): Promise<string | undefined> {
  const reader = spawn("tail", ["-n", "+1", "-f", file], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    for await (const line of createInterface(reader.stdout)) if (line.includes(part)) return line;
    return undefined;
  } finally {
    reader.kill();
  }
}

/** @param pid of a process, or the negative one of a group */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function processesOf({ pid }: ChildProcess): Promise<{ pid: number; command: string }[]> {
  const ps = spawn("ps", ["-o", "pid=,args=", "-g", `${pid}`], { stdio: ["ignore", "pipe", "inherit"] });
  let listed = "";
  ps.stdout.setEncoding("utf8").on("data", (text: string) => {
    listed += text;
  });
  await once(ps, "close");
  return listed
    .trim()
    .split("\n")
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim().replace(/^[0-9]+ /, "") }));
}
