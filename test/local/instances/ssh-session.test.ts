import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { isRunning, type KeyPair, run, ssh, sshArguments, TestBed, type TestInstance } from "./stock-ssh.ts";

const MIB = 1024 * 1024;

const onLinux = process.platform === "linux" && existsSync("/usr/bin/script") ? test : test.skip;

const bed = new TestBed();
let instance: TestInstance;
let key: KeyPair;

beforeAll(async () => {
  instance = await bed.startInstance("i-0123456789abcdef0");
  key = await bed.makeKeyPair("key", "ed25519");
  bed.activeKeys.push(instance.instanceId, "ec2-user", key.publicKeyLine);
});
afterAll(() => bed.close());

const inSession = (command: string, input?: string | Buffer) => ssh(instance, key, { command, input: input ?? "" });

describe("a session refuses", () => {
  test("environment variables of the client's", async () => {
    const { stdout } = await ssh(instance, key, {
      options: ["SetEnv=LANG=de_DE SECRET=1"],
      command: "echo $LANG $SECRET",
    });
    expect(stdout).toBe("C.UTF-8\n");
  });

  test("the client's agent", async () => {
    expect(await ssh(instance, key, { options: ["ForwardAgent=yes"], command: "env" })).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining("SSH_AUTH_SOCK"),
    });
  });

  test("a subsystem that is not sftp", async () => {
    const { code, stderr } = await run("ssh", ["-s", ...sshArguments(instance, key), "netconf"]);
    expect({ code, stderr }).toEqual({ code: 255, stderr: expect.stringContaining("subsystem request failed") });
  });
});

