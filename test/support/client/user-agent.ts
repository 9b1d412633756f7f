import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { runClient, useClientHome } from "../client-process.ts";
import { run, useKeyPair } from "../ssh-client.ts";
import type { TestStack } from "../test-stack.ts";

/** The user's own ssh-agent, beside the one-time key. On instances that take a forwarded agent. */
export function describeUserAgent(local: TestStack): void {
  const home = useClientHome();
  const own = useKeyPair();
  let agent: ChildProcess;
  let socket: string;

  beforeAll(async () => {
    socket = path.join(home.directory, "own-agent");
    const listening = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "ignore"] });
    agent = listening;
    await once(listening.stdout, "data"); // its address
    expect(await run("ssh-add", ["-q", own.pair.file], { SSH_AUTH_SOCK: socket })).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    const ended = once(agent, "close");
    agent.kill();
    await ended;
  });

  describe("the user's own ssh-agent", () => {
    test("is not forwarded to an instance unless that is asked for", async () => {
      const options = { as: "alice", stack: local.stack, env: { SSH_AUTH_SOCK: socket } };
      const result = await runClient(["ssh", "web-1", "--", "ssh-add -L"], options);
      expect(result).toMatchObject({ stderr: expect.stringContaining("Could not open a connection"), exitCode: 2 });
    });

    test.each(["web-1", "db-1"])("is forwarded to %s by -A, and the one-time key is not", async (name) => {
      const options = { as: "alice", stack: local.stack, env: { SSH_AUTH_SOCK: socket } };
      const result = await runClient(["ssh", name, "--", "-A", "ssh-add -L"], options);
      expect(result).toEqual({ stdout: `${own.pair.publicKey}\n`, stderr: "", exitCode: 0 });
    });
  });
}
