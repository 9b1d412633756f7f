import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { appendFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  type ClientResult,
  type RunOptions,
  runClient,
  runOnClientMachine,
  useClientHome,
} from "../../../support/client-process.ts";
import { whereIs } from "../../../support/programs.ts";
import type { TestStack } from "../../../support/test-stack.ts";

/** From and to are files, here or, behind `INSTANCE:`, there. */
type Copy = (from: string, to: string, options: RunOptions & { readonly config: string }) => Promise<ClientResult>;

const hasRsync = whereIs("rsync") !== undefined;

const ways: readonly (readonly [string, boolean, Copy])[] = [
  ["latchkey scp", true, (from, to, options) => runClient(["scp", from, to], options)],
  ["latchkey sftp", true, (from, to, options) => sftp(from, to, (args) => runClient(["sftp", ...args], options))],
  [
    "rsync, told to run latchkey ssh (skipped without rsync)",
    hasRsync,
    (from, to, options) => runOnClientMachine("rsync", ["--rsh=latchkey ssh", from, to], options),
  ],
  [
    "scp, by latchkey config",
    true,
    (from, to, options) => runOnClientMachine("scp", ["-F", options.config, dotted(from), dotted(to)], options),
  ],
  [
    "rsync, by latchkey config (skipped without rsync)",
    hasRsync,
    (from, to, options) =>
      runOnClientMachine("rsync", [`--rsh=ssh -F ${options.config}`, dotted(from), dotted(to)], options),
  ],
];

/**
 * Files go to an instance and back, by each program that copies.
 *
 * @param mebibytes how large the file is
 */
export function describeCopies(local: TestStack, mebibytes: number): void {
  const home = useClientHome();
  let options: RunOptions & { readonly home: string; readonly config: string };
  let sent: string;
  let checksum: string;

  beforeAll(async () => {
    const config = path.join(home.directory, "config");
    options = { as: "alice", stack: local.stack, home: home.directory, config };
    await writeFile(config, (await runClient(["config"], options)).stdout);
    sent = path.join(home.directory, "sent");
    for (let count = 0; count < mebibytes; count += 1) await appendFile(sent, randomBytes(1024 * 1024));
    checksum = await checksumOf(sent);
  });

  const onInstance = (name: string, command: string) => runClient(["ssh", name, "--", command], options);

  describe.each([
    ["directly", "web-1"],
    ["through the tunnel", "db-1"],
  ])(`scp and rsync (mssh#1, toolkit#1011): ${mebibytes} MiB, %s,`, (_, name) => {
    for (const [way, isInstalled, copy] of ways) {
      const testCopy = isInstalled ? test : test.skip;

      testCopy(`by ${way}: what is not there is not copied`, async () => {
        const result = await copy(`${name}:absent`, path.join(home.directory, "absent"), options);
        expect(result).toMatchObject({ stderr: expect.stringContaining("absent") });
        expect(result.exitCode).not.toBe(0);
      });

      testCopy(`by ${way}: there and back, with the same checksum`, async () => {
        const there = `copy-${randomUUID()}`;
        const received = path.join(home.directory, there);
        try {
          expect(await copy(sent, `${name}:${there}`, options)).toMatchObject({ exitCode: 0 });
          expect(await onInstance(name, `sha256sum < ${there}`)).toMatchObject({ stdout: `${checksum}  -\n` });
          expect(await copy(`${name}:${there}`, received, options)).toMatchObject({ exitCode: 0 });
          expect(await checksumOf(received)).toBe(checksum);
        } finally {
          await onInstance(name, `rm -f ${there}`);
          await rm(received, { force: true });
        }
      });
    }
  });
}

/** `web-1:file` as it is called where plain ssh is told of Latchkey. */
function dotted(file: string): string {
  return file.replace(/^([a-z0-9-]+):/, "$1.latchkey:");
}

/** sftp takes an upload only from a batch file. */
async function sftp(from: string, to: string, runSftp: (args: readonly string[]) => Promise<ClientResult>) {
  const isDownload = !path.isAbsolute(from);
  const [name = "", there = ""] = (isDownload ? from : to).split(":");
  const here = isDownload ? to : from;
  const batch = `${here}.batch`;
  await writeFile(batch, isDownload ? `get ${there} ${here}\n` : `put ${here} ${there}\n`);
  return runSftp([name, "--", "-b", batch]);
}

async function checksumOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
