import { once } from "node:events";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import { runCommand } from "../../../local/instances/run-command.ts";

const place = { osUser: "ec2-user", homeDirectory: tmpdir(), shell: "/bin/sh" };

describe("a command that cannot be started", () => {
  test("ends as a shell says so, where its directory is missing", async () => {
    const command = runCommand("/bin/sh", ["-c", "true"], { ...place, homeDirectory: "/no/such/directory" });
    expect(await command.ended).toEqual({ code: 126 });
  });

  test("throws, where it holds a NUL", () => {
    expect(() => runCommand("/bin/sh", ["-c", "echo \0"], place)).toThrow("without null bytes");
  });
});

describe("killing a command", () => {
  test("ends it by SIGKILL, which no shell can ignore", async () => {
    const command = runCommand("/bin/sh", ["-c", "trap '' TERM HUP; sleep 300; true"], place);
    command.kill();
    expect(await command.ended).toEqual({ signal: "SIGKILL" });
  });

  test("does not wait for what has left its process group and holds its output", async () => {
    const command = runCommand("/bin/sh", ["-c", "setsid sh -c 'echo $$; exec sleep 300' & sleep 300"], place);
    const [pid] = await once(command.stdout, "data");
    command.kill();
    await command.ended;
    // It still runs: the command has ended without it.
    expect(process.kill(Number(pid), "SIGKILL")).toBe(true);
  });

  test("does nothing once it has ended", async () => {
    const command = runCommand("/bin/sh", ["-c", "echo done"], place);
    expect(await text(command.stdout)).toBe("done\n");
    command.stderr.resume();
    expect(await command.ended).toEqual({ code: 0 });
    command.kill();
    command.kill();
  });
});
