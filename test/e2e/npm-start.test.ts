import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { callApi } from "../support/api-client.ts";

const root = path.resolve(import.meta.dirname, "../..");
/** Milliseconds: a start bundles the functions first. */
const patience = 60_000;

describe("npm start", () => {
  let temporary: string;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    temporary = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  });
  afterEach(async () => {
    if (child?.pid && isAlive(child.pid)) process.kill(-child.pid, "SIGKILL");
    await rm(temporary, { recursive: true, force: true });
  });

  const start = (args: readonly string[] = [], environment: Readonly<Record<string, string>> = { PORT: "0" }) => {
    const env = { ...process.env, ...environment, TMPDIR: temporary };
    child = spawn("npm", ["start", ...args], { cwd: root, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    return child;
  };

  test.each(["SIGINT", "SIGTERM"] as const)(
    "says where it listens, serves, and ends on %s with nothing left running or lying about",
    async (signal) => {
      const stack = start();
      const url = await readyUrl(stack);
      expect(await callApi(url, { path: "/v1/whoami", as: "alice" })).toMatchObject({ status: 200 });
      expect(await readdir(temporary)).not.toEqual([]);
      const ended = once(stack, "exit");
      stack.kill(signal);
      await ended;
      await groupToEnd(stack);
      expect((await readdir(temporary)).filter((name) => name.startsWith("latchkey-"))).toEqual([]);
    },
    patience,
  );

  test(
    "leaves no function running when it is killed outright",
    async () => {
      const stack = start();
      await readyUrl(stack);
      const pids = await processesOf(stack);
      const main = pids.find(({ command }) => command.includes("local/main.ts") && !command.includes("sh -c"));
      process.kill(main?.pid ?? 0, "SIGKILL");
      await groupToEnd(stack);
    },
    patience,
  );

  test.each([
    [
      "a fleet file that is not there",
      ["--", "--fleet", "nowhere.json"],
      { PORT: "0" },
      "Invalid fleet file nowhere.json",
    ],
    ["a fleet file of another shape", ["--", "--fleet", "FILE"], { PORT: "0" }, "Reservations"],
    ["an option that it does not know", ["--", "--flet", "x.json"], { PORT: "0" }, "--flet"],
    ["a port that is none", [], { PORT: "http" }, "PORT is not a port number"],
  ])(
    "refuses %s in so many words",
    async (_, args, environment, words) => {
      const file = path.join(temporary, "fleet.json");
      await writeFile(file, '{"Instances": []}');
      const stack = start(
        args.map((arg) => (arg === "FILE" ? file : arg)),
        environment,
      );
      let said = "";
      stack.stderr?.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
      const [code] = await once(stack, "close");
      expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(words) });
    },
    patience,
  );
});

async function readyUrl(stack: ChildProcess): Promise<string> {
  let said = "";
  return new Promise((resolve, reject) => {
    stack.once("exit", (code) => reject(new Error(`It ended with ${code}: ${said}`)));
    stack.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const url = /http:\/\/127\.0\.0\.1:[0-9]+/.exec(said)?.[0];
      if (url) resolve(url);
    });
  });
}

/** Resolves when no process of the group is left. Jest's own time-out is the bound. */
async function groupToEnd({ pid = 0 }: ChildProcess): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Whether a process of the group is alive. */
function isAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
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
