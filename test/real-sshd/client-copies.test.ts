import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { describeCopies } from "../e2e/client/suites/copies.ts";
import { fleet } from "../support/api-client.ts";
import { runClient, useClientHome } from "../support/client-process.ts";
import { useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { startRealLoginTargets } from "./real-login-targets.ts";

const local = useLocalStack({
  loginTargets: (all, activeKeys, clock) =>
    startRealLoginTargets(all, activeKeys, clock, { withoutSftp: fleet.legacy1 }),
});

describeCopies(local, 200);

describe("an instance without sftp", () => {
  const home = useClientHome();
  const key = useKeyPair();
  const options = () => ({ as: "alice", stack: local.stack, home: home.directory });
  const file = () => path.join(home.directory, "sent");

  test.each<[string, () => readonly string[], "scp" | "sftp"]>([
    ["latchkey scp", () => ["scp", file(), "legacy-1:"], "scp"],
    ["latchkey scp with a key of the user's", () => ["scp", "-i", key.pair.file, "legacy-1:.profile", file()], "scp"],
    ["latchkey sftp", () => ["sftp", "legacy-1"], "sftp"],
  ])("fails %s, which says so and names -O", async (_, args, program) => {
    await writeFile(file(), "");
    const { stderr, exitCode } = await runClient(args(), options());
    expect({ stderr, exitCode }).toEqual({
      stderr: expect.stringContaining(
        `latchkey: ${fleet.legacy1} has no sftp, which ${program} needs\nhint: latchkey scp -O `,
      ),
      exitCode: 255,
    });
  });

  test("takes and gives a file by latchkey scp -O, as the hint says", async () => {
    const [there, back] = [`copy-${path.basename(home.directory)}`, path.join(home.directory, "back")];
    await writeFile(file(), "to and fro");
    try {
      expect(await runClient(["scp", "-O", file(), `legacy-1:${there}`], options())).toMatchObject({ exitCode: 0 });
      expect(await runClient(["scp", "-O", `legacy-1:${there}`, back], options())).toMatchObject({ exitCode: 0 });
      expect(await readFile(back, "utf8")).toBe("to and fro");
    } finally {
      await runClient(["ssh", "legacy-1", `rm -f ${there}`], options());
    }
  });
});
