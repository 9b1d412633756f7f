import { writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { type RunOptions, runClient, runOnClientMachine, useClientHome } from "../../../support/client-process.ts";
import type { TestStack } from "../../../support/test-stack.ts";

/** The stock ssh, told of Latchkey by the block that `latchkey config` prints. */
export function describePlainSsh(local: TestStack): void {
  const home = useClientHome();
  let options: RunOptions;
  let config: string;

  beforeAll(async () => {
    options = { as: "alice", stack: local.stack, home: home.directory };
    config = path.join(home.directory, "config");
    const printed = await runClient(["config"], options);
    expect(printed).toMatchObject({ stderr: "", exitCode: 0 });
    await writeFile(config, printed.stdout);
  });

  const ssh = (...args: readonly string[]) =>
    runOnClientMachine("ssh", ["-F", config, "-o", "BatchMode=yes", ...args], options);

  describe("plain ssh, by latchkey config,", () => {
    test.each([
      ["that there is not", "web-99.latchkey"],
      ["that is stopped", "old-1.latchkey"],
    ])("does not reach an instance %s, and says why", async (_what, host) => {
      const result = await ssh(host, "echo in");
      expect(result).toMatchObject({ stdout: "", stderr: expect.stringMatching(/^latchkey: /m), exitCode: 255 });
    });

    test("leaves other hosts alone", async () => {
      const result = await ssh("-o", "ConnectTimeout=5", "latchkey.invalid", "echo in");
      expect(result).toMatchObject({ stdout: "", exitCode: 255 });
      expect(result.stderr).not.toContain("latchkey: ");
    });

    test.each(["web-1", "db-1"])("runs a command on %s", async (name) => {
      const result = await ssh(`${name}.latchkey`, "echo $LOGNAME; exit 7");
      expect(result).toMatchObject({ stdout: "ec2-user\n", exitCode: 7 });
    });

    test("logs in as the OS user asked for", async () => {
      expect(await ssh("ubuntu@web-1.latchkey", "echo $LOGNAME")).toMatchObject({ stdout: "ubuntu\n", exitCode: 0 });
    });

    test("is good for several logins, one after the other and at a time", async () => {
      const again = () => ssh("web-1.latchkey", "echo in");
      await again();
      const results = await Promise.all([again(), again(), again()]);
      expect(results.map(({ stdout, exitCode }) => ({ stdout, exitCode }))).toEqual(
        [1, 2, 3].map(() => ({ stdout: "in\n", exitCode: 0 })),
      );
    });
  });
}
