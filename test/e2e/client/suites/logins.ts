import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { fleet } from "../../../support/api-client.ts";
import { startOnTerminal } from "../../../support/client/tmux.ts";
import { clientEnvironment, runClient, useClientHome } from "../../../support/client-process.ts";
import { whereIs } from "../../../support/programs.ts";
import type { TestStack } from "../../../support/test-stack.ts";

/** `latchkey ssh`, with pipes and on a terminal, on instances that are reached directly and through a tunnel. */
export function describeLogins(local: TestStack): void {
  const home = useClientHome();
  const refused = expect.stringMatching(/^latchkey: /);
  const as = (caller: string) => ({ as: caller, stack: local.stack });

  describe("latchkey ssh runs nothing", () => {
    test("for whom has no credentials", async () => {
      const result = await runClient(["ssh", "web-1", "--", "echo in"], { stack: local.stack });
      expect(result).toMatchObject({ stdout: "", stderr: refused, exitCode: 78 });
    });

    test("for whom it is given no URL", async () => {
      const result = await runClient(["ssh", "web-1", "--", "echo in"], { as: "alice" });
      expect(result).toMatchObject({ stdout: "", stderr: refused, exitCode: 78 });
    });

    test.each([
      ["on an instance that there is not", "alice", "web-99", 68],
      ["on an instance that the caller does not see", "alice", fleet.vault1, 68],
      ["for whom sees no instance", "carol", "web-1", 68],
      ["on an instance that is stopped", "alice", "old-1", 69],
    ])("%s", async (_, caller, instance, exitCode) => {
      const result = await runClient(["ssh", instance, "--", "echo in"], as(caller));
      expect(result).toMatchObject({ stdout: "", stderr: refused, exitCode });
    });

    test("as an OS user that policy does not allow", async () => {
      const result = await runClient(["ssh", "web-1", "--os-user", "root", "--", "echo in"], as("alice"));
      expect(result).toMatchObject({ stdout: "", exitCode: 77 });
    });
  });

  describe.each([
    ["directly", "web-1", fleet.web1],
    ["through the tunnel", "db-1", fleet.db1],
  ])("latchkey ssh, %s,", (_, name, instanceId) => {
    test("runs a command, and says nothing of its own", async () => {
      const result = await runClient(["ssh", name, "--", "uptime"], as("alice"));
      expect(result).toEqual({ stdout: expect.stringContaining("load average"), stderr: "", exitCode: 0 });
    });

    test("finds an instance by its id, and logs in as the OS user asked for", async () => {
      const args = ["ssh", instanceId, "--os-user", "ubuntu", "--", "echo $LOGNAME"];
      expect(await runClient(args, as("alice"))).toEqual({ stdout: "ubuntu\n", stderr: "", exitCode: 0 });
    });

    test.each([
      ["success", "true", 0],
      ["a command's own failure", "exit 7", 7],
      ["one that is ssh's own too", "exit 255", 255],
      ["that there is no such command", "no-such-command 2> /dev/null", 127],
    ])("ends with the command's exit code: %s", async (_what, command, exitCode) => {
      expect(await runClient(["ssh", name, "--", command], as("alice"))).toMatchObject({ exitCode });
    });

    test("passes input on up to its end, and output, every byte as it was", async () => {
      const content = randomBytes(1024 * 1024).toString("base64");
      const result = await runClient(["ssh", name, "--", "cat; echo over >&2"], { ...as("alice"), stdin: content });
      expect({ ...result, stdout: result.stdout === content }).toEqual({ stdout: true, stderr: "over\n", exitCode: 0 });
    });

    test("passes ssh's own arguments on", async () => {
      const args = ["ssh", name, "--", "-v", "-o", "SetEnv=LC_NOTE=1", "echo in"];
      const result = await runClient(args, as("alice"));
      expect(result).toMatchObject({ stdout: "in\n", stderr: expect.stringContaining("debug1: "), exitCode: 0 });
    });

    const withTmux = whereIs("tmux") === undefined ? test.skip : test;
    withTmux("gives a person a shell on a terminal (skipped without tmux)", async () => {
      const environment = clientEnvironment({ ...as("alice"), home: home.directory });
      const person = await startOnTerminal(["latchkey", "ssh", name], environment, home.directory);
      try {
        await person.sees(/[$#]$/);
        await person.type("echo =$((40+2)) $LOGNAME; stty size", "Enter");
        // Each with the prompt after it: what is typed before that shows on other lines.
        await person.sees(/^=42 ec2-user\n30 100\n.*[$#]$/m);
        await person.resize(120, 40);
        await person.type("stty size", "Enter");
        await person.sees(/^40 120\n.*[$#]$/m);
        await person.type("echo '<'started'>'; sleep 300", "Enter");
        await person.sees(/^<started>$/m);
        await person.type("C-c");
        await person.type("echo '<'ended'>'", "Enter");
        await person.sees(/<ended>$/m); // behind a prompt, where the shell took the line for its own
        await person.type("exit 7", "Enter");
        expect(await person.exitCode()).toBe(7);
      } finally {
        await person.leave();
      }
    });

    withTmux("gives a person tmux, on the instance, by -t (skipped without tmux)", async () => {
      const environment = clientEnvironment({ ...as("alice"), home: home.directory });
      const tmux = `tmux -L latchkey-test-${process.pid} -f /dev/null new-session`;
      const person = await startOnTerminal(["latchkey", "ssh", name, "--", "-t", tmux], environment, home.directory);
      try {
        await person.sees(/[$#] *\n+\[0\]/); // a prompt, and tmux's own status line
        await person.type("echo =$((40+2)); [ $TMUX ] && echo '<'inside'>'", "Enter");
        await person.sees(/^=42\n<inside>$/m);
        await person.type("exit", "Enter");
        expect(await person.exitCode()).toBe(0);
      } finally {
        await person.leave();
      }
    });
  });
}
