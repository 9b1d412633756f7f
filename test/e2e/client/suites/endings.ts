import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { clientEnvironment, runClient, useClientHome } from "../../../support/client-process.ts";
import { makeLifeline } from "../../../support/lifeline.ts";
import type { TestStack } from "../../../support/test-stack.ts";

/** What is left of a client that is ended from outside, in the middle of a session. */
export function describeEndings(local: TestStack): void {
  const home = useClientHome();

  describe.each([
    ["directly", "web-1"],
    ["through the tunnel", "db-1"],
  ])("a session, reached %s,", (_, name) => {
    test.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const)("that ends by %s leaves nothing", async (signal) => {
      const options = { as: "alice", stack: local.stack, home: home.directory };
      const { path: pipe, gone, cut } = await makeLifeline(os.tmpdir());
      const command = ["ssh", name, "--", `exec 3> ${pipe}; echo up; exec cat`];
      const client = spawn("latchkey", command, {
        env: clientEnvironment(options),
        stdio: ["pipe", "pipe", "inherit"],
      });
      const ended = once(client, "close");
      await once(client.stdout, "data");
      // While the client lives too, no private key is in any file.
      expect(privateKeysIn(home.directory)).toEqual([]);

      client.kill(signal);
      // What is killed so cannot end its ssh, which goes on for as long as there is input.
      if (signal === "SIGKILL") client.stdin.end();
      await ended; // of its ssh as well, which holds its output
      await gone;
      cut();
      // What is killed cannot clean up: the next start does.
      if (signal === "SIGKILL") await runClient(["ssh", name, "--", "true"], options);
      expect(temporaryFilesIn(home.directory)).toEqual([]);
    });
  });
}

/** HOME is where temporary files go too. The client's own state is in a directory whose name begins with a dot. */
function temporaryFilesIn(home: string): string[] {
  return readdirSync(home).filter((name) => !name.startsWith("."));
}

function privateKeysIn(directory: string): string[] {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).map((name) => path.join(directory, name));
  return files.filter((file) => lstatSync(file).isFile() && readFileSync(file).includes("PRIVATE KEY"));
}
