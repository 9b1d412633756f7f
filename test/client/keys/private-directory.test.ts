import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { makePrivateDirectory, sweepDirectories } from "../../../client/keys/private-directory.ts";

let runtime: string;
const world = () => ({ environment: { XDG_RUNTIME_DIR: runtime }, platform: process.platform });

beforeEach(async () => {
  runtime = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
});
afterEach(() => rm(runtime, { recursive: true, force: true }));

describe("a private directory", () => {
  test("is in memory, where the system has that for its users, and nobody else enters it", async () => {
    const made = makePrivateDirectory(world());
    expect(path.dirname(made.path)).toBe(runtime);
    expect((await stat(made.path)).mode & 0o777).toBe(0o700);
    made.remove();
  });

  test("goes with all that is in it, more than once", async () => {
    const made = makePrivateDirectory(world());
    await writeFile(path.join(made.path, "file"), "");
    made.remove();
    made.remove();
    expect(existsSync(made.path)).toBe(false);
  });

  test.each([
    ["is relative", () => "run"],
    ["is not there", () => path.join(runtime, "absent")],
    ["has a path that is too long for a socket", () => path.join(runtime, "x".repeat(60))],
  ])("is elsewhere where XDG_RUNTIME_DIR %s", async (_, directory) => {
    if (_.includes("long")) await mkdir(directory());
    const made = makePrivateDirectory({ ...world(), environment: { XDG_RUNTIME_DIR: directory() } });
    expect(path.dirname(made.path)).not.toBe(directory());
    expect(existsSync(made.path)).toBe(true);
    made.remove();
  });

  test.each([
    ["ends", "process.exit(3)"],
    ["fails", "throw new Error('on purpose')"],
  ])("goes when its process %s", async (_, ending) => {
    const module = path.resolve(import.meta.dirname, "../../../client/keys/private-directory.ts");
    const program = `
      const { makePrivateDirectory } = await import(${JSON.stringify(module)});
      console.log((makePrivateDirectory(${JSON.stringify(world())})).path);
      ${ending}`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [[shown]] = await Promise.all([once(child.stdout, "data"), once(child, "close")]);
    expect(path.dirname(String(shown).trim())).toBe(runtime);
    expect(existsSync(String(shown).trim())).toBe(false);
  });
});

describe("a sweep", () => {
  const made = new Date("2026-01-02T03:04:05.000Z");
  const [inItsMinute, afterIt] = [new Date(made.getTime() + 60_000), new Date(made.getTime() + 60_001)];
  /** No system has given a process such an id. */
  const deadProcess = 2 ** 31 - 1;
  const make = async (name: string) => {
    const directory = path.join(runtime, name);
    await mkdir(directory, { mode: 0o700 });
    return directory;
  };
  const swept = async (directory: string, now: Date) => {
    await utimes(directory, made, made);
    await sweepDirectories(world(), now);
    return !existsSync(directory);
  };
  async function listen(directory: string) {
    const server = createServer().listen(path.join(directory, "agent"));
    await once(server, "listening");
    return server;
  }

  test("leaves what is not latchkey's", async () => {
    for (const name of ["latchkey", "latchkey-x-abcdef", "latchkey-1-abc", "other-1-abcdef"]) {
      expect(await swept(await make(name), afterIt)).toBe(false);
    }
  });

  test("leaves a directory whose agent answers, under any name", async () => {
    const directory = await make(`latchkey-${deadProcess}-abcdef`);
    const server = await listen(directory);
    expect(await swept(directory, afterIt)).toBe(false);
    server.close();
  });

  test("leaves one whose agent can be neither reached nor ruled out", async () => {
    const directory = await make(`latchkey-${deadProcess}-abcdef`);
    await symlink("agent", path.join(directory, "agent")); // ELOOP
    expect(await swept(directory, afterIt)).toBe(false);
  });

  test("leaves one that has no agent yet", async () => {
    expect(await swept(await make(`latchkey-${deadProcess}-abcdef`), inItsMinute)).toBe(false);
  });

  test("leaves one of a process that runs without an agent", async () => {
    expect(await swept(await make(`latchkey-${process.pid}-abcdef`), afterIt)).toBe(false);
  });

  test("leaves what is kept for a minute", async () => {
    expect(await swept(await make("latchkey-kept-abcdef"), inItsMinute)).toBe(false);
  });

  test("leaves a link, and what it leads to", async () => {
    const directory = await make("elsewhere");
    const link = path.join(runtime, "latchkey-kept-abcdef");
    await symlink(directory, link);
    expect(await swept(link, afterIt)).toBe(false);
    expect(existsSync(directory)).toBe(true);
  });

  test("takes a directory whose process was killed", async () => {
    const directory = await make("latchkey-1-abcdef");
    const program = `require("node:net").createServer().listen(${JSON.stringify(path.join(directory, "agent"))}, () => console.log())`;
    const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "close");
    expect(await swept(directory, inItsMinute)).toBe(true);
  });

  test("takes one that never had an agent, of a process that is gone", async () => {
    expect(await swept(await make(`latchkey-${deadProcess}-abcdef`), afterIt)).toBe(true);
  });

  test("removes what was kept once its minute has passed", async () => {
    const directory = await make("latchkey-kept-abcdef");
    await writeFile(path.join(directory, "key"), "");
    expect(await swept(directory, afterIt)).toBe(true);
  });
});