describe("if the machine has no tool for it, a session refuses", () => {
  let bare: TestInstance;
  beforeAll(async () => {
    const tools = { shell: "/bin/sh", script: undefined, sftpServer: undefined };
    bare = await bed.startInstance("i-0a1b2c3d", "127.0.0.1", tools);
    bed.activeKeys.push(bare.instanceId, "ec2-user", key.publicKeyLine);
  });

  test("sftp", async () => {
    const settings = sshArguments(bare, key).slice(0, -1);
    const { code, stderr } = await run("sftp", [...settings, "-b", "-", `ec2-user@${bare.host}`], { input: "pwd\n" });
    expect({ code, stderr }).toEqual({ code: 255, stderr: expect.stringContaining("subsystem request failed") });
  });

  test("a terminal, and with it a client that insists on one", async () => {
    const { code, stderr } = await ssh(bare, key, { options: ["RequestTTY=force"], command: "echo in" });
    expect({ code, stderr }).toEqual({ code: 255, stderr: expect.stringContaining("PTY allocation request failed") });
  });

  onLinux("but serves a person line by line (skipped where there is no script(1) of Linux)", async () => {
    const login = `ssh ${sshArguments(bare, key).join(" ")}`;
    const terminal = spawn("script", ["-qec", login, "/dev/null"], { env: { PATH: process.env["PATH"] } });
    terminal.stdin.on("error", () => {}); // script may end with input unread
    const lines = ["echo one-$((1+1))\n", "exit 5\n"];
    let screen = "";
    terminal.stdout.on("data", (output: Buffer) => {
      screen += output;
      if (/[#$] $/.test(screen)) terminal.stdin.write(lines.shift() ?? ""); // a person waits for the prompt
    });
    const [code] = await once(terminal, "close");
    expect(screen).toContain("PTY allocation request failed");
    expect(screen).toContain("one-2\r\n");
    expect(code).toBe(5);
  });
});

describe("a command's end reaches the client", () => {
  test.each([
    ["success", "true", 0],
    ["a failure's exit code", "exit 7", 7],
    ["the highest exit code", "exit 255", 255],
    ["that there is no such command", "no-such-command", 127],
    ["a signal that SSH has a name for, which the client gives as 255", "kill -TERM $$", 255],
    ["one that it has none for, as a shell gives it", "kill -BUS $$", 128 + constants.signals.SIGBUS],
  ])("%s", async (_what, command, code) => {
    expect(await inSession(command)).toMatchObject({ code });
  });
});

describe("input and output", () => {
  test("standard input reaches the command, up to its end", async () => {
    expect(await inSession("cat", "one\ntwo")).toEqual({ code: 0, stdout: "one\ntwo", stderr: "" });
  });

  test("standard output and error stay apart", async () => {
    expect(await inSession("echo out; echo err >&2")).toEqual({ code: 0, stdout: "out\n", stderr: "err\n" });
  });

  test("two MiB go there and back, every byte as it was", async () => {
    const text = Array.from({ length: (2 * MIB) / 8 }, (_, n) => `${n}`.padStart(7, "0").concat("\n")).join("");
    const { code, stdout } = await inSession("cat", text);
    expect({ code, intact: stdout === text }).toEqual({ code: 0, intact: true });
  });

  test.each([
    ["one after the other", "seq 600000; seq 600000 >&2; seq 600000; seq 600000 >&2"],
    ["at a time", "(seq 600000; seq 600000) & (seq 600000; seq 600000) >&2; wait"],
  ])("standard output and error both carry more than the client's window of 2 MiB, %s", async (_how, command) => {
    const numbers = Array.from({ length: 600_000 }, (_, n) => `${n + 1}\n`).join("");
    const { code, stdout, stderr } = await inSession(command);
    const intact = [stdout, stderr].map((text) => text === numbers + numbers);
    expect({ code, intact }).toEqual({ code: 0, intact: [true, true] });
  });

  test("a command that does not read its input ends all the same", async () => {
    expect(await inSession("exit 3", Buffer.alloc(8 * MIB))).toMatchObject({ code: 3 });
  });
});

describe("a shell", () => {
  test("reads its commands from the client, and tells no prompt to a program", async () => {
    const input = "echo one\necho two\nexit 4\necho three\n";
    const result = await ssh(instance, key, { options: ["RequestTTY=no"], input });
    expect(result).toEqual({ code: 4, stdout: "one\ntwo\n", stderr: "" });
  });
});

describe("a command sees of the host", () => {
  test("the instance's own directory, and stands in it", async () => {
    const { homeDirectory } = instance;
    expect(await inSession("pwd; echo $HOME")).toMatchObject({ stdout: `${homeDirectory}\n${homeDirectory}\n` });
    await inSession("echo kept > file");
    expect(existsSync(join(homeDirectory, "file"))).toBe(true);
  });

  test("nothing of the environment", async () => {
    Object.assign(process.env, { AWS_SECRET_ACCESS_KEY: "secret", SSH_AUTH_SOCK: "/agent", LANG: "de_DE.UTF-8" });
    const { stdout } = await inSession("env");
    const ownToTheShell = ["PWD", "OLDPWD", "SHLVL", "_"];
    const variables = stdout
      .trim()
      .split("\n")
      .map((line) => line.split("=", 1)[0] ?? "");
    expect(variables.filter((name) => !ownToTheShell.includes(name)).sort()).toEqual([
      "HOME",
      "LANG",
      "LOGNAME",
      "PATH",
      "SHELL",
      "USER",
    ]);
    expect(stdout).toContain("LANG=C.UTF-8\n");
    expect(stdout).toContain("LOGNAME=ec2-user\n");
  });
});

describe("nothing is left running", () => {
  /** Starts a command that does not end, on an instance of its own; `gone`: with two levels of its children. */
  async function startEndless(instanceId: string, signal?: AbortSignal) {
    const own = await bed.startInstance(instanceId);
    bed.activeKeys.push(instanceId, "ec2-user", key.publicKeyLine);
    const { path, told, gone } = await bed.makeLifeline();
    const command = `exec 3> ${path}; sleep 300 & sh -c 'echo up >&3; sleep 300; true'; true`;
    const client = ssh(own, key, { command, ...(signal && { signal }) });
    await told;
    return { own, client, gone };
  }

  test("of a command that has ended", async () => {
    const { path, gone } = await bed.makeLifeline();
    expect(await inSession(`exec 3> ${path}; sleep 300 > /dev/null 2>&1 &`)).toMatchObject({ code: 0 });
    await gone;
  });

  test("of a command whose client has gone", async () => {
    const killed = new AbortController();
    const { client, gone } = await startEndless("i-0d0000000000000a1", killed.signal);
    killed.abort();
    await expect(client).rejects.toThrow("aborted");
    await gone;
  });

  onLinux(
    "of an instance that has been stopped, though it has become a daemon (skipped where there is no /proc)",
    async () => {
      const own = await bed.startInstance("i-0570000000000000c");
      bed.activeKeys.push(own.instanceId, "ec2-user", key.publicKeyLine);
      const { path, gone } = await bed.makeLifeline();
      // The session lasts until the daemon has left it, and closes its output.
      const command = `setsid sh -c 'echo $$; exec sleep 300 > /dev/null 2>&1' 3> ${path} &`;
      const { stdout } = await ssh(own, key, { command: `echo $(${command})` });
      expect(isRunning(Number(stdout))).toBe(true);
      await own.stop();
      await gone;
    },
  );

  test("of an instance that has been stopped", async () => {
    const { own, client, gone } = await startEndless("i-0600000000000000b");
    await own.stop();
    await gone;
    expect(await client).toMatchObject({ code: 255 });
    expect(await ssh(own, key, { command: "id" })).toMatchObject({
      code: 255,
      stderr: expect.stringContaining("Connection refused"),
    });
  });
});
